"""Facts from the organisation's own systems about what a ticket is about: which are asked for, and which are there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import structlog
from django.utils import timezone

from conversations.knowledge import calls
from conversations.knowledge.actions.lookups import SECRET, owner_of, store_answer
from conversations.knowledge.models import LookedUp, Lookup
from conversations.tickets.models import Message, Ticket
from desk.actions import SYSTEM
from desk.data_keys import opened
from desk.rows import Reading

log = structlog.get_logger(__name__)

MOST_KEYS = 3  # of one lookup for one ticket
MOST_CHARACTERS = 20_000
FAILED_FOR = timedelta(minutes=1)
"""How long one that failed is not asked again: a system that is down is not hammered, and no draft waits for it twice."""


def refresh(ticket: Ticket) -> bool:
    """Ask what is not known, or not any more. A lookup that fails is noted as failed, and nothing waits for it.

    Returns whether there is anything that is looked up.
    """
    lookups = _enabled.all()
    if not lookups or ticket.restricted:
        return bool(lookups)
    known = {(row.lookup_id, row.key): row for row in LookedUp.objects.filter(ticket=ticket)}
    said = _said_in(ticket)
    for lookup in lookups:
        for key in _keys(lookup, ticket, said):
            row = known.get((lookup.pk, key))
            if (row is None or _is_old(row, lookup)) and not _ask(lookup, ticket, key):
                break  # a system that does not answer is not waited for again
    return True


def foresee_lookups() -> None:
    """Have what `refresh` reads first asked along with the next statement."""
    _enabled.foresee()


_enabled = Reading(Lookup.objects.filter(enabled=True).order_by("id"))


def facts_of(ticket: Ticket) -> list[LookedUp]:
    """What was looked up for a ticket, for the card and for drafts, in the order of the lookups."""
    return list(LookedUp.objects.filter(ticket=ticket).select_related("lookup").order_by("lookup_id", "id"))


def text_of(row: LookedUp) -> str:
    """A line for each fact: what a draft quotes."""
    return "\n".join(f"{fact['label']}: {fact['value']}" for fact in row.values)


def pattern(shape: str) -> re.Pattern[str]:
    """`NO-#####` as a pattern that takes time in proportion to the text, whatever was typed as a shape."""
    signs = {"#": "[0-9]", "@": "[A-Za-z]"}
    return re.compile(
        r"(?<![\w-])" + "".join(signs.get(sign, re.escape(sign)) for sign in shape) + r"(?![\w-])", re.IGNORECASE
    )


def _ask(lookup: Lookup, ticket: Ticket, key: str) -> bool:
    """Ask one system about one thing, and keep what it says. Returns whether it answered."""
    secret = opened(owner_of(lookup), bytes(lookup.secret_sealed), SECRET.format(lookup.pk))
    asked = {"lookup": lookup.name, "key": key, "email": ticket.customer.email}
    answer = calls.ask(lookup.address, secret, asked=asked, fields=lookup.fields, seconds=lookup.seconds)
    if answer.error:
        log.warning("lookup_failed", lookup=lookup.pk, reason=answer.error)
    store_answer(lookup, ticket, key, answer, by=SYSTEM)
    return not answer.error


def _keys(lookup: Lookup, ticket: Ticket, said: str) -> Iterator[str]:
    if not lookup.shape:
        yield ticket.customer.email
        return
    found = dict.fromkeys(match[0].upper() for match in pattern(lookup.shape).finditer(said))
    yield from list(found)[:MOST_KEYS]


def _said_in(ticket: Ticket) -> str:
    """What the customer wrote, the latest first: their last question is about the number that they wrote last."""
    messages = (
        ticket.messages.filter(direction=Message.Direction.IN).order_by("-id").values_list("text", flat=True)[:12]
    )
    return "\n".join([*messages, ticket.subject])[:MOST_CHARACTERS]


def _is_old(row: LookedUp, lookup: Lookup) -> bool:
    kept = FAILED_FOR if row.state == LookedUp.State.FAILED else timedelta(minutes=lookup.cache_minutes)
    return row.at < max(timezone.now() - kept, lookup.updated_at)
