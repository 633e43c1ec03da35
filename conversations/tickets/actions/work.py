"""What people do with a ticket, and the one place where it is settled what of a person it waits for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Person, Team
from accounts.rights import Right, person_has
from conversations.tickets import texts
from conversations.tickets.enclosures import NOTHING, Enclosure
from conversations.tickets.kinds import (
    MessageNoted,
    PrioritySet,
    StatusSet,
    TagsSet,
    TeamSet,
    TicketAssigned,
    TicketKeptForPeople,
    TicketReleased,
    TicketSnoozed,
)
from conversations.tickets.models import Message, Sending, Ticket, text_hash
from conversations.tickets.states import Lane, Priority, SendingState, Status, Why
from conversations.tickets.threads import standing, thread_of
from conversations.tickets.times import WAIT
from desk.actions import Actor, action, record
from desk.ledger.append import Text
from desk.problems import Invalid, Problem
from desk.rows import Reading, update
from desk.statements import write

_locked = Reading(Ticket.objects.select_for_update(no_key=True))
_with_customer = Reading(Ticket.objects.select_related("customer", "team", "last_inbound"))

_HEARD_FROM_SPAM = {Why.CONCERN, Why.ASKED_FOR_PERSON}
"""What only the customer's own page can say: if it was no spam, nobody is shut out by it."""


class Unsettled(Problem):
    code, status, title = "unsettled", 409, _("Something here has to be settled first")
    detail = _("A reply is in trouble, or the customer says that something is wrong. Settle that, then set the status.")


class IsSpam(Problem):
    code, status, title = "is_spam", 409, _("This ticket is marked as spam")
    detail = _("Say first that it is no spam.")


class IsMerged(Problem):
    code, status, title = "is_merged", 409, _("This ticket was merged into another")
    detail = _("It goes on there.")

    @classmethod
    def of(cls, ticket: Ticket, **kept: str) -> IsMerged:
        """Says where it goes on; `kept` is the text that somebody wrote."""
        into = standing(ticket.number)
        return cls(
            gettext("Ticket %(number)s was merged into ticket %(into)s, and goes on there.")
            % {"number": ticket.number, "into": into},
            into=into,
            **kept,
        )


def lock_ticket(number: int) -> Ticket:
    """The row, held until the commit; second in the order of locks (customer, ticket, draft, sending, job)."""
    return _locked.get(number)


def lock_with_customer(number: int) -> Ticket:
    """Customer (shared, so that consent stands still) and ticket, in that order, in one statement."""
    write(
        "SELECT 1 FROM tickets_customer c JOIN tickets_ticket t ON t.customer_id = c.id WHERE t.number = %s "
        "FOR SHARE OF c FOR NO KEY UPDATE OF t",
        [number],
    )
    return _with_customer.get(number)


def lock_standing(number: int) -> Ticket:
    """The ticket, or the one that it goes on in since it was merged."""
    locked = lock_ticket(number)
    return lock_standing(locked.merged_into_id) if locked.merged_into_id else locked


def set_lane(ticket: Ticket, lane: Lane, why: Why = Why.NONE) -> None:
    """Say what the locked ticket waits for. Its due time stays what it was: having no draft never means later.

    What is in trouble stays in `trouble` until somebody has settled it, and what a customer says is wrong stays in `todo`;
    whatever waits for a person is open. Spam waits for nobody, and nothing waits in what was merged.
    """
    if ticket.is_merged:
        lane, why, ticket.status, ticket.snoozed_until = Lane.NONE, Why.NONE, Status.CLOSED, None
    elif ticket.lane == Lane.TROUBLE and lane != Lane.TROUBLE and (trouble := unsettled(ticket)):
        lane, why = Lane.TROUBLE, trouble
    elif lane == Lane.NONE and ticket.open_concerns:
        lane, why = Lane.WRITE, Why.CONCERN
    elif ticket.is_spam and lane != Lane.TROUBLE and why not in _HEARD_FROM_SPAM:
        lane, why, ticket.status = Lane.NONE, Why.NONE, Status.SOLVED
    ticket.lane, ticket.lane_why, ticket.updated_at = lane, why, timezone.now()
    if lane != Lane.NONE and ticket.status != Status.NEW:
        ticket.status = Status.OPEN
    if lane == Lane.NONE:
        ticket.waiting_since = ticket.due_at = ticket.breaching_at = None
    elif ticket.due_at is None:
        # Back from "answered": the customer has been waiting since they wrote, not since now.
        start_waiting(ticket, ticket.last_inbound.created_at if ticket.last_inbound else timezone.now())
    update(
        ticket, "lane", "lane_why", "waiting_since", "due_at", "breaching_at", "updated_at", "status", "snoozed_until"
    )


