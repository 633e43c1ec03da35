"""Every write to the files of messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from conversations.attachments.files import File
from conversations.attachments.kinds import FilesEnclosed, FilesErased, PreviewDrawn
from conversations.attachments.kinds_of_files import PREVIEWED
from conversations.attachments.limits import MOST_FILES, FileGone, together
from conversations.attachments.manifest import ERASED, digest_of, manifest
from conversations.attachments.models import Attachment, Content, Preview, Upload
from conversations.attachments.previews import Drawn
from conversations.attachments.uploads import erase_of_ticket, named
from conversations.tickets.models import Message, Ticket
from desk.actions import Actor, action, record
from desk.jobs import Claim, enqueue
from desk.ledger.append import Text
from desk.problems import NotFound
from desk.uploads import LARGEST_TOGETHER

DRAW = "preview.draw"


@dataclass(frozen=True, slots=True)
class _Line:
    sha256: str
    size: int
    name: str
    missing: str


class Uploaded:
    """Files that were uploaded before, by their ids, as the enclosure of a message (see tickets/enclosures.py)."""

    def __init__(self, rows: Sequence[Upload]) -> None:
        together([row.content.size for row in rows])
        self.rows = rows
        self.lines = manifest(_Line(row.content.sha256, row.content.size, row.name, "") for row in rows)
        self.digest = digest_of(self.lines)

    def bind(self, message: Message, *, by: Actor) -> None:
        """They are the message's now, and nobody's uploads any more. Raises FileGone when somebody was faster."""
        if not self.rows:
            return
        keys = [row.pk for row in self.rows]
        here = Upload.objects.select_for_update().filter(pk__in=keys).values_list("pk", flat=True)
        if len(here) != len(keys):
            raise FileGone
        Upload.objects.filter(pk__in=keys).delete()
        _enclose(message, [_row(message, place, row, row.content) for place, row in enumerate(self.rows)], by=by)


class Received:
    """Files as they came with a mail: what can be kept is kept, and what cannot is listed with the reason."""

    def __init__(self, files: Iterable[File]) -> None:
        self.files = [(file, why) for file, why in _sorted_out(files)]
        self.lines = manifest(_Line("" if why else file.sha256, file.size, file.name, why) for file, why in self.files)
        self.digest = digest_of(self.lines)

    def bind(self, message: Message, *, by: Actor) -> None:
        """Write them down with their message."""
        if self.files:
            rows = [
                _row(message, place, file, None if why else file.keep(), missing=why)
                for place, (file, why) in enumerate(self.files)
            ]
            _enclose(message, rows, by=by)


def uploaded(ids: Sequence[str], *, owner: str, ticket: Ticket | None) -> Uploaded:
    """Raises FileGone, TooManyFiles, FilesTooLarge."""
    return Uploaded(named(ids, owner=owner, ticket=ticket))


@action("preview.drawn")
def keep_preview(attachment: Attachment, drawn: Drawn, claim: Claim, *, by: Actor) -> Preview:
    """Keep the small picture of an image. The page of its ticket shows it from now on."""
    content = Content.objects.select_for_update(no_key=True).defer("data").filter(attachment=attachment).first()
    if content is None:
        raise NotFound
    preview = Preview.objects.create(content=content, width=drawn.width, height=drawn.height, data=drawn.data)
    claim.complete()
    record(
        PreviewDrawn(width=drawn.width, height=drawn.height),
        by=by,
        subject=attachment.ref,
        thread=f"ticket:{attachment.message.ticket_id}",
    )
    return preview


@action("files.erased")
def erase_of(messages: Iterable[Message], *, by: Actor) -> int:
    """Erase the files of these messages, of one ticket at least, see `blank_files`. Returns how many files."""
    wanted = list(messages)
    gone = blank_files(wanted)
    for ticket in Ticket.objects.filter(pk__in={message.ticket_id for message in wanted}):
        count = sum(gone.get(message.pk, 0) for message in wanted if message.ticket_id == ticket.pk)
        record(FilesErased(count=count), by=by, subject=ticket.ref, thread=ticket.ref, ticket=ticket)
    return sum(gone.values())


def blank_files(messages: Iterable[Message]) -> dict[int, int]:
    """Inside an action: content, names, hashes and previews go, and what anybody has beside unsent words on their tickets.

    That there were files, of which kind and size, stays. Salts of what entries commit to (`enclosure:<message>:lines`,
    `decided_enclosure:<decision>:lines`) are the eraser's. Returns how many files of each message.
    """
    wanted = list(messages)
    rows = list(Attachment.objects.select_for_update(no_key=True).filter(message__in=wanted, content__isnull=False))
    contents = [row.content_id for row in rows if row.content_id is not None]
    Attachment.objects.filter(message__in=wanted).update(
        content=None, name="", sha256="", missing=Attachment.Missing.ERASED
    )
    Message.objects.filter(pk__in=[message.pk for message in wanted]).exclude(files_digest="").update(
        files_digest=ERASED
    )
    Preview.objects.filter(pk__in=contents).delete()
    Content.objects.filter(pk__in=contents).delete()
    for ticket in Ticket.objects.filter(pk__in={message.ticket_id for message in wanted}):
        erase_of_ticket(ticket)
    return Counter(row.message_id for row in rows)


def _row(
    message: Message, position: int, file: File | Upload, content: Content | None, *, missing: str = ""
) -> Attachment:
    return Attachment(
        message=message,
        position=position,
        content=content,
        name=file.name,
        type=file.type,
        size=content.size if content else getattr(file, "size", 0),
        sha256=content.sha256 if content else "",
        missing=missing,
    )


def _enclose(message: Message, rows: list[Attachment], *, by: Actor) -> None:
    Attachment.objects.bulk_create(rows)
    thread = f"ticket:{message.ticket_id}"
    kept = [row for row in rows if not row.missing]
    for row in kept:
        if row.type in PREVIEWED:
            enqueue(DRAW, row.pk, thread=thread)
    record(
        FilesEnclosed(count=len(rows), refused=len(rows) - len(kept), bytes_kept=sum(row.size for row in kept)),
        by=by,
        subject=message.ref,
        thread=thread,
        commits={"files": Text(manifest(rows), f"enclosure:{message.pk}:lines")},
    )


def _sorted_out(files: Iterable[File]) -> Iterable[tuple[File, str]]:
    """Each file with why it cannot be kept, if so; in the order of the mail, the first ones have the room."""
    count = taken = 0
    for file in files:
        why = file.wrong
        if not why and (count == MOST_FILES or taken + file.size > LARGEST_TOGETHER):
            why = Attachment.Missing.TOO_MUCH
        if not why:
            count, taken = count + 1, taken + file.size
        yield file, why
