"""What a message may have enclosed, as far as this room has to know: files are kept in a room of their own.

A message says with its first breath what belongs to it (`files_digest`), and is never anything else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from desk.actions import Actor

if TYPE_CHECKING:
    from conversations.tickets.models import Message


class Enclosure(Protocol):
    """Files that are about to become a message's."""

    @property
    def digest(self) -> str:
        """SHA-256 over `lines` in hexadecimal; empty when there are none."""
        ...

    @property
    def lines(self) -> str:
        """What they are, a line each: a decision commits to it. Empty when there are none."""
        ...

    def bind(self, message: Message, *, by: Actor) -> None:
        """Inside the action that wrote the message: they are that message's from now on."""
        ...


class Nothing:
    """No files."""

    digest = ""
    lines = ""

    def bind(self, message: Message, *, by: Actor) -> None:
        """There is nothing to bind."""


NOTHING = Nothing()
