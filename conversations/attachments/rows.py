"""What this room adds to the queue: which tickets have files, in their rows and for searches."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Count, Exists, OuterRef, Q

from conversations.attachments.models import Attachment
from conversations.tickets.rows import adds_to_rows
from conversations.tickets.search import adds_having


@adds_to_rows
def files(numbers: Collection[int]) -> dict[int, dict[str, int]]:
    """How many files came and went with the messages of these tickets."""
    found = Attachment.objects.filter(message__ticket__in=numbers).order_by().values_list("message__ticket")
    return {number: {"files": count} for number, count in found.annotate(count=Count("id"))}


adds_having("attachment", lambda: Q(Exists(Attachment.objects.filter(message__ticket=OuterRef("pk")))))
