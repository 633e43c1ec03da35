"""Anchors: places outside the database that keep what was signed, so that a restored old copy or a cut end is noticed.

The file is added to, one checkpoint note after another, and compared with before anything is signed. The mail goes to people who
audit; what they have, `ledger verify --checkpoint FILE` compares. Each place has a row that says how far it is.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import threading
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from smtplib import SMTPException

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import DatabaseError, connection
from django.db.models import F
from django.utils import timezone

from desk.ledger.models import Anchor, Checkpoint, Key
from desk.ledger.notes import Checkpoint as Said
from desk.ledger.notes import Malformed, Note, NotSigned, Signer
from desk.ledger.refusals import Refused

FILE, MAIL = "file", "mail"
TAIL = 65_536  # bytes in which the last whole note is looked for
RETRY = 60.0  # seconds after a mail that did not go out, doubled each time
LONGEST_RETRY = 3_600.0

_NOTE = re.compile(r"^[^\n]+\n[0-9]+\n[A-Za-z0-9+/=]{44}\n\n(?:— [^\n]*\n)+", re.MULTILINE)

log = structlog.get_logger(__name__)


def places() -> list[str]:
    """The anchors that this desk has."""
    return [
        *([FILE] if settings.ENV.ledger_anchor_file else []),
        *([MAIL] if settings.ENV.ledger_anchor_mail else []),
    ]


def last_note(path: Path) -> Note | None:
    """The last whole checkpoint note in an anchor file; None when there is none, or no file. Raises OSError."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL))
            text = file.read().decode(errors="replace")
    except FileNotFoundError:
        return None
    for found in reversed(list(_NOTE.finditer(text))):
        # What was cut off in the middle, by a full disk or a lost current, is no note.
        with contextlib.suppress(Malformed):
            return Note.parse(found[0])
    return None


def check_file(signers: Sequence[Signer]) -> None:
    """That the anchor file knows nothing but what stands here. Raises Refused."""
    if not settings.ENV.ledger_anchor_file:
        return
    try:
        note = last_note(Path(settings.ENV.ledger_anchor_file))
    except OSError:
        raise Refused("anchor_unreadable") from None
    if note is None:
        return
    known = {key.verifier for key in Key.objects.all()} | {signer.verifier for signer in signers}
    try:
        said = Said.parse(note.text)
    except Malformed:
        raise Refused("anchor_damaged") from None
    if not any(key.signs(signature) for key in known for signature in note.signatures):
        raise Refused("anchor_unknown", seq=said.size)
    try:
        note.verified(known)
    except NotSigned:
        raise Refused("anchor_damaged", seq=said.size) from None
    last = Checkpoint.objects.order_by("size").last()
    if last is None or last.size < said.size:
        raise Refused("anchor_ahead", seq=said.size)
    here = Checkpoint.objects.filter(size=said.size).first()
    if here is None or bytes(here.root) != said.root:
        raise Refused("anchor_differs", seq=said.size)


def append_to_file() -> None:
    """Put the last checkpoint at the end of the anchor file, on disk. What fails is kept to be seen, and tried again."""
    if not settings.ENV.ledger_anchor_file:
        return
    last = Checkpoint.objects.order_by("size").last()
    anchor = Anchor.objects.filter(place=FILE).first()
    if last is None or (anchor is not None and anchor.size == last.size and not anchor.error):
        return
    try:
        _append(Path(settings.ENV.ledger_anchor_file), last)
    except OSError as error:
        _failed(FILE, (error.strerror or "fault").lower().replace(" ", "_")[:64])
    else:
        _reached(FILE, last.size)


def _append(path: Path, last: Checkpoint) -> None:
    new = not path.exists()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        note = last_note(path)
        if note is not None and str(note) == last.note:
            return
        length = os.fstat(file).st_size
        torn = length > 0 and os.pread(file, 1, length - 1) != b"\n"
        text = ("\n" if torn else "") + last.note
        try:
            _write_whole(file, text.encode())
            os.fsync(file)
        except OSError:
            # Where the file may only be added to, half a note stays; readers pass over it.
            with contextlib.suppress(OSError):
                os.ftruncate(file, length)
            raise
    finally:
        os.close(file)
    if new:
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _write_whole(file: int, text: bytes) -> None:
    while text:
        text = text[os.write(file, text) :]


def run_mail(stop: threading.Event) -> None:
    """Send mails to auditors when they are due, until asked to stop. Apart from the sealer, whom no mail server holds up."""
    while not stop.is_set():
        try:
            send_mail_if_due()
        except DatabaseError:
            log.warning("anchor_lost_database")
        except Exception:  # the next mail has to come, whatever this one met
            log.exception("anchor_failed")
        connection.close()
        stop.wait(5)


def send_mail_if_due() -> bool:
    """Mail the last checkpoint to the auditors when there is a new one and the pause is over. Returns whether it did."""
    if not settings.ENV.ledger_anchor_mail:
        return False
    last = Checkpoint.objects.order_by("size").last()
    if last is None or not _take_turn(last):
        return False
    try:
        _mail(last).send()
    except (OSError, SMTPException) as error:
        _failed(MAIL, type(error).__name__)
        return False
    _reached(MAIL, last.size)
    return True


def _take_turn(last: Checkpoint) -> bool:
    """Whether this process is the one that mails now: it said so in the row before anything goes out."""
    Anchor.objects.get_or_create(place=MAIL)
    anchor = Anchor.objects.get(place=MAIL)
    now = timezone.now()
    pause = timedelta(minutes=settings.ENV.ledger_anchor_minutes)
    if anchor.failures:
        pause = timedelta(seconds=min(LONGEST_RETRY, RETRY * 2 ** min(anchor.failures - 1, 10)))
    # A clock that was set back must not silence the anchor: what was tried in the future counts as long ago.
    waits = anchor.tried_at is not None and timedelta(0) <= now - anchor.tried_at < pause
    if anchor.size == last.size or waits:
        return False
    return bool(Anchor.objects.filter(place=MAIL, tried_at=anchor.tried_at).update(tried_at=now))


def _mail(last: Checkpoint) -> EmailMessage:
    said = Said.parse(Note.parse(last.note).text)
    mail = EmailMessage(
        subject=f"Ledger of {said.origin}: {said.size} entries",
        body=(
            f"The ledger of {settings.ENV.organisation} has {said.size} entries. What follows, and is attached, is what the "
            "desk signed of them.\n\nKeep this mail where nobody of the desk can change it. Whoever later shows you the ledger "
            "has to show one that begins with exactly these entries:\n\n"
            f"    python manage.py ledger verify --checkpoint checkpoint-{said.size}.txt\n\n"
            f"{last.note}"
        ),
        to=settings.ENV.ledger_anchor_mail,
        headers={"Auto-Submitted": "auto-generated"},
    )
    mail.attach(f"checkpoint-{said.size}.txt", last.note.encode(), "application/octet-stream")
    return mail


def _reached(place: str, size: int) -> None:
    now = timezone.now()
    Anchor.objects.get_or_create(place=place)
    Anchor.objects.filter(place=place).update(size=size, at=now, tried_at=now, failures=0, error="")


def _failed(place: str, error: str) -> None:
    log.warning("anchor_failed", place=place, error=error)
    Anchor.objects.get_or_create(place=place)
    Anchor.objects.filter(place=place).update(tried_at=timezone.now(), failures=F("failures") + 1, error=error)
