"""Telling people. A notice is written in the transaction of the act that it is about; that it was seen is no act."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from accounts.models import Person
from conversations.teamwork.models import Notice
from conversations.tickets.models import Message, Ticket
from desk import hints
from desk.actions import Actor
from desk.statements import write

KEPT_FOR = timedelta(days=60)


def tell(people: Iterable[Person], kind: str, ticket: Ticket, *, by: Actor, message: Message | None = None) -> None:
    """Tell these people, never of what they did themselves."""
    now, actor = timezone.now(), person_of(by)
    Notice.objects.bulk_create(
        Notice(person=person, ticket=ticket, kind=kind, by_id=actor, message=message, created_at=now)
        for person in people
        if person.pk != actor
    )


def tell_followers(
    kind: str, ticket_number: int, *, by: Actor, message: int | None = None, but: Iterable[UUID] = ()
) -> None:
    """Tell all who follow a ticket, but those who did it themselves or are told of it in other words. Waits for nothing."""
    actor = person_of(by)
    write(
        """
        INSERT INTO teamwork_notice (person_id, ticket_id, kind, by_id, message_id, created_at)
        SELECT person_id, ticket_id, %s, %s, %s, %s FROM teamwork_follower
        WHERE ticket_id = %s AND NOT person_id = ANY (%s)
        """,
        [kind, actor, message, timezone.now(), ticket_number, [*but, *([actor] if actor else [])]],
    )


def see(person: Person, ticket: Ticket | None = None) -> None:
    """The person has seen what they were told of a ticket, or of all."""
    unseen = Notice.objects.filter(person=person, seen_at=None)
    if (unseen.filter(ticket=ticket) if ticket else unseen).update(seen_at=timezone.now()):
        hints.wake()


def forget_old() -> int:
    """Delete what was told two months ago. Returns how many."""
    gone, _ = Notice.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()
    return gone


def person_of(by: Actor) -> UUID | None:
    return UUID(by.id) if by.kind == "person" else None
