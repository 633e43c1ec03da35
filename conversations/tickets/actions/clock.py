"""What time does to tickets: nothing in a list changes because of the clock alone, without an entry that says so."""

from __future__ import annotations

from django.utils import timezone

from conversations.tickets.actions.work import lock_ticket
from conversations.tickets.kinds import TicketBreaching, TicketWoke
from conversations.tickets.models import Ticket
from desk.actions import Actor, action, record


@action("ticket.woke")
def wake(ticket: Ticket, *, by: Actor) -> Ticket:
    """End a snooze."""
    locked = lock_ticket(ticket.number)
    locked.snoozed_until, locked.updated_at = None, timezone.now()
    locked.save(update_fields=["snoozed_until", "updated_at"])
    record(TicketWoke(), by=by, subject=locked.ref, thread=locked.ref, ticket=locked)
    return locked


@action("ticket.breaching")
def mark_breaching(ticket: Ticket, *, by: Actor) -> Ticket:
    """Say that the due time is near or over."""
    locked = lock_ticket(ticket.number)
    now = timezone.now()
    locked.breaching_at = now
    locked.save(update_fields=["breaching_at"])
    left = round((locked.due_at - now).total_seconds() / 60) if locked.due_at else 0
    record(TicketBreaching(minutes_left=left), by=by, subject=locked.ref, thread=locked.ref, ticket=locked)
    return locked
