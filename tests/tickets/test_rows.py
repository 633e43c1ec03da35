"""Rows: what they show of what was merged and of files, and that a page which keeps them shows what a fresh one would."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client

from accounts.actions import join_team, leave_team
from conversations.attachments.actions import Received
from conversations.attachments.files import File
from conversations.tickets.actions import add_note, change_customer, merge, receive_message, set_tags, set_team, unmerge
from conversations.tickets.listing import Listing
from conversations.tickets.models import Ticket
from conversations.tickets.rows import rows_for
from desk.actions import SYSTEM
from tests.attachments.samples import PDF
from tests.cast import Cast


def page_of(cast: Cast, who: str = "ana", path: str = "/queue/todo/") -> str:
    client = Client()
    client.force_login(getattr(cast, who), backend=settings.AUTHENTICATION_BACKENDS[0])
    return client.get(path).content.decode()


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        (lambda cast, ticket: change_customer(cast.carla, name="Carla Smith", by=SYSTEM), "Carla Jones", "Carla Smith"),
        (lambda cast, ticket: add_note(ticket, text="Look here.", by=cast.ana.actor()), "Where is my", "Look here."),
        (lambda cast, ticket: set_tags(ticket, ["rare-tag"], by=cast.ana.actor()), 'value="other"', 'value="rare-tag"'),
    ],
    ids=["customer", "message", "tags"],
)
def test_a_page_that_was_shown_before_shows_what_changed(
    cast: Cast, change: Callable[[Cast, Ticket], object], before: str, after: str
) -> None:
    ticket = cast.ticket(tags=["other"])
    page = page_of(cast)
    assert before in page
    assert after not in page
    change(cast, ticket)
    assert after in page_of(cast)


def test_what_a_person_may_see_counts_at_once(cast: Cast) -> None:
    ticket = cast.ticket(team=cast.returns)
    link = f'href="/tickets/{ticket.number}/"'
    assert link not in page_of(cast)
    join_team(cast.returns, cast.ana, by=SYSTEM)
    assert link in page_of(cast)
    leave_team(cast.returns, cast.ana, by=SYSTEM)
    assert link not in page_of(cast)
    set_team(ticket, cast.orders, by=cast.ben.actor())
    assert link in page_of(cast)


def test_a_row_shows_the_last_word_of_what_was_merged_into_its_ticket(cast: Cast) -> None:
    first = cast.ticket("The jacket.")
    second = cast.ticket("The tent, too.")
    assert "The jacket." in rows_for([first.number])[first.number].html()
    merge(second, first, by=cast.ana.actor())
    assert "The tent, too." in rows_for([first.number])[first.number].html()
    receive_message(first, text="And the lamp.", channel="mail", by=cast.carla.actor())
    assert "And the lamp." in rows_for([first.number])[first.number].html()
    unmerge(second, by=cast.ana.actor())
    assert "And the lamp." in rows_for([first.number])[first.number].html()


def test_a_row_says_how_many_files_there_are_and_a_search_finds_them(cast: Cast) -> None:
    without, with_files = cast.ticket("See."), cast.ticket("See.")
    files = Received([File.of("a.pdf", PDF), File.of("b.pdf", PDF)])
    receive_message(with_files, text="See there", channel="mail", files=files, by=cast.carla.actor())
    rows = rows_for([without.number, with_files.number])
    assert 'title="2 files"' in rows[with_files.number].html()
    assert "files" not in rows[without.number].html()
    found = Listing.of("all", {"q": "see has:attachment"}).read(cast.ana).tickets
    assert [ticket.number for ticket in found] == [with_files.number]
