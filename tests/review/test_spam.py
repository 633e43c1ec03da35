"""Marking a ticket as spam: nobody waits for it, no model drafts for it, nobody is thanked, and it can be taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from conversations.drafting.actions import request_draft
from conversations.drafting.gate import barred
from conversations.drafting.models import Draft
from conversations.drafting.states import DraftState
from conversations.review.actions import Seen, approve, raise_concern, write_reply
from conversations.review.models import Decision
from conversations.tickets.actions import (
    IsSpam,
    NoSpam,
    mark_spam,
    receive_message,
    set_status,
    snooze,
    unmark_spam,
)
from conversations.tickets.actions.work import Unsettled
from conversations.tickets.models import Message, Sending, Ticket
from conversations.tickets.rows import lists_of
from conversations.tickets.states import Lane, Status
from desk.actions import SYSTEM, Actor
from desk.ledger.models import Entry
from desk.problems import Invalid, NotAllowed
from tests.cast import FORM, Cast
from tests.drafts import pending_draft


def now(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def kinds_since(seq: int) -> list[str]:
    return list(Entry.objects.filter(seq__gt=seq).order_by("seq").values_list("kind", flat=True))


def head() -> int:
    return Entry.objects.order_by("-seq").values_list("seq", flat=True)[0]


def test_spam_is_solved_and_in_no_list_but_all(cast: Cast) -> None:
    ticket = cast.ticket()
    snooze(ticket, timezone.now() + timedelta(hours=1), by=cast.ana.actor())
    draft, before = pending_draft(ticket), head()
    mark_spam(ticket, by=cast.ana.actor())
    marked = now(ticket)
    assert (marked.status, marked.lane, marked.due_at, marked.snoozed_until) == (Status.SOLVED, Lane.NONE, None, None)
    assert set(lists_of(marked)) == {"queue:all"}
    assert Draft.objects.get(pk=draft.pk).state == DraftState.SUPERSEDED
    assert kinds_since(before) == ["ticket.marked_spam", "draft.superseded"]


def test_more_of_it_wakes_nobody_and_no_model(cast: Cast) -> None:
    ticket = cast.ticket()
    mark_spam(ticket, by=cast.ana.actor())
    before = head()
    receive_message(now(ticket), text="Cheap watches, last chance!", channel="mail", by=FORM)
    assert set(lists_of(now(ticket))) == {"queue:all"}
    assert kinds_since(before) == ["message.received"]
    assert barred(ticket.number, None) == "spam"
    with pytest.raises(Invalid):
        request_draft(ticket, by=SYSTEM)


def test_a_sender_of_spam_is_not_thanked_again(cast: Cast) -> None:
    first = cast.ticket()
    assert Message.objects.filter(ticket=first, notice="acknowledgement").exists()
    mark_spam(first, by=cast.ana.actor())
    assert not Message.objects.filter(ticket=cast.ticket(), notice="acknowledgement").exists()
    unmark_spam(first, by=cast.ana.actor())
    assert Message.objects.filter(ticket=cast.ticket(), notice="acknowledgement").exists()


def test_a_decided_reply_that_waits_is_taken_back(cast: Cast) -> None:
    draft = pending_draft(cast.ticket())
    decision = approve(draft, by=cast.ana.actor(), seen=Seen(draft.version))
    mark_spam(draft.ticket, by=cast.ana.actor())
    assert not Decision.objects.get(pk=decision.pk).standing
    assert Sending.objects.get(decision=decision).state == "withdrawn"
    assert set(lists_of(now(draft.ticket))) == {"queue:all"}


def test_no_spam_brings_back_the_ticket_its_draft_and_its_status(cast: Cast) -> None:
    draft = pending_draft(cast.ticket())
    mark_spam(draft.ticket, by=cast.ana.actor())
    unmark_spam(draft.ticket, by=cast.ben.actor())
    ticket = now(draft.ticket)
    assert (ticket.status, ticket.lane, ticket.is_spam) == (Status.NEW, Lane.REVIEW, False)
    assert Draft.objects.get(pk=draft.pk).state == DraftState.PENDING_REVIEW
    assert ticket.due_at is not None


def test_no_spam_lets_a_model_draft_what_came_in_meanwhile(cast: Cast) -> None:
    ticket = cast.ticket()
    set_status(ticket, "pending", by=cast.ana.actor())
    mark_spam(ticket, by=cast.ana.actor())
    receive_message(now(ticket), text="Hello? I really do want my refund.", channel="mail", by=FORM)
    unmark_spam(ticket, by=cast.ana.actor())
    assert now(ticket).status == Status.OPEN
    assert now(ticket).lane in {Lane.DRAFTING, Lane.WRITE}
    assert (
        Entry.objects.filter(thread=ticket.ref, kind__in=["draft.requested", "draft.declined"]).order_by("-seq")[0].seq
        > 0
    )


def test_what_waited_for_the_customer_waits_for_them_again(cast: Cast) -> None:
    ticket = cast.ticket()
    set_status(ticket, "pending", by=cast.ana.actor())
    mark_spam(ticket, by=cast.ana.actor())
    unmark_spam(ticket, by=cast.ana.actor())
    assert (now(ticket).status, now(ticket).lane) == (Status.PENDING, Lane.NONE)


def test_nothing_is_done_to_spam_before_it_is_said_to_be_none(cast: Cast) -> None:
    ticket, ana = cast.ticket(), cast.ana.actor()
    mark_spam(ticket, by=ana)
    with pytest.raises(IsSpam):
        mark_spam(ticket, by=cast.ben.actor())
    with pytest.raises(IsSpam):
        set_status(ticket, "open", by=ana)
    with pytest.raises(IsSpam):
        snooze(ticket, timezone.now() + timedelta(hours=1), by=ana)
    with pytest.raises(IsSpam) as refused:
        write_reply(ticket, text="Dear Carla", by=ana)
    assert refused.value.fields["text"] == "Dear Carla"
    unmark_spam(ticket, by=ana)
    with pytest.raises(NoSpam):
        unmark_spam(ticket, by=ana)


def test_what_is_not_settled_is_settled_first(cast: Cast) -> None:
    ticket = cast.ticket()
    raise_concern(ticket, message=None, text="wrong", by=FORM)
    with pytest.raises(Unsettled):
        mark_spam(ticket, by=cast.ana.actor())


def test_the_customers_own_page_still_reaches_a_person(cast: Cast) -> None:
    """If it was no spam, nobody is shut out."""
    ticket = cast.ticket()
    mark_spam(ticket, by=cast.ana.actor())
    raise_concern(ticket, message=None, text="I am no spam", by=FORM)
    assert now(ticket).lane == Lane.WRITE


@pytest.mark.parametrize("who", ["ada", "aud"])
def test_only_those_who_work_on_tickets_mark_them(cast: Cast, who: str) -> None:
    by: Actor = getattr(cast, who).actor()
    with pytest.raises(NotAllowed):
        mark_spam(cast.ticket(), by=by)
