"""Wanting to know what happens to a ticket, or no longer."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from accounts.models import Person
from accounts.rights import Right
from conversations.teamwork.kinds import TicketFollowed, TicketUnfollowed
from conversations.teamwork.models import Follower
from conversations.tickets.models import Ticket
from desk.actions import Actor, action, record


@action("ticket.followed", needs=Right.WORK)
def follow(ticket: Ticket, person: Person, *, by: Actor) -> None:
    """From now on tell this person what happens to the ticket."""
    add_followers(ticket, [person])
    record(TicketFollowed(), by=by, subject=ticket.ref, thread=ticket.ref, ticket=ticket)


@action("ticket.unfollowed", needs=Right.WORK)
def unfollow(ticket: Ticket, person: Person, *, by: Actor) -> None:
    """No longer; a note of theirs or a mention makes them follow again."""
    Follower.objects.filter(ticket=ticket, person=person).delete()
    record(TicketUnfollowed(), by=by, subject=ticket.ref, thread=ticket.ref, ticket=ticket)


def add_followers(ticket: Ticket, people: Iterable[Person]) -> None:
    """Inside an action: these people follow the ticket; who does already goes on."""
    now = timezone.now()
    rows = [Follower(ticket=ticket, person=person, since=now) for person in people]
    Follower.objects.bulk_create(rows, ignore_conflicts=True)
