"""Splitting: one message of a customer becomes a ticket of its own, and is read in both."""

from __future__ import annotations

import pytest

from conversations.drafting.asking import said_in
from conversations.drafting.models import Draft
from conversations.drafting.resting import read_thread
from conversations.drafting.states import DraftState
from conversations.review.actions import Seen, approve, write_reply
from conversations.tickets.actions import CannotSplit, IsSpam, mark_spam, merge, receive_message, split
from conversations.tickets.kinds import SendingSent
from conversations.tickets.models import Message, Sending, Ticket
from conversations.tickets.states import Lane, Status
from conversations.tickets.threads import thread_of
from desk.actions import SYSTEM, Actor, action, record
from desk.ledger.kinds import sentences
from desk.ledger.models import Entry
from desk.problems import NotAllowed
from tests.cast import FORM, Cast
from tests.drafts import pending_draft


@action("sending.finished")
def _leave(sending: Sending, *, by: Actor) -> None:
    """The mail server has it."""
    for state in ("sending", "sent"):
        Sending.objects.filter(pk=sending.pk).update(state=state)
    record(SendingSent(), by=by, subject=sending.ref, sending=sending)


def now(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def second_matter(cast: Cast) -> tuple[Ticket, Message]:
    ticket = cast.ticket("Where is my refund?")
    return ticket, receive_message(ticket, text="By the way, my voucher does not work.", channel="mail", by=FORM)


def test_a_message_becomes_a_ticket_that_waits_since_it_was_written(cast: Cast) -> None:
    ticket, message = second_matter(cast)
    fresh = split(message, by=cast.ana.actor())
    made = now(fresh)
    assert made.subject == "By the way, my voucher does not work."
    assert (made.customer_id, made.team_id, made.status) == (ticket.customer_id, ticket.team_id, Status.NEW)
    assert (made.last_inbound_id, made.split_from_id, made.waiting_since) == (
        message.pk,
        message.pk,
        message.created_at,
    )
    assert made.lane in {Lane.WRITE, Lane.DRAFTING}
    assert Entry.objects.filter(thread=made.ref, kind__in=["draft.requested", "draft.declined"]).exists()
    assert [each.text for each in thread_of(made.number).messages()] == [message.text]
    assert Message.objects.get(pk=message.pk).ticket_id == ticket.number


def test_both_tickets_say_it(cast: Cast) -> None:
    ticket, message = second_matter(cast)
    fresh = split(message, subject="A voucher", by=cast.ana.actor())
    told = Entry.objects.filter(kind__in=["ticket.split", "ticket.split_off"]).order_by("seq")
    assert [entry.thread for entry in told] == [ticket.ref, fresh.ref]
    assert sentences(told) == [
        f"Ana Ruiz made a message of ticket {ticket.number} ticket {fresh.number}",
        f"Ana Ruiz opened ticket {fresh.number} from a message of ticket {ticket.number}",
    ]


def test_the_source_is_about_what_is_left(cast: Cast) -> None:
    ticket, message = second_matter(cast)
    draft = pending_draft(now(ticket))
    split(message, by=cast.ana.actor())
    left = now(ticket)
    assert left.last_inbound_id != message.pk
    assert left.lane in {Lane.WRITE, Lane.DRAFTING}
    assert Draft.objects.get(pk=draft.pk).state == DraftState.STALE
    assert [each.text for each in said_in(read_thread(left))] == ["Where is my refund?"]


def test_a_source_that_was_answered_before_waits_for_nobody(cast: Cast) -> None:
    ticket = cast.ticket()
    write_reply(ticket, text="Your refund left on Monday.", by=cast.ana.actor())
    sending = Sending.objects.get(message__decision__isnull=False)
    _leave(sending, by=SYSTEM)
    message = receive_message(
        now(ticket), text="Thanks! By the way, my voucher does not work.", channel="mail", by=FORM
    )
    split(message, by=cast.ana.actor())
    assert (now(ticket).lane, now(ticket).status) == (Lane.NONE, Status.PENDING)


def test_the_new_ticket_can_be_answered(cast: Cast) -> None:
    _ticket, message = second_matter(cast)
    fresh = split(message, by=cast.ana.actor())
    approve(pending_draft(fresh), by=cast.ana.actor(), seen=Seen(2))
    assert now(fresh).lane == Lane.NONE


def test_merged_back_it_is_as_before(cast: Cast) -> None:
    ticket, message = second_matter(cast)
    fresh = split(message, by=cast.ana.actor())
    merge(now(fresh), now(ticket), by=cast.ana.actor())
    assert now(ticket).last_inbound_id == message.pk
    texts = [each.text for each in thread_of(ticket.number).about().filter(direction="in").order_by("id")]
    assert texts == ["Where is my refund?", message.text]
    split(message, by=cast.ana.actor())


def test_what_cannot_be_split_is_refused(cast: Cast) -> None:
    ticket, message = second_matter(cast)
    note = cast.ticket()
    with pytest.raises(CannotSplit):
        split(cast.last_message(note), by=cast.ana.actor())
    with pytest.raises(NotAllowed):
        split(message, by=cast.aud.actor())
    split(message, by=cast.ana.actor())
    with pytest.raises(CannotSplit) as refused:
        split(message, by=cast.ben.actor())
    assert "already" in str(refused.value.detail)
    mark_spam(ticket, by=cast.ana.actor())
    with pytest.raises(IsSpam):
        split(cast.last_message(ticket), by=cast.ana.actor())
