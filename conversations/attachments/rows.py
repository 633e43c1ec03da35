"""What this room adds to the queue: which tickets have files, in their rows and for searches."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, Exists, OuterRef, Q

from conversations.attachments.models import Attachment
from conversations.tickets.rows import adds_to_rows
from conversations.tickets.search import adds_having
from desk.rows import Asked, Reading, one_of

_counted = Reading(
    Attachment.objects.filter(one_of("message__ticket_id", Asked("numbers")))
    .order_by()
    .values_list("message__ticket")
    .annotate(count=Count("id"))
)


@adds_to_rows(_counted)
def files(found: Iterable[tuple[int, int]]) -> dict[int, dict[str, int]]:
    """How many files came and went with the messages of these tickets."""
    return {number: {"files": count} for number, count in found}


adds_having("attachment", lambda: Q(Exists(Attachment.objects.filter(message__ticket=OuterRef("pk")))))
