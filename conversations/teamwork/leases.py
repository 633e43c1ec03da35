"""Who has a ticket at the moment. A claim is presence: no act, no entry, and over by itself when nobody renews it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from conversations.teamwork.models import Claim
from conversations.tickets.models import Ticket
from desk import hints
from desk.problems import Problem
from desk.statements import run, write

LASTS = timedelta(minutes=5)
"""Pages renew it about every minute while their person is at it."""


class Claimed(Problem):
    code, status, title = "claimed", 409, _("Somebody else has this ticket")


def claim_of(ticket_number: int) -> Claim | None:
    """The claim that holds now."""
    held = Claim.objects.filter(ticket=ticket_number, until__gt=timezone.now())
    return held.select_related("person").first()


def claim(ticket: Ticket, person: Person) -> Claim:
    """Take the ticket if nobody has it, or hold it for longer. Raises Claimed, which says who has it."""
    taken = run(
        """
        INSERT INTO teamwork_claim AS held (ticket_id, person_id, since, until) VALUES (%s, %s, %s, %s)
        ON CONFLICT (ticket_id) DO UPDATE SET
            since = CASE WHEN held.person_id = excluded.person_id AND held.until > excluded.since
                         THEN held.since ELSE excluded.since END,
            person_id = excluded.person_id, until = excluded.until
        WHERE held.person_id = excluded.person_id OR held.until <= excluded.since
        RETURNING since = %s
        """,
        [ticket.pk, person.pk, now := timezone.now(), now + LASTS, now],
    ).fetchone()
    held = claim_of(ticket.pk)
    if held is None or taken is None:
        name = held.person.name if held else ""
        raise Claimed(_("%(name)s has this ticket.") % {"name": name} if name else None, by=name)
    if taken[0]:
        hints.wake()
    return held


def let_go(ticket: Ticket, person: Person) -> None:
    """Give one's own claim up."""
    Claim.objects.filter(ticket=ticket, person=person).delete()
    hints.wake()


def end(ticket_number: int, *, begun: datetime | None = None) -> None:
    """What it was claimed for is done, whoever did it; a claim that began after `begun` is for something else."""
    write("DELETE FROM teamwork_claim WHERE ticket_id = %s AND since <= %s", [ticket_number, begun or timezone.now()])


def clear() -> int:
    """Remove claims that are over. Returns how many."""
    gone, _rows = Claim.objects.filter(until__lte=timezone.now()).delete()
    return gone
