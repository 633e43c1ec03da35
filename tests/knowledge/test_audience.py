"""Who is told what an article says: the help centre and drafts find what is meant for them, and what is withdrawn nobody."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from conversations.knowledge.actions import Keeping, Wording, retire_macro, save_article, save_macro, withdraw_article
from conversations.knowledge.models import Article, ArticleVersion
from conversations.knowledge.problems import ArticleChanged
from conversations.knowledge.queries import retrieve
from conversations.knowledge.search import Audience
from conversations.knowledge.vectors import nearest, write_missing
from desk.actions import SYSTEM
from desk.ledger.models import Entry
from desk.problems import Invalid, NotAllowed, NotFound
from tests.cast import Cast

BODY = "## Chains\n\nOil the bicycle chain every month."
INTERNAL = Keeping(visibility="internal", usable=False)


def save(**more: Any) -> Article:
    wanted = {"slug": "bicycles", "language": "en", "title": "Bicycles", "body": BODY, "tags": [], "by": SYSTEM}
    return save_article(**{**wanted, **more})


def found_by(audience: Audience) -> list[str]:
    return [each.passage.text for each in retrieve(text="oil the bicycle chain", language="en", audience=audience)]


@pytest.mark.parametrize(
    ("visibility", "usable", "in_drafts", "in_help"),
    [("public", True, 1, 1), ("public", False, 0, 1), ("internal", True, 1, 0), ("internal", False, 0, 0)],
)
def test_an_article_is_found_by_those_it_is_for(
    db: Any, client: Client, visibility: str, usable: bool, in_drafts: int, in_help: int
) -> None:
    save(keeping=Keeping(visibility=visibility, usable=usable))
    list(write_missing())
    assert len(found_by(Audience.DRAFTS)) == in_drafts
    assert len(nearest("oil", ["en"], Audience.DRAFTS)) == in_drafts
    assert len(found_by(Audience.EVERYBODY)) == in_help
    assert len(nearest("oil", ["en"], Audience.EVERYBODY)) == in_help
    page = client.get("/help/articles/bicycles/")
    assert page.status_code == (200 if in_help else 404)
    assert ("Bicycles" in client.get("/help/").content.decode()) is bool(in_help)
    assert ("Bicycles" in client.get("/help/", {"q": "bicycle chain"}).content.decode()) is bool(in_help)


def test_a_withdrawn_article_is_found_by_nobody_until_it_is_saved_again(cast: Cast, client: Client) -> None:
    article = save()
    for person in (cast.ana, cast.sam, cast.aud):
        with pytest.raises(NotAllowed):
            withdraw_article(article, by=person.actor())
    withdraw_article(article, by=cast.ada.actor())
    assert found_by(Audience.DRAFTS) == found_by(Audience.EVERYBODY) == []
    assert client.get("/help/articles/bicycles/").status_code == 404
    assert Entry.objects.latest("seq").kind == "article.withdrawn"
    with pytest.raises(NotFound):
        withdraw_article(article, by=cast.ada.actor())
    save()
    assert found_by(Audience.DRAFTS)
    assert client.get("/help/articles/bicycles/").status_code == 200


def test_every_version_is_kept_with_who_wrote_it_and_never_changed(cast: Cast) -> None:
    save(by=cast.ada.actor())
    save(body=BODY + " Twice.", by=cast.ada.actor(), seen=1)
    versions = ArticleVersion.objects.order_by("version")
    assert [(row.version, row.person, row.body.endswith("Twice.")) for row in versions] == [
        (1, cast.ada, False),
        (2, cast.ada, True),
    ]
    with pytest.raises(DatabaseError), transaction.atomic():
        ArticleVersion.objects.update(body="x")


def test_whoever_is_second_learns_it(cast: Cast) -> None:
    save()
    save(seen=1)
    with pytest.raises(ArticleChanged):
        save(seen=1)
    assert Article.objects.get().version == 2


@pytest.mark.parametrize(
    "change", [{"slug": "two words"}, {"language": "english"}, {"keeping": Keeping(visibility="x")}]
)
def test_what_is_wrong_is_said_at_its_field(db: Any, change: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        save(**change)
    assert list(refused.value.fields["errors"]) == [{"keeping": "visibility"}.get(*change, *change)]


class TestMacros:
    """A macro that is marked is a source like an article, and goes as it goes."""

    BODY = "Hello {customer.first_name},\n\nOil the bicycle chain every month.\n\n{agent.name}"

    def kept(self, cast: Cast, **more: Any) -> Any:
        wanted = {"name": "Chains", "shortcut": "chain", "body": self.BODY, "audience": "everyone", "usable": True}
        macro = more.pop("macro", None)
        return save_macro(
            Wording(**{**wanted, **more}), by=cast.sam.actor(), macro=macro, seen=macro.version if macro else None
        )

    def test_drafts_find_its_lines_without_placeholders_and_the_help_centre_does_not(self, cast: Cast) -> None:
        self.kept(cast)
        assert found_by(Audience.DRAFTS) == ["Oil the bicycle chain every month."]
        assert found_by(Audience.EVERYBODY) == []

    def test_unmarked_or_retired_it_is_no_source_any_more(self, cast: Cast) -> None:
        macro = self.kept(cast)
        macro = self.kept(cast, macro=macro, usable=False)
        assert found_by(Audience.DRAFTS) == []
        macro = self.kept(cast, macro=macro)
        assert found_by(Audience.DRAFTS)
        retire_macro(macro, by=cast.sam.actor())
        assert found_by(Audience.DRAFTS) == []

    def test_it_moves_with_its_language_and_back(self, cast: Cast) -> None:
        macro = self.kept(cast, language="en")
        for language in ("de", "en"):
            macro = self.kept(cast, macro=macro, language=language)
            there = Article.objects.get(macro=macro)
            assert (there.language, there.withdrawn_at) == (language, None)
            assert Article.objects.filter(withdrawn_at=None).count() == 1

    def test_ones_own_and_one_without_a_line_of_its_own_are_refused(self, cast: Cast) -> None:
        for more in ({"audience": f"team:{cast.orders.pk}"}, {"body": "Hello {customer.name}"}):
            with pytest.raises(Invalid):
                self.kept(cast, **more)

    def test_nobody_edits_it_but_through_the_macro(self, cast: Cast) -> None:
        macro = self.kept(cast)
        with pytest.raises(ArticleChanged):
            save(slug=f"macro-{macro.pk}", title="Other")
