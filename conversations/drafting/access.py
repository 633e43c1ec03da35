"""The door to drafts, flags and receipts: through the ticket they belong to."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import Person
from conversations.drafting.models import Draft
from conversations.tickets.access import MAX_NUMBER, tickets_for
from desk.problems import NotFound


def drafts_for(person: Person | None) -> QuerySet[Draft]:
    return Draft.objects.filter(ticket__in=tickets_for(person))


def draft_for(person: Person | None, draft_id: int) -> Draft:
    """One draft of a ticket that this person sees, or NotFound."""
    found = None
    if 0 < draft_id <= MAX_NUMBER:
        found = (
            drafts_for(person)
            .select_related("ticket__customer", "ticket__team", "settings__made_from")
            .filter(pk=draft_id)
            .first()
        )
    if found is None:
        raise NotFound
    return found
