"""Writing oneself, asking for a draft, handing a hard case up."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from accounts.rights import Right
from conversations.drafting.actions import request_draft, supersede
from conversations.drafting.models import Draft
from conversations.drafting.queries import drafts_of_thread
from conversations.drafting.states import OPEN
from conversations.mailroom.texts import disclosure
from conversations.review.actions.seen import Seen, committed, nothing_foreign, placeholders_filled, set_aside
from conversations.review.disclosure import answers_for, disclose
from conversations.review.kinds import ReplyWritten, TicketEscalated
from conversations.review.models import Decision
from conversations.review.problems import AlreadyDecided, DraftStale
from conversations.tickets import texts
from conversations.tickets.actions import IsMerged, assign, lock_with_customer, post, set_lane
from conversations.tickets.enclosures import NOTHING, Enclosure
from conversations.tickets.models import Message, Ticket, text_hash
from conversations.tickets.queries import last_merge
from conversations.tickets.states import Lane, Why
from conversations.tickets.threads import thread_of
from desk.actions import Actor, action, record
from desk.problems import Invalid, NotFound


@action("reply.written", needs=Right.DECIDE)
def write_reply(
    ticket: Ticket,
    *,
    text: str,
    by: Actor,
    last_seen: int | None = None,
    merges_seen: int | None = None,
    instead_of: tuple[Draft, Seen] | None = None,
    files: Enclosure = NOTHING,
) -> Decision:
    """Send a reply of one's own. `last_seen` is the last message, of whoever, that was on the screen; None skips the check.
    So it is with `merges_seen`, the last merge: it brings messages that are older than that.

    Raises DraftStale when the customer has written since, AlreadyDecided when somebody has answered since, Invalid when
    that message is not of this ticket, PlaceholdersOpen for a text with a placeholder of a macro in it, FlagsUnacknowledged
    for one with another customer's data. `instead_of` is the draft that was before the person, which is set aside, no
    reason asked. What the customer is told follows from the text: pasted from a draft, it was drafted with AI.
    """
    kept = texts.body(text, field="text")
    locked = lock_with_customer(ticket.number)
    if locked.is_merged:
        raise IsMerged.of(locked, text=kept)
    if merges_seen is not None and merges_seen != last_merge(locked.number):
        raise DraftStale(because="joined", version=None, text=kept)
    if last_seen is not None:
        _nothing_came_in_between(locked, last_seen, text=kept)
    placeholders_filled(kept)
    nothing_foreign(locked, kept)
    if instead_of is not None:
        if instead_of[0].ticket_id != locked.number:
            raise NotFound
        set_aside(instead_of[0], by=by, seen=instead_of[1])
    for draft in Draft.objects.filter(ticket=locked, state__in=OPEN):
        supersede(draft, by=by)
    locked = lock_with_customer(ticket.number)
    decision = Decision.objects.create(
        ticket=locked,
        kind=Decision.Kind.WRITTEN,
        person_id=UUID(by.id),
        via=by.via,
        text=kept,
        text_hash=text_hash(kept),
        files_digest=files.digest,
        created_at=timezone.now(),
    )
    kind = disclose(kept, drafts_of_thread(locked.number).values_list("text", flat=True))
    record(
        ReplyWritten(via=by.via, disclosure=kind),
        by=by,
        subject=decision.ref,
        thread=locked.ref,
        commits=committed(decision, files),
        decision=decision,
    )
    post(
        locked,
        decision,
        disclosure_kind=kind,
        by=by,
        files=files,
        disclosure_text=disclosure(kind, locked.language, answers_for(locked)),
    )
    return decision


def _nothing_came_in_between(ticket: Ticket, last_seen: int, *, text: str) -> None:
    """Whoever comes second learns who was first, and keeps their text."""
    thread = thread_of(ticket.number).desk_messages()
    if not thread.filter(pk=last_seen).exists():
        raise Invalid(
            "Nobody can have seen that message: it is not of this ticket.",
            errors={"last_seen": ["is no message of this ticket"]},
        )
    newer = thread.filter(pk__gt=last_seen, notice="").exclude(direction=Message.Direction.NOTE)
    for message in newer.select_related("decision__person").order_by("id"):
        if message.direction == Message.Direction.IN:
            raise DraftStale(because="customer_wrote", version=None, text=text)
        if message.decision is not None and message.decision.standing:
            raise AlreadyDecided(name=message.decision.person.name, at=message.created_at, what="answered", text=text)


@action("draft.requested", needs=Right.DECIDE)
def ask_for_draft(ticket: Ticket, *, by: Actor, instruction: str = "") -> Draft | None:
    """Have a model try, or try again; None when it may not, and the ticket says why."""
    return request_draft(ticket, by=by, instruction=texts.name(instruction)[:2000])


@action("ticket.escalated", needs=Right.DECIDE)
def escalate(ticket: Ticket, *, by: Actor) -> Ticket:
    """Hand a ticket to its team's lead; without one it waits for the supervisors, unassigned."""
    locked = lock_with_customer(ticket.number)
    lead = locked.team.lead if locked.team else None
    if locked.assignee_id != (lead.pk if lead else None):
        locked = assign(locked, lead, by=by)
    if locked.lane == Lane.REVIEW:
        # A draft that waits goes with the ticket: the lead may decide it.
        set_lane(locked, Lane.REVIEW, Why.ESCALATED)
    elif not Draft.objects.filter(ticket=locked, state__in=OPEN).exists():
        set_lane(locked, Lane.WRITE, Why.ESCALATED)
    record(
        TicketEscalated(to=lead.ref if lead else "supervisors"),
        by=by,
        subject=locked.ref,
        thread=locked.ref,
        ticket=locked,
    )
    return locked
