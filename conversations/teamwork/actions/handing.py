"""Giving a ticket to somebody else, and taking one that somebody has."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Person, Team
from accounts.rights import Right
from conversations.teamwork.kinds import TicketHandedOver, TicketTakenOver
from conversations.teamwork.leases import LASTS, end
from conversations.teamwork.models import Claim
from conversations.teamwork.queries import may_take
from conversations.tickets.actions import add_note, assign, lock_ticket, set_team
from conversations.tickets.models import Ticket
from desk.actions import Actor, action, record
from desk.problems import Invalid


@action("ticket.handed_over", needs=Right.WORK)
def hand_over(ticket: Ticket, to: Person | Team, *, note: str, by: Actor) -> Ticket:
    """Give a ticket to a colleague who sees it or to a team, with a note in the same act; the note may be empty."""
    locked = lock_ticket(ticket.number)
    if isinstance(to, Team):
        if locked.assignee_id is not None:
            assign(locked, None, by=by)
        set_team(locked, to, by=by)
    elif not may_take(locked).filter(pk=to.pk).exists():
        raise Invalid(
            _("%(name)s does not see this ticket or does not work on tickets.") % {"name": to.name},
            errors={"to": ["choose somebody who sees it"]},
            text=note,
        )
    else:
        assign(locked, to, by=by)
    if note.strip():
        add_note(locked, text=note, by=by)
    end(locked.number)
    record(TicketHandedOver(to=to.ref), by=by, subject=locked.ref, thread=locked.ref, ticket=locked, to=to)
    return lock_ticket(locked.number)


@action("ticket.taken_over", needs=Right.WORK)
def take_over(ticket: Ticket, person: Person, *, by: Actor) -> Claim:
    """Have a ticket that somebody else has. They are told, and what they were writing stays theirs.

    Taking what nobody else has any more is an ordinary claim, said all the same.
    """
    lock_ticket(ticket.number)
    now = timezone.now()
    held = Claim.objects.select_for_update(no_key=True).filter(ticket=ticket).first()
    others = held is not None and held.until > now and held.person_id != person.pk
    before = held.person_id if held and others else UUID(str(person.pk))
    taken, _created = Claim.objects.update_or_create(
        ticket=ticket, defaults={"person": person, "since": now, "until": now + LASTS}
    )
    record(
        TicketTakenOver(holder=f"person:{before}"),
        by=by,
        subject=ticket.ref,
        thread=ticket.ref,
        ticket=ticket,
        holder=before if others else None,
    )
    return taken
