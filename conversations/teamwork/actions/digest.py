"""One mail about all that somebody who is away has not read."""

from __future__ import annotations

from django.utils import timezone

from accounts.models import Person
from conversations.teamwork.kinds import DigestQueued
from conversations.teamwork.queries import notices_of
from desk.actions import Actor, action, record
from desk.jobs import enqueue

NOTICE_MAIL = "teamwork.digest"


class NothingToTell(Exception):
    """Between the clock's look and now everything was read."""


@action("digest.queued")
def queue_digest(person: Person, *, by: Actor) -> int:
    """Put a mail about a person's unread notices into the post; each is in one mail at most. Raises NothingToTell."""
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    waiting = list(notices_of(person).filter(seen_at=None, mailed_at=None).values_list("pk", flat=True))
    if not waiting:
        raise NothingToTell
    now = timezone.now()
    notices_of(person).filter(pk__in=waiting).update(mailed_at=now)
    # The newest names the mail: its notices are those that were given the same time.
    enqueue(NOTICE_MAIL, max(waiting))
    record(DigestQueued(count=len(waiting)), by=by, subject=person.ref)
    return len(waiting)