def unsettled(ticket: Ticket) -> Why | None:
    """Why a ticket is in trouble: a reply whose fate is not known, or that could not be delivered."""
    here = thread_of(ticket.number).numbers
    states = Sending.objects.filter(message__ticket__in=here, state__in=[SendingState.UNKNOWN, SendingState.FAILED])
    found = set(states.values_list("state", flat=True))
    if SendingState.UNKNOWN in found:
        return Why.SENDING_UNKNOWN
    return Why.SENDING_FAILED if found else None


def is_unanswered(ticket: Ticket) -> bool:
    """Whether the customer has written since the last reply that went out or is going out."""
    if ticket.last_inbound is None:
        return False
    replies = (
        thread_of(ticket.number)
        .messages()
        .filter(direction=Message.Direction.OUT, notice="", created_at__gt=ticket.last_inbound.created_at)
    )
    return not replies.exclude(sending__state=SendingState.WITHDRAWN).exists()


def start_waiting(ticket: Ticket, since: datetime) -> None:
    """The customer waits from now on; a second message does not move the due time of the first."""
    if ticket.waiting_since is None:
        ticket.waiting_since = since
        ticket.due_at = since + WAIT[ticket.priority]


def answered(ticket: Ticket) -> None:
    """A reply is on its way: the locked ticket waits for the customer."""
    ticket.status = Status.PENDING
    set_lane(ticket, Lane.NONE)


@action("message.noted", needs=Right.WORK)
def add_note(ticket: Ticket, *, text: str, by: Actor, files: Enclosure = NOTHING) -> Message:
    """Write an internal note; customers and models never see it."""
    kept = texts.body(text)
    locked = lock_ticket(ticket.number)
    if locked.is_merged:
        raise IsMerged.of(locked, text=kept)
    note = Message.objects.create(
        ticket=locked,
        direction=Message.Direction.NOTE,
        text=kept,
        text_hash=text_hash(kept),
        files_digest=files.digest,
        created_at=timezone.now(),
        person_id=by.id if by.kind == "person" else None,
        service=by.id if by.kind == "service" else None,
    )
    files.bind(note, by=by)
    _touch(locked)
    record(
        MessageNoted(length=len(kept)),
        by=by,
        subject=note.ref,
        thread=locked.ref,
        commits={"text": Text(kept, f"{note.ref}:text")},
        ticket=locked,
        message=note,
    )
    return note


@action("ticket.status_set", needs=Right.WORK)
def set_status(ticket: Ticket, status: str, *, by: Actor) -> Ticket:
    """Move a ticket along. Solving or closing it ends its waiting; opening it again starts it."""
    settable = [each for each in Status.values if each != Status.NEW]
    if status not in settable:
        raise Invalid(
            gettext("A ticket cannot be set to %(status)s.") % {"status": status},
            errors={"status": [", ".join(settable)]},
        )
    locked = lock_ticket(ticket.number)
    if locked.is_spam:
        raise IsSpam
    if status != Status.OPEN and (locked.open_concerns or unsettled(locked)):
        raise Unsettled
    return move(locked, Status(status), by=by)


def move(locked: Ticket, status: Status, *, by: Actor) -> Ticket:
    """Inside an action: the move of a locked ticket that may make it; back to `new`, too, when a change is taken back."""
    if locked.is_merged:
        raise IsMerged.of(locked)
    before, locked.status = locked.status, status
    if status in {Status.SOLVED, Status.CLOSED, Status.PENDING, Status.ON_HOLD}:
        set_lane(locked, Lane.NONE)
    elif locked.lane == Lane.NONE:
        set_lane(locked, Lane.WRITE)
    else:
        _touch(locked, "status")
    record(StatusSet(before=before, after=status), by=by, subject=locked.ref, thread=locked.ref, ticket=locked)
    return locked


@action("ticket.priority_set", needs=Right.WORK)
def set_priority(ticket: Ticket, priority: str, *, by: Actor) -> Ticket:
    """Change the priority; the due time follows it, counted from when the customer began to wait."""
    if priority not in Priority.values:
        raise Invalid(
            gettext("There is no priority %(priority)s.") % {"priority": priority},
            errors={"priority": [", ".join(Priority.values)]},
        )
    locked = lock_ticket(ticket.number)
    before, locked.priority = locked.priority, Priority(priority)
    if locked.waiting_since:
        locked.due_at, locked.breaching_at = locked.waiting_since + WAIT[priority], None
    _touch(locked, "priority", "due_at", "breaching_at")
    record(PrioritySet(before=before, after=priority), by=by, subject=locked.ref, thread=locked.ref, ticket=locked)
    return locked


