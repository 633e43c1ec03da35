"""Files as the API tells them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.urls import reverse
from pydantic import Field
from rest_framework.request import Request

from conversations.attachments.models import Attachment, Upload
from conversations.attachments.queries import files_of
from conversations.tickets.models import Message
from conversations.tickets.representations import FileTold
from desk.api import Told


class UploadTold(Told):
    """A file that waits to be named in a message; it goes after a day if it is not."""

    id: str = Field(description="Goes into `attachments` of a ticket, a message or a decision.")
    name: str
    type: str
    size: int


def told_files(messages: Iterable[Message], request: Request) -> Mapping[int, Sequence[FileTold]]:
    """The files of each message that has some, by the message's id."""
    kept = list(messages)
    ticket = {message.pk: message.ticket_id for message in kept}
    return {message: [_told(row, ticket[message], request) for row in rows] for message, rows in files_of(kept).items()}


def told_upload(upload: Upload) -> UploadTold:
    return UploadTold(id=str(upload.pk), name=upload.name, type=upload.type, size=upload.content.size)


def _told(row: Attachment, number: int, request: Request) -> FileTold:
    address = request.build_absolute_uri(reverse("api_attachment", args=[number, row.pk]))
    return FileTold.model_validate(
        {
            "id": row.pk,
            "name": row.name,
            "type": row.type,
            "size": row.size,
            "url": None if row.missing else address,
            "missing": row.missing or None,
        }
    )
