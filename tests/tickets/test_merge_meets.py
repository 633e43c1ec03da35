"""Merges that meet other acts, and each other: whoever comes second is told, and nothing waits or leaves in two places."""

from __future__ import annotations

import itertools

import pytest

from conversations.drafting.models import Draft
from conversations.drafting.states import OPEN
from conversations.review.actions import Seen, approve, write_reply
from conversations.tickets.actions import add_note, merge, receive_message, set_status, split, unmerge
from conversations.tickets.models import Sending, Ticket
from conversations.tickets.states import Lane
from conversations.tickets.threads import standing, thread_of
from tests.cast import FORM, Cast
from tests.chaos.meeting import Act, meet
from tests.drafts import pending_draft

_numbers = itertools.count(1)


def now(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def two(company: Cast) -> tuple[Ticket, Ticket]:
    email = f"merges{next(_numbers)}@example.com"
    return company.ticket(email=email), company.ticket(email=email)


def holds(*tickets: Ticket) -> None:
    """What must be so whatever met what."""
    for ticket in map(now, tickets):
        if ticket.is_merged:
            assert (ticket.status, ticket.lane) == ("closed", Lane.NONE)
            assert not Draft.objects.filter(ticket=ticket, state__in=OPEN).exists()
            assert not Sending.objects.filter(message__ticket=ticket, state="queued", decision__isnull=False).exists()
        for draft in Draft.objects.filter(ticket=ticket, state="pending_review"):
            assert draft.last_message_id == ticket.last_inbound_id
        assert not now(Ticket(pk=standing(ticket.pk))).is_merged


@pytest.mark.parametrize("after", [2, 5, 8, 11, 14])
def test_two_merges_that_cross_end_in_one(company: Cast, after: int) -> None:
    one, other = two(company)
    ana, ben = company.ana.actor(), company.ben.actor()
    came = meet(lambda: merge(one, other, by=ana), lambda: merge(other, one, by=ben), after=after)
    assert sorted([came.first, came.second]) == ["IsMerged", "well"]
    assert standing(one.number) == standing(other.number)
    holds(one, other)


@pytest.mark.parametrize("after", [3, 6, 9, 13])
@pytest.mark.parametrize("what", ["approve", "write", "message", "note", "status", "split", "unmerge"])
def test_a_merge_that_meets_another_act(company: Cast, what: str, after: int) -> None:
    kept, gone = two(company)
    split_off = receive_message(gone, text="One thing more.", channel="mail", by=FORM)
    draft = pending_draft(now(gone))
    ana, ben = company.ana.actor(), company.ben.actor()
    acts: dict[str, Act] = {
        "approve": lambda: approve(draft, by=ben, seen=Seen(2)),
        "write": lambda: write_reply(now(gone), text="A person wrote this.", by=ben),
        "message": lambda: receive_message(now(gone), text="Hello?", channel="mail", by=FORM),
        "note": lambda: add_note(now(gone), text="Hm.", by=ben),
        "status": lambda: set_status(now(gone), "solved", by=ben),
        "split": lambda: split(split_off, by=ben),
        "unmerge": lambda: unmerge(now(gone), by=ben),
    }
    came = meet(lambda: merge(gone, kept, by=ana), acts[what], after=after)
    assert came.first == "well"
    assert came.second in {"well", "IsMerged", "DraftStale", "NotMerged", "AlreadyDecided", "CannotSplit"}
    holds(kept, gone)
    if what == "message":
        assert "Hello?" in {message.text for message in thread_of(kept.number).messages()}
    if what in {"approve", "write"}:
        assert now(kept).lane != Lane.NONE, "what was taken back, or came too late, waits where it goes on"
