"""What a draft for one ticket may rest on beside articles: notes of which an agent said so. Nothing else of the staff's."""

from __future__ import annotations

from conversations.drafting.prompt import PromptPassage
from conversations.knowledge.models import UsableNote
from conversations.tickets.models import Message, Ticket

MOST_NOTES = 5


def facts_beside(ticket: Ticket) -> list[PromptPassage]:
    """As they stand, with personal details; the caller replaces these before anything leaves."""
    notes = UsableNote.objects.filter(message__ticket=ticket, message__direction=Message.Direction.NOTE)
    latest = notes.exclude(message__text="").select_related("message").order_by("-message_id")[:MOST_NOTES]
    return [
        PromptPassage(
            ref=mark.message.ref,
            title="Note of the staff",
            heading=f"{mark.message.created_at:%Y-%m-%d}",
            text=mark.message.text,
        )
        for mark in reversed(latest)
    ]
