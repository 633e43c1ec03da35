"""Undo, and what takes a reply back by itself while it waits."""

from __future__ import annotations

import pytest

from conversations.drafting.actions import stop_drafting
from conversations.drafting.states import DraftState
from conversations.review.actions import Edit, Seen, approve, edit, undo, write_reply
from conversations.review.models import Decision
from conversations.review.pane import ticket_page
from conversations.tickets.actions import defer_sending, keep_for_people, receive_message, set_consent
from conversations.tickets.actions.sendings import NotWaiting
from conversations.tickets.models import Sending, Ticket
from conversations.tickets.states import Lane, SendingState, Status, Why
from desk.actions import SYSTEM, Actor
from tests.cast import FORM, Cast
from tests.drafts import pending_draft
from tests.invariants.test_walls import careless


def approved(cast: Cast) -> Decision:
    draft = pending_draft(cast.ticket())
    return approve(draft, by=cast.ana.actor(), seen=Seen(draft.version))


def state_of(decision: Decision) -> tuple[str, str, bool]:
    decision.refresh_from_db()
    sending = Sending.objects.get(decision=decision)
    return sending.state, sending.withdrawn_because, decision.standing


def test_undo_brings_the_draft_back_as_a_new_version_due_when_it_was(cast: Cast) -> None:
    ticket = cast.ticket()
    due = Ticket.objects.get(pk=ticket.pk).due_at
    draft = pending_draft(ticket)
    decision = approve(draft, by=cast.ana.actor(), seen=Seen(draft.version))
    undo(decision, by=cast.ana.actor())
    draft.refresh_from_db()
    ticket.refresh_from_db()
    assert state_of(decision) == (SendingState.WITHDRAWN, "undone", False)
    assert (draft.state, draft.version) == (DraftState.PENDING_REVIEW, 3)
    assert (ticket.lane, ticket.status, ticket.due_at) == (Lane.REVIEW, Status.OPEN, due)
    again = approve(draft, by=cast.ben.actor(), seen=Seen(draft.version))
    assert again.standing


def test_what_is_on_its_way_cannot_be_undone(cast: Cast) -> None:
    decision = approved(cast)
    undo(decision, by=cast.ana.actor())
    with pytest.raises(NotWaiting):
        undo(decision, by=cast.ana.actor())


def test_a_customers_message_takes_the_reply_back_into_review(cast: Cast) -> None:
    decision = approved(cast)
    receive_message(decision.ticket, text="Wait, I have it!", channel="form", by=FORM)
    assert state_of(decision) == (SendingState.WITHDRAWN, "customer_wrote", False)
    ticket = Ticket.objects.get(pk=decision.ticket_id)
    assert decision.draft is not None
    draft = decision.draft
    draft.refresh_from_db()
    assert (draft.state, draft.returned_because, ticket.lane) == (
        DraftState.PENDING_REVIEW,
        "customer_wrote",
        Lane.REVIEW,
    )
    assert draft.last_message_id == cast.last_message(ticket).pk


def test_an_edited_text_that_was_taken_back_is_before_the_person_again(cast: Cast) -> None:
    draft = pending_draft(cast.ticket())
    text = draft.text + " I looked it up for you."
    decision = edit(draft, Edit(text), by=cast.ana.actor(), seen=Seen(draft.version))
    receive_message(decision.ticket, text="Hello?", channel="form", by=FORM)
    page = ticket_page(decision.ticket, cast.ana)
    assert (page["pane"]["mode"], page["pane"]["text"]) == ("edit", text)


def test_an_opt_out_takes_back_what_a_model_had_a_part_in(cast: Cast) -> None:
    decision = approved(cast)
    set_consent(cast.carla, consent=False, source="ticket_page", by=Actor("customer"))
    assert state_of(decision) == (SendingState.WITHDRAWN, "opted_out", False)
    ticket = Ticket.objects.get(pk=decision.ticket_id)
    assert (ticket.lane, ticket.lane_why) == (Lane.WRITE, Why.OPTED_OUT)
    assert decision.draft is not None
    decision.draft.refresh_from_db()
    assert decision.draft.state == DraftState.WITHDRAWN
    assert ticket_page(ticket, cast.ana)["pane"]["text"] == decision.text, "the words are there to write anew from"


def test_an_opt_out_lets_a_persons_own_words_go(cast: Cast) -> None:
    ticket = cast.ticket()
    decision = write_reply(ticket, text="My own words entirely.", by=cast.ana.actor())
    set_consent(cast.carla, consent=False, source="ticket_page", by=Actor("customer"))
    assert state_of(decision)[0] == SendingState.QUEUED


def test_asking_for_a_person_takes_the_reply_back(cast: Cast) -> None:
    decision = approved(cast)
    keep_for_people(decision.ticket, "asked_for_person", by=Actor("customer"))
    assert state_of(decision) == (SendingState.WITHDRAWN, "asked_for_person", False)


def test_a_stop_takes_the_reply_back(cast: Cast) -> None:
    decision = approved(cast)
    stop_drafting(scope="all", reason="Something is off.", by=cast.sam.actor())
    assert state_of(decision) == (SendingState.WITHDRAWN, "stopped", False)
    ticket = Ticket.objects.get(pk=decision.ticket_id)
    assert (ticket.lane, ticket.lane_why) == (Lane.WRITE, Why.STOPPED)


def test_a_persons_own_reply_comes_back_to_the_composer_when_the_customer_writes(cast: Cast) -> None:
    ticket = cast.ticket()
    decision = write_reply(ticket, text="My own words.", by=cast.ana.actor())
    receive_message(ticket, text="One more thing.", channel="form", by=FORM)
    assert state_of(decision)[0] == SendingState.WITHDRAWN
    ticket.refresh_from_db()
    assert ticket.lane in {Lane.WRITE, Lane.DRAFTING}
    assert ticket_page(ticket, cast.ana)["pane"]["text"] == "My own words."


def test_an_automatic_answer_takes_nothing_back(cast: Cast) -> None:
    decision = approved(cast)
    receive_message(decision.ticket, text="I am away until Monday.", channel="mail", automatic=True, by=SYSTEM)
    assert state_of(decision)[0] == SendingState.QUEUED
    assert Ticket.objects.get(pk=decision.ticket_id).lane == Lane.NONE


def test_what_came_in_while_a_reply_was_already_on_its_way_counts_when_the_mail_server_puts_it_off(cast: Cast) -> None:
    decision = approved(cast)
    sending = Sending.objects.get(decision=decision)
    careless(lambda: Sending.objects.filter(pk=sending.pk).update(state="sending"), by=SYSTEM)
    receive_message(decision.ticket, text="Stop, I have it!", channel="form", by=FORM)
    assert state_of(decision)[0] == SendingState.SENDING, "too late to take back"
    defer_sending(Sending.objects.get(pk=sending.pk), error="451", by=SYSTEM)
    assert state_of(decision) == (SendingState.WITHDRAWN, "customer_wrote", False)


def test_a_reply_that_is_put_off_while_nothing_happened_waits_on(cast: Cast) -> None:
    decision = approved(cast)
    defer_sending(Sending.objects.get(decision=decision), error="421", by=SYSTEM)
    assert state_of(decision)[0] == SendingState.QUEUED
