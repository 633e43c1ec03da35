"""Macros as they are offered for one ticket: their placeholders filled in, those in the customer's language first."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from accounts.models import Person
from conversations.knowledge.access import macros_for
from conversations.knowledge.models import Macro
from conversations.knowledge.placeholders import fill, unresolved
from conversations.tickets.models import Ticket

MOST = 500


@dataclass(frozen=True, slots=True)
class Offer:
    """One macro for one ticket; `open` are the placeholders that nothing is known for here."""

    macro: Macro
    text: str
    open: list[str]


def offers(ticket: Ticket, person: Person) -> list[Offer]:
    """What this person may insert in this ticket. Of the same shortcut in several languages that of the ticket comes first."""
    values = _values(ticket, person)
    found = sorted(
        macros_for(person)[:MOST],
        key=lambda macro: (_strangeness(macro, ticket.language), macro.name.casefold(), macro.pk),
    )
    filled = [(macro, fill(macro.body, values)) for macro in found]
    return [Offer(macro, text, unresolved(text)) for macro, text in filled]


def _strangeness(macro: Macro, language: str) -> int:
    if macro.language == language:
        return 0
    return 2 if macro.language else 1


def _values(ticket: Ticket, person: Person) -> dict[str, str]:
    """What placeholders stand for. A customer who never said their name has none: a person has to write it."""
    name = ticket.customer.name.strip()
    return {
        "customer.name": name,
        "customer.first_name": name.split()[0] if name else "",
        "customer.email": ticket.customer.email,
        "ticket.number": str(ticket.number),
        "ticket.subject": ticket.subject,
        "agent.name": person.name,
        "team.name": ticket.team.name if ticket.team else "",
        "organisation.name": settings.ENV.organisation,
    }
