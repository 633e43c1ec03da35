"""What time does to tickets, told to the ledger so that lists need no clock of their own."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import structlog
from django.db.models import QuerySet
from django.utils import timezone

from conversations.tickets.actions import NotDue, mark_breaching, wake
from conversations.tickets.models import Ticket
from conversations.tickets.rows import WAITS
from conversations.tickets.times import BREACHING_WITHIN
from desk.actions import SYSTEM
from desk.clock import every

AT_ONCE = 100  # tickets a tick; the next tick takes the rest

log = structlog.get_logger(__name__)


@every(2)
def wake_snoozed() -> int:
    """End each snooze whose time has come. Returns how many."""
    due = Ticket.objects.filter(snoozed_until__lte=timezone.now()).order_by("snoozed_until")[:AT_ONCE]
    for ticket in due:
        with suppress(NotDue):
            wake(ticket, by=SYSTEM)
    return len(due)


@every(5)
def mark_what_is_breaching() -> int:
    """Say once of each ticket that waits that its due time is near or over. Returns how many."""
    near = breaching_unmarked(within=BREACHING_WITHIN)[:AT_ONCE]
    for ticket in near:
        with suppress(NotDue):
            mark_breaching(ticket, by=SYSTEM)
    return len(near)


def breaching_unmarked(*, within: timedelta) -> QuerySet[Ticket]:
    """Tickets that wait, are due within this time, and were not marked yet; the most urgent first."""
    due = timezone.now() + within
    return Ticket.objects.filter(WAITS, breaching_at__isnull=True, due_at__lte=due).order_by("due_at", "number")
