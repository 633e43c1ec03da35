"""Replies as they come about on the real way: draft, decision, sending."""

from __future__ import annotations

from accounts.models import Person
from conversations.drafting.actions import Prepared, begin_draft, record_call, store_draft
from conversations.drafting.models import Draft
from conversations.models import Message, Sending, Ticket
from conversations.review.actions import Edit, Seen, approve, edit, write_reply
from conversations.tickets.actions import begin_sending, finish_sending
from conversations.tickets.states import SendingState
from desk.actions import SYSTEM
from desk.jobs import Claim, Job, claim

PASSAGE = {"ref": "passage:1", "title": "Refunds and returns", "heading": "When", "text": "Refunds take 14 days."}


def prepared_draft(
    ticket: Ticket, text: str = "Your refund takes 14 days.", *, replaced: dict[str, int] | None = None
) -> Draft:
    """The draft that the customer's last message asked for, before people."""
    draft = Draft.objects.filter(ticket=ticket).latest("id")
    held = _claim(f"draft.generate:{draft.pk}")
    begin_draft(draft.pk, held, by=SYSTEM)
    call = record_call(draft, b'{"secret of the desk": true}', replaced=replaced or {}, placeholders={}, by=SYSTEM)
    prepared = Prepared(
        text=text,
        sentences=[{"text": text, "kind": "claim", "sources": []}],
        unanswered=[],
        passages=[PASSAGE],
        flags=[],
        call_id=call.pk,
        model="standin",
        response="{}",
        prompt_tokens=1,
        completion_tokens=1,
        seconds=0.1,
    )
    return store_draft(draft, prepared, held, by=SYSTEM)


def approved_reply(
    ticket: Ticket, person: Person, text: str = "Your refund takes 14 days.", **more: dict[str, int]
) -> Message:
    draft = prepared_draft(ticket, text, **more)
    return _of(approve(draft, by=person.actor(), seen=Seen(draft.version)).pk)


def edited_reply(ticket: Ticket, person: Person, *, draft_text: str, text: str) -> Message:
    draft = prepared_draft(ticket, draft_text)
    return _of(edit(draft, Edit(text), by=person.actor(), seen=Seen(draft.version)).pk)


def written_reply(ticket: Ticket, person: Person, text: str) -> Message:
    return _of(write_reply(ticket, text=text, by=person.actor()).pk)


def send(reply: Message, end: SendingState = SendingState.SENT) -> Message:
    """Let the reply leave: begun, and finished unless `end` says that it is still being handed over."""
    sending = Sending.objects.get(message=reply)
    Job.objects.filter(key=f"sending.deliver:{sending.pk}").update(run_after=sending.changed_at)
    held = _claim(f"sending.deliver:{sending.pk}")
    sending = begin_sending(sending, held, by=SYSTEM)
    if end != SendingState.SENDING:
        finish_sending(sending, held, end=end, by=SYSTEM)
    return reply


def _of(decision_id: int) -> Message:
    return Message.objects.get(decision=decision_id)


def _claim(key: str) -> Claim:
    held = claim(Job.objects.get(key=key).pk)
    assert held is not None
    return held
