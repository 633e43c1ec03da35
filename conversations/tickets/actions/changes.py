"""One field of a ticket changed so that it can be taken back: what it was is read under the lock that changes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from accounts.access import sight_of
from accounts.models import Person, Team
from accounts.rights import Right
from conversations.tickets.actions.clock import wake_now
from conversations.tickets.actions.spam import mark_spam, unmark_spam
from conversations.tickets.actions.work import (
    assign,
    change_tags,
    clean_tags,
    lock_with_customer,
    move,
    set_priority,
    set_status,
    set_team,
    snooze,
)
from conversations.tickets.kinds import TicketChangeUndone
from conversations.tickets.models import Ticket
from conversations.tickets.states import Status
from desk.actions import Actor, action, record
from desk.ledger.kinds import sentences
from desk.ledger.models import Entry
from desk.problems import Invalid, Problem

MOVES_STATUS = (
    "ticket.status_set",
    "ticket.marked_spam",
    "ticket.unmarked_spam",
    "ticket.escalated",
    "message.received",
    "draft.approved",
    "draft.edited",
    "draft.rejected",
    "reply.written",
    "decision.undone",
    "decision.withdrawn",
)


class ChangedSince(Problem):
    code, status, title = "changed_since", 409, "Somebody changed this since"
    detail = "It was changed again since, and stays as it is."


class AlreadySo(Problem):
    code, status, title = "already_so", 409, "It is so already"
    detail = "There was nothing to change."


@dataclass(frozen=True, slots=True)
class Change:
    """What was changed of one ticket; `seq` is the entry that says so. Values are written as text."""

    number: int
    field: str
    before: str
    after: str
    seq: int


@dataclass(frozen=True, slots=True)
class Field:
    """How one field is read and set, which entry says that it was set, and which say that it is no longer ours."""

    reads: Callable[[Ticket], str]
    sets: Callable[[Ticket, str, Actor], Ticket]
    kinds: tuple[str, ...]
    touched_by: tuple[str, ...] = ()


def change(ticket: Ticket, field: str, value: str, *, by: Actor) -> Change:
    """Set one field by the action that is for it. Raises AlreadySo, and whatever that action refuses with."""
    before, after = _change(ticket, field, value, by=by)
    said = Entry.objects.filter(thread=ticket.ref, kind__in=FIELDS[field].kinds, actor=str(by)).order_by("-seq")
    return Change(ticket.number, field, before, after, said.values_list("seq", flat=True)[0])


@action("ticket.changed", needs=Right.WORK)
def _change(ticket: Ticket, field: str, value: str, *, by: Actor) -> tuple[str, str]:
    locked = lock_with_customer(ticket.number)
    if field == "tags":
        value = ",".join(tag for tag in clean_tags(value.split(",")) if tag not in locked.tags)
        if not value:
            raise AlreadySo
        change_tags(locked, add=value.split(","), by=by)
        return "", value
    before = FIELDS[field].reads(locked)
    if before == value:
        raise AlreadySo
    changed = FIELDS[field].sets(locked, value, by)
    return before, FIELDS[field].reads(changed)


@action("ticket.change_undone", needs=Right.WORK)
def undo_change(ticket: Ticket, made: Change, *, by: Actor) -> Ticket:
    """Give a field its former value back, if nobody has touched it since. Raises ChangedSince, which says who did."""
    locked = lock_with_customer(ticket.number)
    field = FIELDS[made.field]
    later = Entry.objects.filter(thread=locked.ref, kind__in=field.kinds + field.touched_by, seq__gt=made.seq)
    if found := later.order_by("seq").first():
        raise ChangedSince(f"{sentences([found])[0]}.")
    if made.field == "tags":
        changed = change_tags(locked, remove=made.after.split(","), by=by)
    elif field.reads(locked) != made.after:
        raise ChangedSince
    else:
        changed = field.sets(locked, _former(made), by)
    record(
        TicketChangeUndone(field=made.field),
        by=by,
        subject=locked.ref,
        thread=locked.ref,
        ticket=changed,
        field=made.field,
    )
    return changed


def _former(made: Change) -> str:
    """The value to go back to: a ticket that was put off to a time that has come is back."""
    over = made.field == "snooze" and made.before and datetime.fromisoformat(made.before) <= timezone.now()
    return "" if over else made.before


def _set_status(ticket: Ticket, value: str, by: Actor) -> Ticket:
    # Nobody sets a ticket to `new`; one that was new is so again when its change is taken back.
    return move(ticket, Status.NEW, by=by) if value == Status.NEW else set_status(ticket, value, by=by)


def _set_team(ticket: Ticket, value: str, by: Actor) -> Ticket:
    team = Team.objects.filter(pk=int(value)).first() if value else None
    if value and team is None:
        raise Invalid("This team is no longer there.", errors={"team": ["choose another"]})
    return set_team(ticket, team, by=by)


def _set_assignee(ticket: Ticket, value: str, by: Actor) -> Ticket:
    to = Person.objects.filter(pk=UUID(value)).first() if value else None
    if to is not None and not sight_of(to).sees(ticket.team_id):
        raise Invalid(f"{to.name} does not see this ticket: it is another team's.", errors={"assignee": ["another"]})
    return assign(ticket, to, by=by)


def _set_snooze(ticket: Ticket, value: str, by: Actor) -> Ticket:
    return snooze(ticket, datetime.fromisoformat(value), by=by) if value else wake_now(ticket, by=by)


FIELDS: dict[str, Field] = {
    "status": Field(lambda ticket: ticket.status, _set_status, kinds=("ticket.status_set",), touched_by=MOVES_STATUS),
    "priority": Field(
        lambda ticket: ticket.priority,
        lambda ticket, value, by: set_priority(ticket, value, by=by),
        kinds=("ticket.priority_set",),
    ),
    "team": Field(lambda ticket: str(ticket.team_id or ""), _set_team, kinds=("ticket.team_set",)),
    "assignee": Field(lambda ticket: str(ticket.assignee_id or ""), _set_assignee, kinds=("ticket.assigned",)),
    "tags": Field(lambda ticket: ",".join(ticket.tags), lambda ticket, _value, _by: ticket, kinds=("ticket.tags_set",)),
    "snooze": Field(
        lambda ticket: ticket.snoozed_until.isoformat() if ticket.snoozed_until else "",
        _set_snooze,
        kinds=("ticket.snoozed", "ticket.woken"),
        touched_by=("ticket.woke", "message.received", "ticket.marked_spam"),
    ),
    "spam": Field(
        lambda ticket: "yes" if ticket.is_spam else "",
        lambda ticket, value, by: (mark_spam if value else unmark_spam)(ticket, by=by),
        kinds=("ticket.marked_spam", "ticket.unmarked_spam"),
    ),
}
"""What of a ticket can be changed and taken back, one by one or for many."""
