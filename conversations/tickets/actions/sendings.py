"""The way out: one sending for a message, at most once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right
from conversations.tickets.actions.work import IsMerged, IsSpam, answered, is_unanswered, lock_standing, set_lane
from conversations.tickets.enclosures import NOTHING, Enclosure
from conversations.tickets.kinds import (
    NoticeQueued,
    SendingBegun,
    SendingDeferred,
    SendingFailed,
    SendingQueued,
    SendingResolved,
    SendingSent,
    SendingUnknown,
    SendingWithdrawn,
)
from conversations.tickets.models import Message, Sending, Ticket, text_hash
from conversations.tickets.states import Lane, SendingState, Why
from desk.actions import Actor, action, record
from desk.jobs import Claim, enqueue, enqueue_for
from desk.ledger.append import Text
from desk.ledger.kinds import Facts
from desk.problems import Invalid, Problem
from desk.rows import Reading, insert

if TYPE_CHECKING:
    from conversations.review.models import Decision

DELIVER = "sending.deliver"

NOTICE_AFTER = timedelta(seconds=1)
"""A notice lets the ticket's draft go first: with both at once the draft takes half as long again (`make bench`)."""


class NotWaiting(Problem):
    code, status, title = "sending_moved", 409, _("This reply is no longer waiting")
    detail = _("It has been sent or taken back meanwhile; see the conversation.")


class IsRestricted(Problem):
    code, status, title = "customer_restricted", 409, _("This customer wants their data erased")
    detail = _("Until that is done or taken back nothing is sent to them. What you wrote is kept.")


@action("sending.queued", savepoint=False)
def post(
    ticket: Ticket,
    decision: Decision,
    *,
    disclosure_kind: str,
    disclosure_text: str,
    by: Actor,
    files: Enclosure = NOTHING,
) -> Message:
    """Put a decided reply into the post: it leaves after the time for undo. The ticket is locked. Raises IsSpam, IsMerged."""
    if ticket.is_merged:
        raise IsMerged.of(ticket, text=decision.text)
    if ticket.is_spam:
        raise IsSpam(_("Say first that it is no spam, then answer. What you wrote is kept."), text=decision.text)
    if ticket.restricted:
        raise IsRestricted(text=decision.text)
    now = timezone.now()
    wait = settings.ENV.undo_seconds
    message = insert(
        Message(
            ticket=ticket,
            direction=Message.Direction.OUT,
            person_id=decision.person_id,
            text=decision.text,
            text_hash=decision.text_hash,
            files_digest=decision.files_digest,
            decision=decision,
            draft_id=decision.draft_id,
            disclosure_kind=disclosure_kind,
            disclosure_text=disclosure_text,
            created_at=now,
        )
    )
    files.bind(message, by=by)
    sending = insert(
        Sending(message=message, decision=decision, release_at=now + timedelta(seconds=wait), changed_at=now)
    )
    enqueue_for(sending.release_at, DELIVER, sending.pk, thread=ticket.ref)
    answered(ticket)
    record(
        SendingQueued(wait_seconds=wait),
        by=by,
        subject=sending.ref,
        thread=ticket.ref,
        commits={"text": Text(message.text, f"{message.ref}:text")},
        ticket=ticket,
        sending=sending,
    )
    return message


@action("notice.queued", savepoint=False)
def post_notice(ticket: Ticket, *, notice: str, text: str, language: str, by: Actor) -> Message:
    """Send a notice that a person wrote once; nothing of a model is in it."""
    now = timezone.now()
    message = insert(
        Message(
            ticket=ticket,
            direction=Message.Direction.OUT,
            notice=notice,
            text=text,
            text_hash=text_hash(text),
            created_at=now,
        )
    )
    sending = insert(Sending(message=message, release_at=now + NOTICE_AFTER, changed_at=now))
    enqueue_for(sending.release_at, DELIVER, sending.pk, thread=ticket.ref)
    record(
        NoticeQueued(notice=notice, language=language),
        by=by,
        subject=message.ref,
        thread=ticket.ref,
        commits={"text": Text(text, f"{message.ref}:text")},
        ticket=ticket,
    )
    return message


def _move(
    sending: Sending, to: SendingState, *, only_from: tuple[SendingState, ...], **changes: object
) -> Sending | None:
    """One UPDATE decides every race for a sending: who finds it in another state has lost."""
    moved = Sending.objects.filter(pk=sending.pk, state__in=only_from).update(
        state=to, changed_at=timezone.now(), **changes
    )
    return _with_message.get(sending.pk) if moved else None


_with_message = Reading(Sending.objects.select_related("message"))


