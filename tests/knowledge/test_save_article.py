"""Saving an article, and what a new version does to the old one."""

from __future__ import annotations

from typing import Any

import pytest

from conversations.knowledge.actions import MAX_PASSAGES, save_article
from conversations.knowledge.models import Article, Passage
from conversations.knowledge.queries import retrieve
from desk.actions import SYSTEM, Actor
from desk.ledger.kinds import sentences
from desk.ledger.models import Entry
from desk.problems import Invalid, NotAllowed
from tests.cast import Cast

BODY = "## Chains\n\nOil the bicycle chain every month.\n\n## Tyres\n\nPump the tyres every week."


def save(body: str = BODY, *, by: Actor = SYSTEM, **more: Any) -> Article:
    return save_article(
        **{"slug": "bicycles", "language": "en", "title": "Bicycles", "body": body, "tags": ["care"], "by": by, **more}
    )


def test_an_article_becomes_passages_in_its_order(db: Any) -> None:
    article = save()
    passages = article.passages.filter(version=1, current=True).order_by("position")
    assert list(passages.values_list("position", "heading", "text")) == [
        (0, "Chains", "Oil the bicycle chain every month."),
        (1, "Tyres", "Pump the tyres every week."),
    ]
    assert (article.version, article.tags) == (1, ["care"])


def test_a_new_version_replaces_the_old_one_which_stays_for_those_who_cite_it(db: Any) -> None:
    article = save()
    again = save("## Chains\n\nOil the bicycle chain every fortnight.")
    assert (again.pk, again.version) == (article.pk, 2)
    old = Passage.objects.filter(article=article, version=1)
    assert old.count() == 2
    assert not old.filter(current=True).exists()
    found = retrieve(text="How often should I oil my bicycle chain?", language="en")
    assert [each.passage.text for each in found] == ["Oil the bicycle chain every fortnight."]
    assert retrieve(text="pump the tyres", language="en") == []


def test_the_same_slug_in_another_language_is_another_article(db: Any) -> None:
    save()
    save("## Ketten\n\nÖlen Sie die Kette jeden Monat.", language="de", title="Fahrräder")
    assert Article.objects.filter(slug="bicycles").count() == 2
    assert Passage.objects.filter(current=True).count() == 3


def test_each_save_is_one_entry_that_holds_no_word_of_the_article(db: Any) -> None:
    save()
    entry = Entry.objects.latest("seq")
    assert entry.kind == "article.saved"
    assert (entry.facts["version"], entry.facts["passages"], entry.facts["language"]) == (1, 2, "en")
    assert "chain" not in entry.canonical
    assert sentences([entry]) == ["The desk saved version 1 of the article “Bicycles” (en, 2 passages)"]


@pytest.mark.parametrize(
    "change",
    [
        {"title": " "},
        {"body": " \n"},
        {"body": "## Only a heading"},
        {"body": "".join(f"## {number}\n\ntext\n\n" for number in range(MAX_PASSAGES + 1))},
    ],
    ids=["title", "empty", "headings", "too many"],
)
def test_an_article_without_title_or_text_or_without_end_is_refused(db: Any, change: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        save(**change)
    assert not Article.objects.exists()


def test_only_admins_save_articles(cast: Cast) -> None:
    for person in (cast.ana, cast.sam, cast.aud):
        with pytest.raises(NotAllowed):
            save(by=person.actor())
    assert save(by=cast.ada.actor()).version == 1
