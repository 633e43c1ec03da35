"""Reading drafts."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from conversations.drafting.models import Draft, Stop
from conversations.drafting.states import OPEN, DraftState


def current_draft(ticket_number: int) -> Draft | None:
    """The draft that a person should look at now, or the one on its way."""
    return (
        Draft.objects.filter(ticket=ticket_number, state__in=OPEN)
        .select_related("ticket__customer", "ticket__team", "settings")
        .order_by("-id")
        .first()
    )


def shown_drafts(ticket_number: int) -> QuerySet[Draft]:
    """Every draft of a ticket that was ever before people, whatever became of it."""
    return Draft.objects.filter(ticket=ticket_number, ready_at__isnull=False).order_by("id")


def under(stop: Stop) -> Q:
    """Drafts that a stop is about, as a filter; the same rule as drafting_barred in the database."""
    return {
        Stop.Scope.ALL: Q(),
        Stop.Scope.TEAM: Q(ticket__team_id=int(stop.value) if stop.value.isdecimal() else -1),
        Stop.Scope.TOPIC: Q(ticket__tags__contains=[stop.value]),
        Stop.Scope.LANGUAGE: Q(ticket__language=stop.value),
        Stop.Scope.SETTINGS_VERSION: Q(settings_id=int(stop.value) if stop.value.isdecimal() else -1),
    }[Stop.Scope(stop.scope)]


def live_under(stop: Stop) -> QuerySet[Draft]:
    """Undecided drafts under a stop."""
    return Draft.objects.filter(under(stop), state__in=OPEN).order_by("ticket_id", "id")


def decided_and_waiting(ticket_number: int) -> QuerySet[Draft]:
    """Drafts whose reply waits to be sent."""
    return Draft.objects.filter(
        ticket=ticket_number,
        state__in=[DraftState.APPROVED, DraftState.EDITED],
        decisions__standing=True,
        decisions__sending__state="queued",
    )
