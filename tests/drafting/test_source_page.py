"""From a sentence of a draft to the version of the article that it rests on."""

from __future__ import annotations

import html
import re

from django.test import Client

from conversations.drafting.models import Draft
from conversations.knowledge.actions import save_article
from conversations.knowledge.models import Passage
from desk.actions import SYSTEM
from tests.cast import Cast
from tests.drafting.test_pipeline import drafted
from tests.standin import StandIn


def _cited(draft: Draft) -> tuple[Passage, str]:
    sentence = next(sentence for sentence in draft.sentences if sentence["sources"])
    source = sentence["sources"][0]
    return Passage.objects.select_related("article").get(pk=source["passage"].removeprefix("passage:")), source["quote"]


def test_a_sentence_leads_to_its_passage_and_the_passage_to_the_article_that_was_used(
    cast: Cast, standin: StandIn, client: Client
) -> None:
    draft = drafted(cast)
    passage, quote = _cited(draft)
    client.force_login(cast.ana)
    pane = client.get(f"/tickets/{draft.ticket_id}/").content.decode()
    assert re.search(r'data-source="1[^"]*"', pane)
    assert 'href="#passage-1"' in pane
    path = f"/drafts/{draft.pk}/sources/{passage.pk}/"
    assert f'href="{path}#passage-{passage.pk}"' in pane
    page = client.get(path).content.decode()
    assert f'id="passage-{passage.pk}"' in page
    assert f"<mark>{html.escape(quote)}</mark>" in page
    assert "says the same today" in page


def test_the_version_stays_when_the_article_moves_on(cast: Cast, standin: StandIn, client: Client) -> None:
    draft = drafted(cast)
    passage, quote = _cited(draft)
    article = passage.article
    save_article(
        slug=article.slug,
        language=article.language,
        title=article.title,
        body="## All new\n\nNothing is as it was.",
        tags=[],
        by=SYSTEM,
    )
    client.force_login(cast.ana)
    page = client.get(f"/drafts/{draft.pk}/sources/{passage.pk}/").content.decode()
    assert f"<mark>{html.escape(quote)}</mark>" in page
    assert "changed since: version 2 today" in page


def test_only_what_a_draft_rests_on_is_shown_and_only_to_who_may_see_the_draft(
    cast: Cast, standin: StandIn, client: Client
) -> None:
    draft = drafted(cast)
    passage, _quote = _cited(draft)
    refs = {each["ref"] for each in draft.passages}
    other = next(each for each in Passage.objects.all() if each.ref not in refs)
    client.force_login(cast.ana)
    assert client.get(f"/drafts/{draft.pk}/sources/{other.pk}/").status_code == 404
    assert client.get(f"/drafts/{draft.pk}/sources/999999/").status_code == 404
    client.force_login(cast.olga)
    assert client.get(f"/drafts/{draft.pk}/sources/{passage.pk}/").status_code == 404
