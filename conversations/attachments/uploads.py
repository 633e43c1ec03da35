"""Files beside what somebody has not sent yet. No act, so no action and no entry, as unsent words have none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from conversations.attachments.files import File
from conversations.attachments.limits import MOST_FILES, FileGone, together
from conversations.attachments.models import Attachment, Content, Upload
from conversations.tickets.models import Message, Ticket
from desk.statements import run

PORTAL = "portal"
"""Who owns what customers put beside their words: nobody by name. Its random id is all that leads to it."""

KEPT_FOR = timedelta(days=14)
KEPT_FOR_PROGRAMS = timedelta(days=1)
"""What came from a program or a customer and was not sent goes after a day."""

WHATS = ("reply", "note")
_LISTED = MOST_FILES * 2
_COPY = (
    "INSERT INTO attachments_content (sha256, size, data) "
    "SELECT sha256, size, data FROM attachments_content WHERE id = %s RETURNING id"
)


def keep(file: File, *, owner: str, ticket: Ticket | None = None, what: str = "") -> Upload:
    """Keep a file until it is sent. The same file again beside the same words is the one that is there.

    Raises FileTooLarge, FileEmpty, FileRefused, TooManyFiles, FilesTooLarge.
    """
    file.check()
    with transaction.atomic():
        _one_at_a_time(owner, ticket, what)
        beside = list(uploads(owner, ticket, what)) if what else []
        for each in beside:
            if (each.name, each.content.sha256) == (file.name, file.sha256):
                return each
        together([*(each.content.size for each in beside), file.size])
        return Upload.objects.create(
            owner=owner,
            ticket=ticket,
            what=what,
            content=file.keep(),
            name=file.name,
            type=file.type,
            created_at=timezone.now(),
        )


def uploads(owner: str, ticket: Ticket | None, what: str) -> QuerySet[Upload]:
    """What somebody has beside a text, in the order in which it came; without the bytes."""
    rows = Upload.objects.filter(owner=owner, ticket=ticket, what=what).select_related("content")
    return rows.defer("content__data").order_by("created_at", "id")


def named(ids: Sequence[str], *, owner: str, ticket: Ticket | None) -> list[Upload]:
    """The files of these ids, in their order. Raises FileGone when one is not there, or not theirs, or of another ticket."""
    keys = list(dict.fromkeys(ids))
    if len(keys) > _LISTED or not all(_is_uuid(key) for key in keys):
        raise FileGone
    rows = Upload.objects.filter(owner=owner, pk__in=keys, ticket=ticket).select_related("content")
    found = {str(row.pk): row for row in rows.defer("content__data")}
    try:
        return [found[str(UUID(key))] for key in keys]
    except KeyError:
        raise FileGone from None


def still_here(ids: Sequence[str], *, owner: str, ticket: Ticket | None) -> list[Upload]:
    """Those of these ids that are there, in order of arrival."""
    rows = Upload.objects.filter(owner=owner, ticket=ticket, pk__in=[key for key in ids if _is_uuid(key)])
    return list(rows.select_related("content").defer("content__data").order_by("created_at", "id"))


def bring_back(message: Message) -> None:
    """Put copies of the files of a reply that was taken back beside the words of the person whose reply it was."""
    rows = Attachment.objects.filter(message=message, content__isnull=False).order_by("position")
    for row in rows if message.person_id else ():
        (key,) = run(_COPY, [row.content_id]).fetchone()
        Upload.objects.create(
            owner=f"person:{message.person_id}",
            ticket_id=message.ticket_id,
            what="reply",
            content_id=key,
            name=row.name,
            type=row.type,
            created_at=timezone.now(),
        )


def remove(ids: Iterable[str], *, owner: str, ticket: Ticket | None) -> int:
    """Take files away; what is not there any more is no fault. Returns how many."""
    keys = [key for key in ids if _is_uuid(key)]
    return _delete(Upload.objects.filter(owner=owner, ticket=ticket, pk__in=keys))


def erase_old(now: datetime | None = None) -> int:
    """Erase what nobody has sent. Returns how many."""
    before = now or timezone.now()
    people = Q(owner__startswith="person:", ticket__isnull=False)
    old = (people & Q(created_at__lt=before - KEPT_FOR)) | (~people & Q(created_at__lt=before - KEPT_FOR_PROGRAMS))
    return _delete(Upload.objects.filter(old))


def erase_of_ticket(ticket: Ticket) -> int:
    """Everything that anybody has beside unsent words on a ticket. Returns how many."""
    return _delete(Upload.objects.filter(ticket=ticket))


def as_json(upload: Upload) -> dict[str, Any]:
    return {"id": str(upload.pk), "name": upload.name, "type": upload.type, "size": upload.content.size}


def _delete(rows: QuerySet[Upload]) -> int:
    with transaction.atomic():
        # A file that is being sent right now is locked by its sender, and is theirs.
        gone = dict(rows.select_for_update(skip_locked=True).values_list("pk", "content"))
        Upload.objects.filter(pk__in=gone).delete()
        Content.objects.filter(pk__in=gone.values()).delete()
    return len(gone)


def _one_at_a_time(owner: str, ticket: Ticket | None, what: str) -> None:
    """Two files at once are counted one after the other."""
    with connection.cursor() as cursor:
        place = f"upload:{owner}:{ticket.pk if ticket else ''}:{what}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [place])


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
