"""What time does to tickets: nothing in a list changes because of the clock alone, without an entry that says so."""

from __future__ import annotations

from django.utils import timezone

from accounts.rights import Right
from conversations.tickets.actions.work import IsMerged, lock_ticket
from conversations.tickets.kinds import TicketBreaching, TicketWoke, TicketWoken
from conversations.tickets.models import Ticket
from conversations.tickets.times import BREACHING_WITHIN
from desk.actions import Actor, action, record


class NotDue(Exception):
    """Between the clock's look and the lock somebody changed the ticket: nothing is due any more."""


@action("ticket.woke")
def wake(ticket: Ticket, *, by: Actor) -> Ticket:
    """End a snooze whose time has come; raises NotDue."""
    locked = lock_ticket(ticket.number)
    if locked.snoozed_until is None or locked.snoozed_until > timezone.now():
        raise NotDue
    _end_snooze(locked)
    record(TicketWoke(), by=by, subject=locked.ref, thread=locked.ref, ticket=locked)
    return locked


@action("ticket.woken", needs=Right.WORK)
def wake_now(ticket: Ticket, *, by: Actor) -> Ticket:
    """A person brings a ticket back that was put off; one that is back already stays as it is."""
    locked = lock_ticket(ticket.number)
    _end_snooze(locked)
    record(TicketWoken(), by=by, subject=locked.ref, thread=locked.ref, ticket=locked)
    return locked


def _end_snooze(locked: Ticket) -> None:
    if locked.is_merged:
        raise IsMerged.of(locked)
    locked.snoozed_until, locked.updated_at = None, timezone.now()
    locked.save(update_fields=["snoozed_until", "updated_at"])


@action("ticket.breaching")
def mark_breaching(ticket: Ticket, *, by: Actor) -> Ticket:
    """Say that the due time is near or over; raises NotDue."""
    locked = lock_ticket(ticket.number)
    now = timezone.now()
    if not locked.lane or locked.breaching_at or locked.due_at is None or locked.due_at > now + BREACHING_WITHIN:
        raise NotDue
    locked.breaching_at = now
    locked.save(update_fields=["breaching_at"])
    left = round((locked.due_at - now).total_seconds() / 60)
    record(TicketBreaching(minutes_left=left), by=by, subject=locked.ref, thread=locked.ref, ticket=locked)
    return locked
