"""One field of a ticket changed so that it can be taken back: what it was is read under the lock that changes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

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
    "ticket.merged",
    "ticket.unmerged",
    "ticket.took_in",
    "ticket.gave_back",
    "ticket.split",
    "message.received",
    "draft.approved",
    "draft.edited",
    "draft.rejected",
    "reply.written",
    "decision.undone",
    "decision.withdrawn",
)


class ChangedSince(Problem):
    code, status, title = "changed_since", 409, _("Somebody changed this since")
    detail = _("It was changed again since, and stays as it is.")


class AlreadySo(Problem):
    code, status, title = "already_so", 409, _("It is so already")
    detail = _("There was nothing to change.")


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
    """How a field is read and set (from what, to what), and which entries say that it was set, or touched otherwise."""

    reads: Callable[[Ticket], str]
    sets: Callable[[Ticket, str, str, Actor], Ticket]
    kinds: tuple[str, ...]
    touched_by: tuple[str, ...] = ()


def change(ticket: Ticket, field: str, value: str, *, by: Actor) -> Change:
    """Set one field by the action that is for it. Raises AlreadySo, and whatever that action refuses with."""
    before, after = change_within(ticket, field, value, by=by)
    said = Entry.objects.filter(thread=ticket.ref, kind__in=FIELDS[field].kinds, actor=str(by)).order_by("-seq")
    return Change(ticket.number, field, before, after, said.values_list("seq", flat=True)[0])


@action("ticket.changed", needs=Right.WORK)
def change_within(ticket: Ticket, field: str, value: str, *, by: Actor) -> tuple[str, str]:
    """The same inside another action, which has no entry yet; returns what gave way to what."""
    locked = lock_with_customer(ticket.number)
    before, after = _wanted(locked, field, value)
    if before == after:
        raise AlreadySo
    FIELDS[field].sets(locked, before, after, by)
    return before, after


def _wanted(ticket: Ticket, field: str, value: str) -> tuple[str, str]:
    """What gives way to what; of tags only those that are not there, or are, so that no colleague's is undone."""
    if field == "tags":
        return "", ",".join(tag for tag in clean_tags(value.split(",")) if tag not in ticket.tags)
    if field == "untag":
        return ",".join(tag for tag in value.split(",") if tag in ticket.tags), ""
    return FIELDS[field].reads(ticket), value


@action("ticket.change_undone", needs=Right.WORK)
def undo_change(ticket: Ticket, made: Change, *, by: Actor) -> Ticket:
    """Give a field its former value back, if nobody has touched it since. Raises ChangedSince, which says who did."""
    locked = lock_with_customer(ticket.number)
    field = FIELDS[made.field]
    later = Entry.objects.filter(thread=locked.ref, kind__in=field.kinds + field.touched_by, seq__gt=made.seq)
    if found := later.order_by("seq").first():
        raise ChangedSince(f"{sentences([found])[0]}.")
    if made.field not in TAGS and field.reads(locked) != made.after:
        raise ChangedSince
    changed = field.sets(locked, made.after, _former(made), by)
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


def _set_tags(ticket: Ticket, before: str, after: str, by: Actor) -> Ticket:
    """Some tags, separated by commas, give way to others; the rest stays whatever it is."""
    return change_tags(ticket, add=after.split(","), remove=before.split(","), by=by)


def _set_status(ticket: Ticket, _before: str, after: str, by: Actor) -> Ticket:
    # Nobody sets a ticket to `new`; one that was new is so again when its change is taken back.
    return move(ticket, Status.NEW, by=by) if after == Status.NEW else set_status(ticket, after, by=by)


def _set_priority(ticket: Ticket, _before: str, after: str, by: Actor) -> Ticket:
    return set_priority(ticket, after, by=by)


def _set_team(ticket: Ticket, _before: str, after: str, by: Actor) -> Ticket:
    team = Team.objects.filter(pk=int(after)).first() if after else None
    if after and team is None:
        raise Invalid(_("There is no such team."), errors={"team": ["choose another"]})
    return set_team(ticket, team, by=by)


def _set_assignee(ticket: Ticket, _before: str, after: str, by: Actor) -> Ticket:
    to = Person.objects.filter(pk=UUID(after)).first() if after else None
    if to is not None and not sight_of(to).sees(ticket.team_id):
        raise Invalid(
            _("%(name)s does not see this ticket: it is another team's.") % {"name": to.name},
            errors={"assignee": ["another"]},
        )
    return assign(ticket, to, by=by)


def _set_snooze(ticket: Ticket, _before: str, after: str, by: Actor) -> Ticket:
    return snooze(ticket, datetime.fromisoformat(after), by=by) if after else wake_now(ticket, by=by)


def _set_spam(ticket: Ticket, _before: str, after: str, by: Actor) -> Ticket:
    return mark_spam(ticket, by=by) if after else unmark_spam(ticket, by=by)


TAGS = frozenset({"tags", "untag"})
"""Adding some and taking some away; here a value is what comes or goes, not all there is."""

FIELDS: dict[str, Field] = {
    "status": Field(lambda one: one.status, _set_status, ("ticket.status_set",), touched_by=MOVES_STATUS),
    "priority": Field(lambda one: one.priority, _set_priority, ("ticket.priority_set",)),
    "team": Field(lambda one: str(one.team_id or ""), _set_team, ("ticket.team_set",)),
    "assignee": Field(lambda one: str(one.assignee_id or ""), _set_assignee, ("ticket.assigned",)),
    "tags": Field(lambda one: ",".join(one.tags), _set_tags, ("ticket.tags_set",)),
    "untag": Field(lambda one: ",".join(one.tags), _set_tags, ("ticket.tags_set",)),
    "snooze": Field(
        lambda one: one.snoozed_until.astimezone(UTC).isoformat() if one.snoozed_until else "",
        _set_snooze,
        ("ticket.snoozed", "ticket.woken"),
        touched_by=("ticket.woke", "message.received", "ticket.marked_spam"),
    ),
    "spam": Field(lambda one: "yes" if one.is_spam else "", _set_spam, ("ticket.marked_spam", "ticket.unmarked_spam")),
}
"""What of a ticket can be changed and taken back, one by one or for many."""
