"""What a draft for one ticket may rest on beside articles: notes of which an agent said so, and what was looked up for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from django.utils import timezone

from conversations.drafting.prompt import PromptPassage
from conversations.knowledge.lookups import facts_of, foresee_lookups, refresh, text_of
from conversations.knowledge.models import LookedUp, UsableNote
from conversations.redaction.placeholders import restore
from conversations.redaction.redact import Redacted
from conversations.tickets.models import Message, Ticket
from desk.rows import Asked, Reading

MOST_NOTES = 5


def facts_beside(ticket: Ticket) -> list[PromptPassage]:
    """As they stand, with personal details, which are replaced before anything leaves. Asks other systems, in their time."""
    known = facts_of(ticket) if refresh(ticket) else []
    found = [row for row in known if row.state == LookedUp.State.FOUND and row.lookup.enabled]
    return [*_notes(ticket), *(_looked_up(row) for row in found)]


def foresee_facts(number: int) -> None:
    """Have what is read here of most tickets asked along with the next statement."""
    foresee_lookups()
    _marked.foresee(ticket=number)


def words_of(facts: Iterable[PromptPassage]) -> dict[str, str]:
    """Everything in them that could be somebody's, for the redaction."""
    return {f"{fact.ref} {part}": getattr(fact, part) for fact in facts for part in ("title", "text")}


def without_persons(facts: Iterable[PromptPassage], redacted: Redacted) -> list[PromptPassage]:
    """As a model may see them."""
    return [
        replace(fact, title=redacted.texts[f"{fact.ref} title"], text=redacted.texts[f"{fact.ref} text"])
        for fact in facts
    ]


def with_persons(facts: Iterable[PromptPassage], redacted: Redacted) -> list[PromptPassage]:
    """As people read them: what a model saw, with the originals back."""
    return [
        replace(fact, title=restore(fact.title, redacted.map).text, text=restore(fact.text, redacted.map).text)
        for fact in facts
    ]


def _notes(ticket: Ticket) -> list[PromptPassage]:
    return [
        PromptPassage(
            ref=mark.message.ref,
            title="Note of the staff",
            heading=f"{mark.message.created_at:%Y-%m-%d}",
            text=mark.message.text,
        )
        for mark in reversed(_marked.all(ticket=ticket.number))
    ]


_marked = Reading(
    UsableNote.objects.filter(message__ticket=Asked("ticket"), message__direction=Message.Direction.NOTE)
    .exclude(message__text="")
    .select_related("message")
    .order_by("-message_id")[:MOST_NOTES]
)


def _looked_up(row: LookedUp) -> PromptPassage:
    """`Order NO-77310`, `looked up 12:03`; of an account, which is asked for by an address, no address."""
    title = f"{row.lookup.name} {row.key}" if row.lookup.shape else row.lookup.name
    return PromptPassage(
        ref=row.ref, title=title, heading=f"looked up {timezone.localtime(row.at):%H:%M}", text=text_of(row)
    )