@action("sending.begun")
def begin_sending(sending: Sending, claim: Claim, *, by: Actor, mail_id: str = "") -> Sending:
    """Committed before a byte of the text leaves; from here on silence means `unknown`. `mail_id`: its Message-ID."""
    moved = _move(sending, SendingState.SENDING, only_from=(SendingState.QUEUED,))
    if moved is None:
        raise NotWaiting
    if mail_id:
        Message.objects.filter(pk=moved.message_id).update(mail_id=mail_id)
    claim.hold()
    record(
        SendingBegun(attempt=moved.attempts + 1), by=by, subject=sending.ref, thread=f"ticket:{moved.message.ticket_id}"
    )
    return moved


@action("sending.finished")
def finish_sending(sending: Sending, claim: Claim | None, *, end: SendingState, error: str = "", by: Actor) -> Sending:
    """The mail server has it (`sent`), refused it for good (`failed`), or went away in between (`unknown`)."""
    ticket = lock_standing(sending.message.ticket_id)
    sources = (SendingState.SENDING, SendingState.QUEUED) if end == SendingState.FAILED else (SendingState.SENDING,)
    moved = _move(sending, end, only_from=sources, last_error=error[:64])
    if moved is None:
        raise NotWaiting
    if claim is not None:
        claim.complete()
    facts: Facts
    if end == SendingState.SENT:
        facts = SendingSent()
    elif end == SendingState.FAILED:
        facts = SendingFailed(error=error or "refused")
        set_lane(ticket, Lane.TROUBLE, Why.SENDING_FAILED)
    else:
        facts = SendingUnknown(error=error or "silence")
        set_lane(ticket, Lane.TROUBLE, Why.SENDING_UNKNOWN)
    said = moved.message
    commits = {"text": Text(said.text, f"{said.ref}:text")} if end == SendingState.SENT else None
    record(facts, by=by, subject=sending.ref, thread=ticket.ref, commits=commits, ticket=ticket, sending=moved)
    return moved


@action("sending.deferred")
def defer_sending(sending: Sending, *, error: str, by: Actor) -> Sending:
    """The mail server surely does not have it and may take it later; back to waiting."""
    now = timezone.now()
    moved = _move(
        sending,
        SendingState.QUEUED,
        only_from=(SendingState.SENDING, SendingState.QUEUED),
        last_error=error[:64],
        attempts=sending.attempts + 1,
        first_tried_at=sending.first_tried_at or now,
    )
    if moved is None:
        raise NotWaiting
    record(
        SendingDeferred(error=error[:64], attempt=moved.attempts),
        by=by,
        subject=sending.ref,
        thread=f"ticket:{moved.message.ticket_id}",
    )
    return moved


@action("sending.withdrawn")
def withdraw_sending(sending: Sending, *, because: str, by: Actor) -> Sending:
    """Take a reply back while it waits; raises NotWaiting once the worker has it. Database time decides the race."""
    moved = _move(sending, SendingState.WITHDRAWN, only_from=(SendingState.QUEUED,), withdrawn_because=because)
    if moved is None:
        raise NotWaiting
    record(
        SendingWithdrawn(because=because),
        by=by,
        subject=sending.ref,
        thread=f"ticket:{moved.message.ticket_id}",
        sending=moved,
    )
    return moved


@action("sending.resolved", needs=Right.DECIDE)
def resolve_sending(sending: Sending, *, outcome: str, by: Actor) -> Sending:
    """A person looked at a reply in trouble: it did arrive (`sent`), `again` sends it once more, `drop` gives it up."""
    ticket = lock_standing(sending.message.ticket_id)
    if ticket.restricted and outcome == "again":
        raise IsRestricted
    to = {"sent": SendingState.SENT, "again": SendingState.QUEUED, "drop": SendingState.WITHDRAWN}.get(outcome)
    if to is None:
        raise Invalid(_("Choose sent, again or drop."), errors={"outcome": ["sent, again or drop"]})
    sources = (SendingState.UNKNOWN,) if to == SendingState.SENT else (SendingState.UNKNOWN, SendingState.FAILED)
    moved = _move(sending, to, only_from=sources, last_error="", first_tried_at=None)
    if moved is None:
        raise NotWaiting
    if to == SendingState.QUEUED:
        enqueue(DELIVER, f"{sending.pk}.{timezone.now():%s%f}", thread=ticket.ref)
    if to == SendingState.WITHDRAWN:
        set_lane(ticket, Lane.WRITE, Why.WITHDRAWN)
    elif is_unanswered(ticket):
        set_lane(ticket, Lane.WRITE)
    else:
        answered(ticket)
    record(SendingResolved(as_=outcome), by=by, subject=sending.ref, thread=ticket.ref, ticket=ticket, sending=moved)
    return moved
