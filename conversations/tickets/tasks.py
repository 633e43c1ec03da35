"""What time does to tickets, told to the ledger so that lists need no clock of their own; and changes of many, one by one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import structlog
from django.db.models import QuerySet
from django.utils import timezone

from conversations.tickets.access import tickets_for
from conversations.tickets.actions import AlreadySo, NotDue, mark_breaching, wake
from conversations.tickets.actions.bulk import (
    CHANGE,
    UNDO,
    BulkMoved,
    change_one,
    end_bulk,
    end_undo,
    pass_over,
    undo_one,
)
from conversations.tickets.built_in import WAITS
from conversations.tickets.bulk import Bulk, BulkTicket
from conversations.tickets.models import Ticket
from conversations.tickets.times import BREACHING_WITHIN
from desk.actions import SYSTEM, Actor
from desk.clock import every
from desk.jobs import Claim, LeaseLost, job
from desk.problems import NotFound, Problem

AT_ONCE = 100  # tickets a tick; the next tick takes the rest
PORTION = 100  # tickets of a bulk change, between two looks at who sees what

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


@job(CHANGE, at_once=1)
def change_many(claim: Claim) -> None:
    """Change the tickets of a list one after another, until it is done or somebody stops it."""
    bulk = Bulk.objects.select_related("person").get(pk=int(claim.job.target))

    def act(item: BulkTicket, ticket: Ticket, by: Actor) -> None:
        try:
            change_one(item, ticket, by=by)
        except AlreadySo:
            pass_over(item, BulkTicket.Outcome.ALREADY)
        except BulkMoved:
            return
        except Problem as problem:
            pass_over(item, BulkTicket.Outcome.SKIPPED, problem.code)

    if _through(bulk, claim, Bulk.State.RUNNING, BulkTicket.Outcome.WAITING, BulkTicket.Outcome.SKIPPED, act):
        with suppress(BulkMoved):
            end_bulk(bulk, by=SYSTEM)


@job(UNDO, at_once=1)
def take_many_back(claim: Claim) -> None:
    """Give the tickets what they had before, where nobody has been since."""
    bulk = Bulk.objects.select_related("person").get(pk=int(claim.job.target))

    def act(item: BulkTicket, ticket: Ticket, by: Actor) -> None:
        try:
            undo_one(item, ticket, by=by)
        except BulkMoved:
            return
        except Problem as problem:
            pass_over(item, BulkTicket.Outcome.KEPT, problem.code)

    if _through(bulk, claim, Bulk.State.UNDOING, BulkTicket.Outcome.DONE, BulkTicket.Outcome.KEPT, act):
        with suppress(BulkMoved):
            end_undo(bulk, by=SYSTEM)


def _through(
    bulk: Bulk,
    claim: Claim,
    state: str,
    outcome: str,
    unseen: str,
    act: Callable[[BulkTicket, Ticket, Actor], None],
) -> bool:
    """Do this to each ticket, in portions, as the person who wanted it and sees it now. False when it was stopped."""
    by = bulk.person.actor(via="task")
    while items := list(BulkTicket.objects.filter(bulk=bulk, outcome=outcome).order_by("ticket_id")[:PORTION]):
        found = tickets_for(bulk.person).in_bulk([item.ticket_id for item in items])
        for item in items:
            if claim.lost.is_set():
                raise LeaseLost(claim.job.key)
            if not Bulk.objects.filter(pk=bulk.pk, state=state).exists():
                return False
            item.bulk = bulk
            # Who gave a ticket to a team whose tickets they do not see may take just that back.
            ticket = found.get(item.ticket_id)
            if ticket is None and bulk.field == "team" and state == Bulk.State.UNDOING:
                ticket = Ticket.objects.filter(pk=item.ticket_id).first()
            if ticket is None:
                pass_over(item, unseen, NotFound.code)
            else:
                act(item, ticket, by)
    return True
