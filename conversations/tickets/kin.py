"""What the page of a ticket says of the tickets that it was merged with, or that were split from it, for one viewer."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.models import Person
from accounts.rights import Right, person_has
from conversations.tickets.access import tickets_for
from conversations.tickets.merges import Merge
from conversations.tickets.models import Message, Ticket
from conversations.tickets.queries import last_merge
from conversations.tickets.threads import Thread, standing, thread_of

JUST_NOW = timedelta(minutes=10)


def kin(ticket: Ticket, person: Person, thread: Thread) -> dict[str, Any]:
    """`merged` says where a ticket goes on, `took_in` what goes on here, `split_from` which message of another it began with."""
    works = person_has(person, Right.WORK)
    numbers = thread.numbers + thread.of_others
    merges = Merge.objects.filter(source__in=numbers, undone_at=None).select_related("person", "source").order_by("pk")
    rows = {made.source_id: made for made in merges}
    here = rows.pop(ticket.number, None)
    seen = _seen(person, [*numbers, *([standing(ticket.number)] if here else [])])
    return {
        "merged": _told(here, standing(ticket.number), seen, undoes=works) if here else None,
        "took_in": [_told(made, made.source_id, seen, undoes=works) for made in rows.values()],
        "split_from": _split_from(ticket, person),
        "merges_seen": last_merge(ticket.number),
        "may_merge": works and not ticket.is_merged and not ticket.is_spam,
    }


def read_here(person: Person, number: int) -> tuple[Thread, list[Message]]:
    """What this person reads as one conversation, oldest first; of another customer only what they could see by itself."""
    thread = thread_of(number)
    hidden = set(thread.of_others) - _seen(person, thread.of_others)
    messages = thread.desk_messages().exclude(ticket__in=hidden)
    related = ("customer", "person", "sending", "decision", "ticket")
    return thread, list(messages.select_related(*related).order_by("id"))


def split_into(messages: Collection[int], thread: Thread) -> dict[int, int]:
    """The numbers of the tickets that were made of these messages, by message; what was merged back is none."""
    made = Ticket.objects.filter(split_from__in=messages).exclude(number__in=thread.numbers)
    return {message: number for message, number in made.values_list("split_from_id", "number") if message}


def _seen(person: Person, numbers: Collection[int]) -> set[int]:
    if not numbers:
        return set()
    return set(tickets_for(person).filter(pk__in=numbers).values_list("pk", flat=True))


def _told(made: Merge, number: int, seen: set[int], *, undoes: bool) -> dict[str, Any]:
    return {
        "number": number,
        "url": reverse("ticket", args=[number]) if number in seen else "",
        "by": made.person.name if made.person else "",
        "at": made.made_at,
        "other_customer": made.other_customer,
        "undo_url": reverse("unmerge", args=[made.source_id]) if undoes else "",
        # The key for taking back is for what was done just now.
        "just_now": made.made_at > timezone.now() - JUST_NOW,
    }


def _split_from(ticket: Ticket, person: Person) -> dict[str, Any] | None:
    message = Message.objects.filter(pk=ticket.split_from_id).first() if ticket.split_from_id else None
    if message is None:
        return None
    number = standing(message.ticket_id)
    if number == standing(ticket.number):
        return None
    url = f"{reverse('ticket', args=[number])}#message-{message.pk}" if _seen(person, [number]) else ""
    return {"number": number, "url": url, "merge_url": reverse("merge", args=[ticket.number])}
