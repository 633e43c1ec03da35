"""What this room adds to a ticket's row in the queue: how much in its draft wants looking at."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Count, Q

from conversations.drafting.models import Flag
from conversations.drafting.states import DraftState
from conversations.tickets.rows import adds_to_rows


@adds_to_rows
def flags(numbers: Collection[int]) -> dict[int, dict[str, int]]:
    """Open blockers and hints of the drafts in review, by ticket."""
    rows = (
        Flag.objects.filter(draft__ticket__in=numbers, draft__state=DraftState.PENDING_REVIEW, answer="")
        .values_list("draft__ticket")
        .annotate(
            blockers=Count("id", filter=Q(severity=Flag.Severity.BLOCKER)),
            hints=Count("id", filter=Q(severity=Flag.Severity.HINT)),
        )
    )
    return {number: {"blockers": blockers, "hints": hints} for number, blockers, hints in rows}
