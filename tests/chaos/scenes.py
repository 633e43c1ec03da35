"""Tickets at the moments when things can happen at once, who can do what then, and what must hold afterwards."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from conversations.drafting.actions import Prepared, begin_draft, record_call, stop_drafting, store_draft
from conversations.drafting.models import Draft
from conversations.drafting.states import OPEN
from conversations.models import Decision, Message, Sending, Ticket
from conversations.privacy.actions import ask_for_person, opt_out
from conversations.review.actions import Edit, Rejection, Seen, approve, edit, reject, set_aside, undo, write_reply
from conversations.tickets.actions import (
    add_note,
    begin_sending,
    finish_sending,
    receive_message,
    set_priority,
    set_team,
)
from conversations.tickets.states import Lane, SendingState
from desk import jobs
from desk.actions import SYSTEM
from desk.jobs import Job
from desk.ledger.models import Counter, Entry
from tests.cast import FORM, Cast
from tests.chaos.meeting import Act
from tests.drafts import TEXT, pending_draft

_numbers = itertools.count(1)
Scene = dict[str, Act]
"""What can be done with one ticket, by name."""


def _at_any_time(company: Cast, ticket: Ticket) -> Scene:
    ana, sam = company.ana.actor(), company.sam.actor()
    return {
        "message": lambda: receive_message(ticket, text="One more thing.", channel="form", by=FORM),
        "opt_out": lambda: opt_out(ticket.customer, source="form", by=FORM),
        "person": lambda: ask_for_person(ticket, by=FORM),
        "stop": lambda: stop_drafting(scope="topic", value=ticket.tags[0], reason="Wrong prices.", by=sam),
        "note": lambda: add_note(ticket, text="Looked at it.", by=ana),
        "write": lambda: write_reply(ticket, text="A person wrote this to you.", by=ana),
        "team": lambda: set_team(ticket, company.returns, by=ana),
        "priority": lambda: set_priority(ticket, "urgent", by=ana),
    }


def _new_ticket(company: Cast) -> Ticket:
    number = next(_numbers)
    return company.ticket(email=f"meets{number}@example.com", tags=[f"topic-{number}"])


def in_review(company: Cast) -> tuple[Ticket, Scene]:
    """A draft is before people."""
    ticket = _new_ticket(company)
    draft = pending_draft(ticket)
    seen, ana, ben = Seen(draft.version), company.ana.actor(), company.ben.actor()
    why = Rejection(reason="tone", next="redraft", instruction="Shorter.")
    return ticket, {
        **_at_any_time(company, ticket),
        "approve": lambda: approve(draft, by=ana, seen=seen),
        "edit": lambda: edit(draft, Edit(f"{TEXT} More."), by=ben, seen=seen),
        "reject": lambda: reject(draft, why, by=ben, seen=seen),
        "aside": lambda: set_aside(draft, by=ben, seen=seen),
    }


def waiting_to_be_sent(company: Cast) -> tuple[Ticket, Scene]:
    """A draft was approved, its time for undo is over, and a worker has the reply."""
    ticket = _new_ticket(company)
    draft = pending_draft(ticket)
    decision = approve(draft, by=company.ana.actor(), seen=Seen(draft.version))
    sending = Sending.objects.get(decision=decision)
    claim = _claimed(f"sending.deliver:{sending.pk}")

    def send() -> None:
        begin_sending(sending, claim, by=SYSTEM)
        finish_sending(sending, claim, end=SendingState.SENT, by=SYSTEM)

    return ticket, {
        **_at_any_time(company, ticket),
        "send": send,
        "undo": lambda: undo(decision, by=company.ben.actor()),
    }


def being_drafted(company: Cast) -> tuple[Ticket, Scene]:
    """The model has answered, and a worker is about to store it."""
    ticket = _new_ticket(company)
    draft = Draft.objects.get(ticket=ticket)
    claim = _claimed(f"draft.generate:{draft.pk}")
    begun = begin_draft(draft.pk, claim, by=SYSTEM)
    assert begun is not None
    call = record_call(begun, b"{}", replaced={}, placeholders={}, by=SYSTEM)
    prepared = Prepared(
        text=TEXT,
        sentences=[{"text": TEXT, "kind": "courtesy", "sources": []}],
        unanswered=[],
        passages=[],
        flags=[],
        call_id=call.pk,
        model="trial",
        response="",
        prompt_tokens=0,
        completion_tokens=0,
        seconds=0,
    )
    return ticket, {**_at_any_time(company, ticket), "store": lambda: store_draft(draft, prepared, claim, by=SYSTEM)}


def _claimed(key: str) -> jobs.Claim:
    job = Job.objects.get(key=key)
    Job.objects.filter(pk=job.pk).update(run_after=timezone.now() - timedelta(seconds=1))
    claim = jobs.claim(job.pk)
    assert claim is not None
    return claim


SCENES: dict[str, Callable[[Cast], tuple[Ticket, Scene]]] = {
    "in review": in_review,
    "waiting to be sent": waiting_to_be_sent,
    "being drafted": being_drafted,
}


def holds(ticket: Ticket) -> None:
    """What is true of a ticket whatever met in it."""
    ticket = Ticket.objects.select_related("customer", "last_inbound").get(pk=ticket.pk)
    live = list(Draft.objects.filter(ticket=ticket, state__in=OPEN))
    standing = list(Decision.objects.filter(ticket=ticket, standing=True))
    sendings = list(
        Sending.objects.filter(message__ticket=ticket, decision__isnull=False).select_related("decision__draft")
    )
    _one_of_each(live, standing, sendings)
    _nothing_leaves_that_may_not(ticket, live, sendings)
    _nobody_is_forgotten(ticket, live, sendings)
    assert Entry.objects.count() == Counter.objects.get().value, "the ledger is dense"


def _one_of_each(live: list[Draft], standing: list[Decision], sendings: list[Sending]) -> None:
    assert len(live) <= 1, live
    about = [decision.draft_id for decision in standing if decision.draft_id]
    assert len(about) == len(set(about)), "one standing decision for a draft"
    for sending in sendings:
        assert sending.decision is not None
        assert sending.decision.standing or sending.state == SendingState.WITHDRAWN, sending.state


def _nothing_leaves_that_may_not(ticket: Ticket, live: list[Draft], sendings: list[Sending]) -> None:
    drafted = [sending for sending in sendings if sending.decision and sending.decision.draft_id]
    if ticket.customer.ai_consent is False or ticket.kept_for_people:
        assert not live
        assert not [sending for sending in drafted if sending.state == SendingState.QUEUED]
    for sending in drafted:
        assert sending.decision is not None
        assert sending.decision.draft is not None
        if sending.state == SendingState.QUEUED:
            assert sending.decision.draft.last_message_id == ticket.last_inbound_id, (
                "about what the customer wrote last"
            )
        begun = Entry.objects.filter(kind="sending.begun", subject=sending.ref).values_list("seq", flat=True).first()
        decided = Entry.objects.filter(kind="sending.queued", subject=sending.ref).values_list("seq", flat=True).get()
        bars = ("message.received", "ticket.kept_for_people", "customer.consent_set", "drafting.stopped")
        between = Entry.objects.filter(kind__in=bars, seq__gt=decided, seq__lt=begun or 0)
        assert not begun or not between.exists(), "what came first withdraws it"


def _nobody_is_forgotten(ticket: Ticket, live: list[Draft], sendings: list[Sending]) -> None:
    """The customer's last word has an answer on its way, or a person or a model works on one, and the list says which."""
    states = {draft.state for draft in live}
    if ticket.lane == Lane.REVIEW:
        assert states == {"pending_review"}
    if ticket.lane == Lane.DRAFTING:
        assert states <= {"queued", "generating"}
        assert states
    if "pending_review" in states:
        assert ticket.lane == Lane.REVIEW
    if ticket.lane == Lane.NONE:
        assert ticket.last_inbound is not None
        answers = Message.objects.filter(
            ticket=ticket, direction="out", decision__isnull=False, pk__gt=ticket.last_inbound_id
        )
        assert answers.filter(sending__state__in=["queued", "sending", "sent"]).exists()
