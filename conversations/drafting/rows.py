"""What this room adds to the queue: how much in a draft wants looking at, and by what of drafts a list is narrowed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from conversations.drafting.kinds import DraftBegun, ModelCalled
from conversations.drafting.models import Draft, Flag, SettingsVersion
from conversations.drafting.states import DraftState
from conversations.tickets.filters import Choices, Filter, adds_filter, whole
from conversations.tickets.rows import adds_to_rows
from desk.feed import registry
from desk.rows import Asked, Reading, one_of

_flags = Reading(
    Flag.objects.filter(one_of("draft__ticket_id", Asked("numbers")))
    .filter(draft__state=DraftState.PENDING_REVIEW, answer="")
    .values_list("draft__ticket")
    .annotate(
        blockers=Count("id", filter=Q(severity=Flag.Severity.BLOCKER)),
        hints=Count("id", filter=Q(severity=Flag.Severity.HINT)),
    )
)


@adds_to_rows(_flags)
def flags(found: Iterable[tuple[int, int, int]]) -> dict[int, dict[str, int]]:
    """Open blockers and hints of the drafts in review, by ticket."""
    return {number: {"blockers": blockers, "hints": hints} for number, blockers, hints in found}


registry.unlisted(DraftBegun.kind, ModelCalled.kind)

RISKS = ("low", "medium", "high")


def _in_review(**of_draft: Any) -> Q:
    """Tickets whose draft in review is such a one."""
    return Q(number__in=Draft.objects.filter(state=DraftState.PENDING_REVIEW, **of_draft).values("ticket"))


def _settings(value: str, person_id: UUID | None) -> Q | None:
    key = whole(value)
    return None if key is None else _in_review(settings=key)


def _versions(person: Person) -> Choices:
    latest = SettingsVersion.objects.order_by("-pk")[:50]
    return [(str(pk), f"{pk} · {model}") for pk, model in latest.values_list("pk", "model")]


adds_filter(
    Filter(
        name="risk",
        label=_("Risk of the draft"),
        which=lambda value, _person: _in_review(risk=value) if value in RISKS else None,
        choices=lambda _person: [("low", gettext("Low")), ("medium", gettext("Medium")), ("high", gettext("High"))],
    )
)
adds_filter(Filter(name="settings", label=_("Settings of the draft"), which=_settings, choices=_versions))
