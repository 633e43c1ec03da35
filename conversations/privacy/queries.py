"""What a customer has chosen, and what holds while they have not."""

from __future__ import annotations

from enum import StrEnum

from conversations.tickets.models import Customer, Policy


class Choice(StrEnum):
    """What a customer's choice comes to under the policy of the organisation."""

    PEOPLE_ONLY = "people_only"
    ALLOWED = "allowed"
    INFORMED = "informed"  # never chose; was told, and a model may draft
    NOT_ASKED = "not_asked"  # never chose; no model until they say yes


def asks_first() -> bool:
    """Whether no model drafts for a customer before they have said yes."""
    return Policy.objects.get(pk=1).ai_consent == Policy.AiConsent.CONSENT


def choice_of(customer: Customer) -> Choice:
    if customer.ai_consent is None:
        return Choice.NOT_ASKED if asks_first() else Choice.INFORMED
    return Choice.ALLOWED if customer.ai_consent else Choice.PEOPLE_ONLY
