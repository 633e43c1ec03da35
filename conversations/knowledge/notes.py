"""Which internal notes drafts may rest on."""

from __future__ import annotations

from collections.abc import Iterable

from conversations.knowledge.models import UsableNote
from conversations.tickets.models import Message


def usable_notes(messages: Iterable[Message]) -> set[int]:
    """The ids of those among these messages that are marked."""
    notes = [message.pk for message in messages if message.direction == Message.Direction.NOTE]
    return set(UsableNote.objects.filter(message__in=notes).values_list("message", flat=True)) if notes else set()
