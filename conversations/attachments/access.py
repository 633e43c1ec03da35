"""The door to files: through the ticket, and the message of it that somebody sees; otherwise there is none (404)."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from conversations.attachments.models import Attachment
from conversations.tickets.models import Message, Ticket
from desk.problems import NotFound

_BIGGEST = 2**63 - 1


def file_of(ticket: Ticket, attachment_id: int, *, among: QuerySet[Message] | None = None) -> Attachment:
    """A file of this ticket that has its content, or NotFound; `among` the messages that whoever asks can see with it.

    The ticket came through its own door.
    """
    which = Q(message__ticket=ticket) if among is None else Q(message__in=among)
    rows = Attachment.objects.filter(which, content__isnull=False).select_related("message")
    found = rows.filter(pk=attachment_id).first() if 0 < attachment_id <= _BIGGEST else None
    if found is None:
        raise NotFound
    return found