@action("ticket.assigned", needs=Right.WORK)
def assign(ticket: Ticket, to: Person | None, *, by: Actor) -> Ticket:
    """Give a ticket to somebody who can decide it, or to nobody."""
    if to is not None and not person_has(to, Right.WORK):
        raise Invalid(
            gettext("%(name)s does not work on tickets.") % {"name": to.name},
            errors={"assignee": ["choose an agent or supervisor"]},
        )
    locked = lock_ticket(ticket.number)
    locked.assignee = to
    _touch(locked, "assignee")
    record(TicketAssigned(to=to.ref if to else "nobody"), by=by, subject=locked.ref, thread=locked.ref, ticket=locked)
    return locked


@action("ticket.team_set", needs=Right.WORK)
def set_team(ticket: Ticket, team: Team | None, *, by: Actor) -> Ticket:
    """Move a ticket to another team; who may not see that team's tickets loses sight of it."""
    locked = lock_ticket(ticket.number)
    before = locked.team_id
    locked.team = team
    _touch(locked, "team")
    record(
        TeamSet(before=f"team:{before}" if before else "no_team", to=team.ref if team else "no_team"),
        by=by,
        subject=locked.ref,
        thread=locked.ref,
        ticket=locked,
    )
    return locked


@action("ticket.tags_set", needs=Right.WORK)
def set_tags(ticket: Ticket, tags: Sequence[str], *, by: Actor) -> Ticket:
    return _tag(lock_with_customer(ticket.number), tags, by=by)


@action("ticket.tags_set", needs=Right.WORK)
def change_tags(ticket: Ticket, *, add: Sequence[str] = (), remove: Sequence[str] = (), by: Actor) -> Ticket:
    """Add some tags and take others away; those that a colleague set meanwhile stay."""
    locked = lock_with_customer(ticket.number)
    return _tag(locked, [tag for tag in locked.tags if tag not in remove] + [*add], by=by)


def _tag(locked: Ticket, tags: Sequence[str], *, by: Actor) -> Ticket:
    locked.tags = clean_tags(tags)
    _touch(locked, "tags")
    record(TagsSet(count=len(locked.tags)), by=by, subject=locked.ref, thread=locked.ref, ticket=locked)
    return locked


@action("ticket.snoozed", needs=Right.WORK)
def snooze(ticket: Ticket, until: datetime, *, by: Actor) -> Ticket:
    """Put a ticket off; it comes back by itself, or when the customer writes."""
    now = timezone.now()
    if not now < until < now + timedelta(days=366):
        raise Invalid(_("Choose a time within the next year."), errors={"until": ["must lie ahead, within a year"]})
    locked = lock_ticket(ticket.number)
    if locked.is_spam:
        raise IsSpam
    locked.snoozed_until = until
    _touch(locked, "snoozed_until")
    record(
        TicketSnoozed(minutes=round((until - now).total_seconds() / 60)),
        by=by,
        subject=locked.ref,
        thread=locked.ref,
        ticket=locked,
    )
    return locked


@action("ticket.kept_for_people")
def keep_for_people(ticket: Ticket, because: str, *, by: Actor) -> Ticket:
    """No model for this ticket from now on; drafts and replies that wait react to the entry."""
    locked = lock_ticket(ticket.number)
    locked.kept_for_people = Why(because)
    _touch(locked, "kept_for_people")
    record(TicketKeptForPeople(because=because), by=by, subject=locked.ref, thread=locked.ref, ticket=locked)
    return locked


@action("ticket.released_to_model", needs=Right.WORK)
def release_to_model(ticket: Ticket, *, by: Actor) -> Ticket:
    """Let a model draft again, after the customer said so."""
    locked = lock_ticket(ticket.number)
    locked.kept_for_people = ""
    _touch(locked, "kept_for_people")
    record(TicketReleased(), by=by, subject=locked.ref, thread=locked.ref, ticket=locked)
    return locked


def clean_tags(tags: Sequence[str]) -> list[str]:
    """Tags as they are kept: lower case, one each, at most twenty of forty characters."""
    kept = list(dict.fromkeys(texts.name(tag).lower().replace(" ", "-")[:40] for tag in tags if texts.name(tag)))
    if len(kept) > 20:
        raise Invalid(_("A ticket has at most 20 tags."), errors={"tags": ["at most 20"]})
    return kept


def _touch(ticket: Ticket, *fields: str) -> None:
    if ticket.is_merged:
        raise IsMerged.of(ticket)
    ticket.updated_at = timezone.now()
    ticket.save(update_fields=[*fields, "updated_at"])
