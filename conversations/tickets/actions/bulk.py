"""One change to every ticket of a list. Each ticket is an action: what is refused for one is done for the others."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right
from conversations.tickets.actions.changes import FIELDS, Change, change_within, undo_change
from conversations.tickets.bulk import Bulk, BulkTicket
from conversations.tickets.kinds import BulkBegun, BulkEnded, BulkStopped, BulkUndoBegun, BulkUndone
from conversations.tickets.models import Ticket
from desk.actions import Actor, action, record
from desk.jobs import enqueue
from desk.ledger.models import Entry
from desk.problems import Invalid, NotFound, Problem

MOST = 5_000
"""Tickets of one change; who wants more narrows the list."""

CHANGE = "bulk.change"
UNDO = "bulk.undo"


class BulkMoved(Problem):
    code, status, title = "bulk_moved", 409, _("This is not possible any more")
    detail = _("It is done, stopped or taken back already.")


@action("bulk.begun", needs=Right.WORK)
def begin_bulk(numbers: Sequence[int], *, field: str, value: str, view: str, query: str, by: Actor) -> Bulk:
    """Have a job change each of these tickets. Raises Invalid for none, and for more than can be watched over."""
    if not numbers:
        raise Invalid(_("There is no ticket in this list."), errors={"ticket": ["at least one"]})
    if len(numbers) > MOST:
        raise Invalid(
            gettext("There are more than %(most)s tickets in this list. Narrow it first.") % {"most": f"{MOST:,}"},
            errors={"ticket": [f"at most {MOST}"]},
        )
    made = Bulk.objects.create(
        person_id=UUID(by.id),
        view=view,
        query=query[:1000],
        field=field,
        value=value[:1000],
        total=len(numbers),
        after=Entry.objects.order_by("-seq").values_list("seq", flat=True).first() or 0,
        created_at=timezone.now(),
    )
    BulkTicket.objects.bulk_create((BulkTicket(bulk=made, ticket_id=number) for number in numbers), batch_size=1000)
    enqueue(CHANGE, made.pk)
    record(BulkBegun(field=field, tickets=made.total), by=by, subject=made.ref)
    return made


@action("bulk.ticket_changed", needs=Right.WORK)
def change_one(item: BulkTicket, ticket: Ticket, *, by: Actor) -> None:
    """Change one ticket and write down that it is done, both or neither. Raises what the change is refused with."""
    before, after = change_within(ticket, item.bulk.field, item.bulk.value, by=by)
    done = BulkTicket.objects.filter(pk=item.pk, outcome=BulkTicket.Outcome.WAITING).update(
        outcome=BulkTicket.Outcome.DONE, before=before[:1000], became=after[:1000]
    )
    if not done:
        raise BulkMoved


@action("bulk.ticket_undone", needs=Right.WORK)
def undo_one(item: BulkTicket, ticket: Ticket, *, by: Actor) -> None:
    """Take it back in one ticket, if nobody has been there since. Raises ChangedSince, NotFound."""
    bulk = item.bulk
    said = Entry.objects.filter(
        thread=ticket.ref, kind__in=FIELDS[bulk.field].kinds, actor=str(by), seq__gt=bulk.after
    ).order_by("seq")
    seq = said.values_list("seq", flat=True).first()
    if seq is None:
        raise NotFound
    undo_change(ticket, Change(ticket.number, bulk.field, item.before, item.became, seq), by=by)
    if not BulkTicket.objects.filter(pk=item.pk, outcome=BulkTicket.Outcome.DONE).update(
        outcome=BulkTicket.Outcome.UNDONE
    ):
        raise BulkMoved


@action("bulk.stopped", needs=Right.WORK)
def stop_bulk(bulk: Bulk, *, by: Actor) -> Bulk:
    """No further ticket; what is done stays, and can be taken back. Raises BulkMoved."""
    locked = _lock(bulk)
    if locked.state != Bulk.State.RUNNING:
        raise BulkMoved
    _end(locked, Bulk.State.STOPPED)
    record(BulkStopped(), by=by, subject=locked.ref)
    return locked


@action("bulk.ended")
def end_bulk(bulk: Bulk, *, by: Actor) -> Bulk:
    """Every ticket was looked at."""
    locked = _lock(bulk)
    if locked.state != Bulk.State.RUNNING:
        raise BulkMoved
    _end(locked, Bulk.State.DONE)
    counts = outcomes(locked)
    record(
        BulkEnded(
            done=counts[BulkTicket.Outcome.DONE],
            already=counts[BulkTicket.Outcome.ALREADY],
            skipped=counts[BulkTicket.Outcome.SKIPPED],
        ),
        by=by,
        subject=locked.ref,
    )
    return locked


@action("bulk.undo_begun", needs=Right.WORK)
def undo_bulk(bulk: Bulk, *, by: Actor) -> Bulk:
    """Have a job take back what was done, where no colleague has been since. Raises BulkMoved."""
    locked = _lock(bulk)
    if locked.state not in {Bulk.State.DONE, Bulk.State.STOPPED}:
        raise BulkMoved
    locked.state, locked.ended_at = Bulk.State.UNDOING, None
    locked.save(update_fields=["state", "ended_at"])
    enqueue(UNDO, locked.pk)
    record(BulkUndoBegun(tickets=outcomes(locked)[BulkTicket.Outcome.DONE]), by=by, subject=locked.ref)
    return locked


@action("bulk.undone")
def end_undo(bulk: Bulk, *, by: Actor) -> Bulk:
    """Everything that could be taken back is."""
    locked = _lock(bulk)
    if locked.state != Bulk.State.UNDOING:
        raise BulkMoved
    _end(locked, Bulk.State.UNDONE)
    counts = outcomes(locked)
    record(
        BulkUndone(undone=counts[BulkTicket.Outcome.UNDONE], kept=counts[BulkTicket.Outcome.KEPT]),
        by=by,
        subject=locked.ref,
    )
    return locked


def pass_over(item: BulkTicket, outcome: str, why: str = "") -> None:
    """Nothing was changed in this ticket, and why."""
    BulkTicket.objects.filter(pk=item.pk).update(outcome=outcome, why=why[:40])


def outcomes(bulk: Bulk) -> dict[str, int]:
    """How many tickets came out how; every outcome is there."""
    counts = dict.fromkeys(BulkTicket.Outcome.values, 0)
    rows = BulkTicket.objects.filter(bulk=bulk).values_list("outcome").annotate(n=Count("pk")).order_by()
    return counts | {str(outcome): int(n) for outcome, n in rows}


def _lock(bulk: Bulk) -> Bulk:
    return Bulk.objects.select_for_update(no_key=True).get(pk=bulk.pk)


def _end(locked: Bulk, state: Bulk.State) -> None:
    locked.state, locked.ended_at = state, timezone.now()
    locked.save(update_fields=["state", "ended_at"])
