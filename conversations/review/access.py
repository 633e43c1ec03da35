"""The door to decisions and concerns: through the ticket they belong to."""

from __future__ import annotations

from accounts.models import Person
from conversations.review.models import Concern, Decision
from conversations.tickets.access import tickets_for
from desk.problems import NotFound


def decision_for(person: Person | None, decision_id: int) -> Decision:
    found = Decision.objects.filter(pk=decision_id, ticket__in=tickets_for(person)).select_related("ticket").first()
    if found is None:
        raise NotFound
    return found


def concern_for(person: Person | None, concern_id: int) -> Concern:
    found = Concern.objects.filter(pk=concern_id, ticket__in=tickets_for(person)).select_related("ticket").first()
    if found is None:
        raise NotFound
    return found
