"""A customer says that a reply is wrong: an item with an owner, until somebody has settled it."""

from __future__ import annotations

from django.utils import timezone

from accounts.rights import Right
from conversations.review.kinds import ConcernRaised, ConcernSettled
from conversations.review.models import Concern
from conversations.tickets import texts
from conversations.tickets.actions import answered, lock_with_customer, set_lane
from conversations.tickets.actions.work import is_unanswered, start_waiting
from conversations.tickets.models import Message, Ticket
from conversations.tickets.states import Lane, Why
from conversations.tickets.threads import thread_of
from desk.actions import Actor, action, record
from desk.ledger.append import Text
from desk.problems import Invalid


@action("concern.raised")
def raise_concern(ticket: Ticket, *, message: Message | None, text: str, by: Actor) -> Concern:
    """Take in that something is wrong. Its owner is the team's lead, else whoever has the ticket, else who decided it.

    The ticket waits for a person again, from now on.
    """
    here = thread_of(ticket.number).numbers
    if message is not None and (message.ticket_id not in here or message.direction != Message.Direction.OUT):
        raise Invalid("Say which reply is wrong.", errors={"message": ["is a reply of this request"]})
    locked = lock_with_customer(ticket.number)
    kept = texts.body(text, field="text", limit=5000) if text.strip() else ""
    lead = locked.team.lead if locked.team else None
    owner = lead or locked.assignee or (message.person if message else None)
    now = timezone.now()
    concern = Concern.objects.create(ticket=locked, message=message, text=kept, owner=owner, created_at=now)
    locked.open_concerns += 1
    locked.snoozed_until = None
    locked.save(update_fields=["open_concerns"])
    start_waiting(locked, now)
    set_lane(locked, Lane(locked.lane), Why(locked.lane_why))
    record(
        ConcernRaised(message=message.ref if message else None, owner=owner.ref if owner else None),
        by=by,
        subject=concern.ref,
        thread=locked.ref,
        ticket=locked,
        commits={"text": Text(kept, f"{concern.ref}:text")} if kept else None,
    )
    return concern


@action("concern.settled", needs=Right.DECIDE)
def settle_concern(concern: Concern, *, by: Actor) -> Concern:
    """Somebody has looked into it and answered or put it right."""
    ticket = lock_with_customer(concern.ticket_id)
    locked = Concern.objects.select_for_update(no_key=True).get(pk=concern.pk)
    if locked.settled_at is None:
        locked.settled_at = timezone.now()
        locked.save(update_fields=["settled_at"])
        ticket.open_concerns -= 1
        ticket.save(update_fields=["open_concerns"])
    if ticket.lane == Lane.WRITE and ticket.lane_why == Why.CONCERN and not ticket.open_concerns:
        if is_unanswered(ticket):
            set_lane(ticket, Lane.WRITE)
        else:
            answered(ticket)
    record(ConcernSettled(), by=by, subject=locked.ref, thread=ticket.ref, ticket=ticket)
    return locked
