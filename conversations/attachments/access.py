"""The door to files: through the ticket, and the message of it that somebody sees; otherwise there is none (404)."""

from __future__ import annotations

from django.db.models import QuerySet

from conversations.attachments.models import Attachment
from conversations.tickets.models import Message, Ticket
from desk.problems import NotFound

_BIGGEST = 2**63 - 1


def file_of(ticket: Ticket, attachment_id: int, *, among: QuerySet[Message] | None = None) -> Attachment:
    """A file of this ticket that has its content, or NotFound; `among` the messages that whoever asks can see.

    The ticket came through its own door.
    """
    rows = Attachment.objects.filter(message__ticket=ticket, content__isnull=False).select_related("message")
    if among is not None:
        rows = rows.filter(message__in=among)
    found = rows.filter(pk=attachment_id).first() if 0 < attachment_id <= _BIGGEST else None
    if found is None:
        raise NotFound
    return found
