"""Holds: a ticket has to be kept although its customer wants to be erased. One person says so, a second one agrees."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.rights import Right
from conversations.privacy.kinds import HoldApproved, HoldEnded, HoldPlaced
from conversations.privacy.models import Hold
from conversations.tickets import texts
from conversations.tickets.actions import lock_with_customer
from conversations.tickets.models import Ticket
from desk.actions import Actor, action, record
from desk.ledger.append import Text
from desk.problems import Invalid, NotAllowed, Problem

LONGEST_HOLD = timedelta(days=366)


class SecondPersonRequired(Problem):
    code, status, title = "second_person_required", 409, _("A second person has to approve this")
    detail = _("Whoever placed a hold cannot approve it.")


class HoldOver(Problem):
    code, status, title = "hold_over", 409, _("This hold is over")
    detail = _("It has ended or expired meanwhile; place another one.")


@action("hold.placed", needs=Right.ANSWER_FOR_DATA)
def place_hold(ticket: Ticket, *, ground: str, expires_at: datetime, note: str = "", by: Actor) -> Hold:
    """Ask that a ticket be kept; it counts once a second person has approved it. Raises Invalid."""
    person = _person(by)
    now = timezone.now()
    errors: dict[str, list[str]] = {}
    if ground not in Hold.Ground.values:
        errors["ground"] = [f"is one of {', '.join(Hold.Ground.values)}"]
    if not now < expires_at <= now + LONGEST_HOLD:
        errors["expires_at"] = ["lies ahead, within a year"]
    if errors:
        raise Invalid(_("A hold needs a ground, and an end within a year."), errors=errors)
    locked = lock_with_customer(ticket.number)
    if locked.customer.erased_at:
        raise Invalid(_("This ticket has been erased; there is nothing to keep."))
    hold = Hold.objects.create(
        ticket=locked,
        ground=ground,
        note=texts.remark(note, limit=2000),
        expires_at=expires_at,
        placed_by=person,
        placed_at=now,
    )
    record(
        HoldPlaced(ground=ground, days=-(-(expires_at - now) // timedelta(days=1))),
        by=by,
        subject=hold.ref,
        thread=locked.ref,
        commits={"note": Text(hold.note, f"{hold.ref}:note")} if hold.note else None,
        ticket=locked,
    )
    return hold


@action("hold.approved", needs=Right.ANSWER_FOR_DATA)
def approve_hold(hold: Hold, *, by: Actor) -> Hold:
    """A second person agrees. Raises SecondPersonRequired, HoldOver."""
    person, locked = _person(by), _locked(hold)
    if locked.placed_by_id == person.pk:
        raise SecondPersonRequired
    if locked.ended_at or locked.expires_at <= timezone.now():
        raise HoldOver
    if locked.approved_at is None:
        locked.approved_by, locked.approved_at = person, timezone.now()
        locked.save(update_fields=["approved_by", "approved_at"])
    record(HoldApproved(ground=locked.ground), by=by, subject=locked.ref, thread=f"ticket:{locked.ticket_id}")
    return locked


@action("hold.ended", needs=Right.ANSWER_FOR_DATA)
def end_hold(hold: Hold, *, by: Actor) -> Hold:
    """The ticket need not be kept any longer. Raises HoldOver."""
    person, locked = _person(by), _locked(hold)
    if locked.ended_at:
        raise HoldOver
    locked.ended_by, locked.ended_at = person, timezone.now()
    locked.save(update_fields=["ended_by", "ended_at"])
    record(HoldEnded(ground=locked.ground), by=by, subject=locked.ref, thread=f"ticket:{locked.ticket_id}")
    return locked


def _locked(hold: Hold) -> Hold:
    lock_with_customer(hold.ticket_id)
    return Hold.objects.select_for_update(no_key=True).get(pk=hold.pk)


def _person(by: Actor) -> Person:
    """A hold is a person's to answer for. Raises NotAllowed."""
    if by.kind != "person":
        raise NotAllowed
    return Person.objects.get(pk=by.id)
