"""A customer beside one of their tickets, for one viewer."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from accounts.languages import name_of_language
from accounts.models import Person
from conversations.tickets.access import tickets_for
from conversations.tickets.models import Customer, Ticket

ON_THE_CARD = 5


def card(ticket: Ticket, person: Person) -> dict[str, Any]:
    """What stands beside a ticket of the customer, and the latest of their other tickets that this person sees."""
    others = list(tickets_of(person, ticket.customer).exclude(pk=ticket.pk)[: ON_THE_CARD + 1])
    return {
        "customer": ticket.customer,
        "language": name_of_language(ticket.customer.language),
        "others": others[:ON_THE_CARD],
        "more": len(others) > ON_THE_CARD,
    }


def tickets_of(person: Person, customer: Customer) -> QuerySet[Ticket]:
    """Newest first."""
    return tickets_for(person).filter(customer=customer).order_by("-number")
