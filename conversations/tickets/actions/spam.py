"""Spam: nobody waits for an answer, nothing is drafted or sent by itself, and it can be taken back."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.rights import Right
from conversations.tickets.actions.work import IsMerged, IsSpam, Unsettled, lock_with_customer, set_lane, unsettled
from conversations.tickets.kinds import TicketMarkedSpam, TicketUnmarkedSpam
from conversations.tickets.models import Ticket
from conversations.tickets.states import Lane, Status
from desk.actions import Actor, action, record
from desk.problems import Problem


class NoSpam(Problem):
    code, status, title = "no_spam", 409, _("This ticket is not marked as spam")
    detail = _("Somebody has said already that it is no spam.")


@action("ticket.marked_spam", needs=Right.WORK)
def mark_spam(ticket: Ticket, *, by: Actor) -> Ticket:
    """Solve a ticket as spam: it leaves every list but `all`, also when more comes in. Raises IsSpam, Unsettled.

    Drafts and replies that wait, and thanks to its sender, are the upper rooms' reactions; the database lets no model at it.
    """
    locked = lock_with_customer(ticket.number)
    if locked.is_merged:
        raise IsMerged.of(locked)
    if locked.is_spam:
        raise IsSpam(_("Somebody has marked this ticket as spam already."))
    if locked.open_concerns or unsettled(locked):
        raise Unsettled
    before = locked.before_spam = locked.status
    locked.snoozed_until = None
    locked.save(update_fields=["before_spam"])
    set_lane(locked, Lane.NONE)
    record(TicketMarkedSpam(before=before), by=by, subject=locked.ref, thread=locked.ref, ticket=locked)
    return locked


@action("ticket.unmarked_spam", needs=Right.WORK)
def unmark_spam(ticket: Ticket, *, by: Actor) -> Ticket:
    """It was no spam: the ticket is what it was before, and what came in meanwhile waits for a person. Raises NoSpam."""
    locked = lock_with_customer(ticket.number)
    if not locked.is_spam:
        raise NoSpam
    locked.status, locked.before_spam = Status(locked.before_spam), ""
    locked.save(update_fields=["before_spam"])
    if locked.lane == Lane.NONE:
        set_lane(locked, Lane.WRITE if locked.status in {Status.NEW, Status.OPEN} else Lane.NONE)
    record(TicketUnmarkedSpam(after=locked.status), by=by, subject=locked.ref, thread=locked.ref, ticket=locked)
    return locked
