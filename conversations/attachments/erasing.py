"""What this room holds of customers and of the staff, and how it goes."""

from __future__ import annotations

from uuid import UUID

from conversations.attachments.actions import blank_files
from conversations.attachments.models import Attachment, Content, Preview, Upload
from conversations.tickets.models import Message
from desk.erasing import accounts_for, erases

accounts_for(Attachment, erased=("name", "sha256"), ours=("type",))
accounts_for(Content, erased=("sha256", "data"))
accounts_for(Preview, erased=("data",))
accounts_for(Upload, erased=("owner", "name"), ours=("what", "type"))


@erases("ticket")
def blank_files_of_ticket(number: int) -> None:
    blank_files(Message.objects.filter(ticket=number))


@erases("person")
def forget_uploads(pk: UUID) -> None:
    """Files beside what they never sent."""
    waiting = Upload.objects.filter(owner=f"person:{pk}")
    contents = list(waiting.values_list("content", flat=True))
    waiting.delete()
    Content.objects.filter(pk__in=contents).delete()
