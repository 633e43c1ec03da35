"""What is read of files: those of messages, their bytes, and which of them may be shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from conversations.attachments.manifest import ERASED, manifest
from conversations.attachments.models import Attachment, Preview
from conversations.tickets.models import Message, Ticket
from conversations.tickets.threads import thread_of
from desk.problems import NotFound
from desk.statements import run


def files_of(messages: Iterable[Message]) -> dict[int, list[Attachment]]:
    """The files of each message that has some, by the message's key, in their order; one query, and no bytes."""
    found: dict[int, list[Attachment]] = defaultdict(list)
    wanted = [message.pk for message in messages if message.files_digest]
    if wanted:
        rows = Attachment.objects.filter(message__in=wanted).select_related("content__preview")
        for row in rows.defer("content__data", "content__preview__data").order_by("message", "position"):
            found[row.message_id].append(row)
    return dict(found)


def lists(sources: Collection[str]) -> dict[str, str]:
    """What entries commit to of files, by source: `enclosure:<message>:lines`, `decided_enclosure:<decision>:lines`.

    What has been erased is left out.
    """
    found: dict[str, str] = {}
    for noun, column in (("enclosure", "pk"), ("decided_enclosure", "decision")):
        keys = {source.split(":")[1]: source for source in sources if source.startswith(f"{noun}:")}
        wanted = Message.objects.filter(**{f"{column}__in": [key for key in keys if key.isdecimal()]})
        messages = {message.pk: message for message in wanted.exclude(files_digest__in=("", ERASED))}
        for key, rows in files_of(messages.values()).items():
            message = messages[key]
            found[keys[str(message.pk if column == "pk" else message.decision_id)]] = manifest(rows)
    return found


def unseen_by_models(ticket: Ticket) -> int:
    """How many files there are in what the customer wrote: no model was shown any of them."""
    about = thread_of(ticket.number).about().filter(direction=Message.Direction.IN)
    return Attachment.objects.filter(message__in=about).count()


def content_of(attachment: Attachment) -> bytes:
    """Its bytes. Raises NotFound when there are none."""
    found = run("SELECT data FROM attachments_content WHERE id = %s", [attachment.content_id]).fetchone()
    if found is None:
        raise NotFound
    return bytes(found[0])


def preview_of(attachment: Attachment) -> bytes:
    """Its small picture. Raises NotFound when there is none."""
    found = Preview.objects.filter(content=attachment.content_id).first()
    if found is None:
        raise NotFound
    return bytes(found.data)


def to_be_drawn(target: str) -> Attachment | None:
    """The attachment that a job is about, while it has content and no preview."""
    rows = Attachment.objects.filter(content__isnull=False, content__preview__isnull=True).select_related("message")
    return rows.filter(pk=target).first() if target.isdecimal() else None
