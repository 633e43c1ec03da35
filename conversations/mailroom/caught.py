"""The mails that the demo's mail catcher kept, as files, newest first."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from email.policy import compat32
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from conversations.attachments.files import File
from conversations.mailroom.letters import decoded, raw_headers, read
from desk.embedded import read_run
from desk.problems import NotFound

SHOWN = ("From", "To", "Subject", "Date", "AI-Disclosure", "Auto-Submitted", "Reply-To", "Message-ID", "In-Reply-To",
         "References")  # fmt: skip
LISTED = 100
HEAD = 64 * 1024  # bytes; more than any header of ours
_NAME = re.compile(r"(?P<at>\d{8}T\d{6})\.\d{1,6}Z-\d{1,9}\.eml")


@dataclass(frozen=True, slots=True)
class CaughtMail:
    """One mail that went out. `headers` are those worth seeing, decoded, in reading order."""

    name: str
    at: datetime
    headers: dict[str, str]
    text: str = ""
    files: tuple[File, ...] = ()

    @property
    def subject(self) -> str:
        return self.headers.get("Subject", "")

    @property
    def to(self) -> str:
        return self.headers.get("To", "")

    @property
    def disclosure(self) -> str:
        return self.headers.get("AI-Disclosure", "")


def directory() -> Path | None:
    """Where the catcher keeps mails: COUNTERSIGN_MAIL_DIR, else where `make run` said; None without a catcher."""
    given = os.environ.get("COUNTERSIGN_MAIL_DIR") or (read_run() or {}).get("mail_dir")
    return Path(given) if given else None


def mails() -> list[CaughtMail]:
    """The newest hundred, without their texts."""
    folder = directory()
    names = sorted((path.name for path in folder.glob("*.eml")), reverse=True) if folder and folder.is_dir() else []
    found = []
    for name, at in [(name, at) for name in names if (at := _kept_at(name))][:LISTED]:
        content = _content(name)
        if content is not None:
            found.append(CaughtMail(name, at, _headers(content[:HEAD])))
    return found


def mail(name: str) -> CaughtMail:
    """One of them with its text; raises NotFound for any other name."""
    at = _kept_at(name)
    content = _content(name) if at else None
    if at is None or content is None:
        raise NotFound(_("This mail is no longer kept."))
    letter = read(content)
    return CaughtMail(name, at, _headers(content[:HEAD]), letter.text, letter.attachments)


def _content(name: str) -> bytes | None:
    folder = directory()
    try:
        return (folder / name).read_bytes() if folder else None
    except OSError:
        return None  # The catcher keeps the newest only, and takes the oldest away at any time.


def _headers(head: bytes) -> dict[str, str]:
    found = raw_headers(BytesHeaderParser(policy=compat32).parsebytes(head))
    return {name: decoded(found[name.lower()][0]) for name in SHOWN if name.lower() in found}


def _kept_at(name: str) -> datetime | None:
    """When the catcher kept the mail of this name; None for a name that it never gives."""
    named = _NAME.fullmatch(name)
    try:
        return datetime.strptime(named["at"], "%Y%m%dT%H%M%S").replace(tzinfo=UTC) if named else None
    except ValueError:
        return None
