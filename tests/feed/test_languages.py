"""Rows come in the language of the page that shows them, and are made once for all who read it."""

from __future__ import annotations

import pytest
from django.test import Client

from conversations.tickets.rows import rows_for
from desk.feed.registry import Row
from tests.cast import Cast
from tests.drafts import pending_draft
from tests.feed.live import Live, Page, head, signed_in


def page_in(language: object, cast: Cast, live: Live) -> Page:
    page = Page(live, cookie=signed_in(cast.ana))
    page.say({"follow": ["queue:todo"], "after": head(), "language": language})
    return page


def test_two_pages_are_told_the_same_each_in_its_language(company: Cast, live: Live) -> None:
    ticket = company.ticket()
    pages = {language: page_in(language, company, live) for language in ("en", "de")}
    pending_draft(ticket)
    heard = {language: page.hear_change(ticket.number, kind="draft.prepared") for language, page in pages.items()}
    assert "draft ready" in heard["en"]["row"]
    assert "Entwurf fertig" in heard["de"]["row"]
    assert "draft ready" not in heard["de"]["row"]
    row = rows_for([ticket.number])[ticket.number]
    for language, frame in heard.items():
        assert frame["row"] == row.keyed(frame["key"], language)
        assert {**frame, "row": ""} == {**heard["en"], "row": ""}


@pytest.mark.parametrize("odd", ["xx", None, 5, ["de"], "DE"])
def test_a_page_that_says_no_language_gets_the_desks_own(company: Cast, live: Live, odd: object) -> None:
    ticket = company.ticket()
    page = page_in(odd, company, live)
    pending_draft(ticket)
    assert "draft ready" in page.hear_change(ticket.number, kind="draft.prepared")["row"]


def test_a_row_is_made_once_for_each_language() -> None:
    made: list[str] = []
    row = Row(render=lambda language: made.append(language) or f'<a data-key="">{language}</a>', team=None, lists={})
    for language in ("de", "en", "de", "en"):
        assert row.keyed("7", language) == f'<a data-key="7">{language}</a>'
    assert made == ["de", "en"]


def test_a_fresh_page_and_a_frame_say_the_same(cast: Cast, client: Client) -> None:
    ticket = cast.ticket()
    pending_draft(ticket)
    client.force_login(cast.ana)
    page = client.get("/queue/todo/", headers={"accept-language": "de"}).content.decode()
    row = rows_for([ticket.number])[ticket.number]
    assert row.keyed(row.lists["queue:todo"], "de") in page
    assert "Zu erledigen" in page
