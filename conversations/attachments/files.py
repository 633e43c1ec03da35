"""One file as it came, from whatever side: cleaned, looked at, and refused in words where it cannot be taken."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from conversations.attachments.kinds_of_files import is_refused, type_of
from conversations.attachments.limits import (
    FileEmpty,
    FileRefused,
    FilesTooLarge,
    FileTooLarge,
    about,
)
from conversations.attachments.models import Attachment, Content
from conversations.attachments.names import cleaned
from desk.rows import insert
from desk.uploads import LARGEST_FILE


@dataclass(frozen=True, slots=True)
class File:
    """A file that came. `size` is what was sent, also where the content was not kept because it was too much."""

    name: str
    content: bytes
    size: int
    type: str

    @classmethod
    def of(cls, name: str, content: bytes, size: int | None = None) -> File:
        return cls(cleaned(name), content, len(content) if size is None else size, type_of(content))

    @property
    def wrong(self) -> Attachment.Missing:
        """Why it is not taken; nothing when it is."""
        if self.size > LARGEST_FILE:
            return Attachment.Missing.TOO_LARGE
        if len(self.content) != self.size:
            return Attachment.Missing.TOO_MUCH
        if not self.size:
            return Attachment.Missing.EMPTY
        if is_refused(self.content, self.name):
            return Attachment.Missing.REFUSED
        return Attachment.Missing.NO

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    def check(self) -> None:
        """Raises FileTooLarge, FilesTooLarge, FileEmpty or FileRefused with the file's name in the sentence."""
        problems = {
            Attachment.Missing.TOO_LARGE: FileTooLarge,
            Attachment.Missing.TOO_MUCH: FilesTooLarge,
            Attachment.Missing.EMPTY: FileEmpty,
            Attachment.Missing.REFUSED: FileRefused,
        }
        if problem := problems.get(self.wrong):
            raise about(problem, self.name)

    def keep(self) -> Content:
        """Write its bytes down, as they are."""
        # Sent as they are: by Django's own means a file would go over the wire twice as long, as text.
        return insert(Content(sha256=self.sha256, size=self.size, data=self.content))
