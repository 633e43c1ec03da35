"""What the files of one message are, in lines: what its decision and its entry commit to, and the database compares.

A line is `<sha256 or the code of why it is missing> <bytes> <name>`; the SQL of 0008_attachments makes the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Protocol

ERASED = "erased"
"""Stands for the hash over files that have been erased."""


class Listed(Protocol):
    """A file as a manifest lists it."""

    @property
    def sha256(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def missing(self) -> str: ...


def manifest(files: Iterable[Listed]) -> str:
    """The lines, in the order of the files; empty without any."""
    return "\n".join(f"{file.sha256 or file.missing} {file.size} {file.name}" for file in files)


def digest_of(lines: str) -> str:
    """SHA-256 of a manifest in hexadecimal; empty of an empty one."""
    return hashlib.sha256(lines.encode()).hexdigest() if lines else ""
