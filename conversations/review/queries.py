"""Who reads what: for drafts in languages that not everybody at the desk knows."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accounts.models import Person
from conversations.teamwork.queries import may_take
from conversations.tickets.models import Ticket


def readers_of(ticket: Ticket, language: str) -> QuerySet[Person]:
    """Colleagues who may take the ticket and read this language; those who stated none read all."""
    return may_take(ticket).filter(Q(languages__contains=[language]) | Q(languages=[]))
