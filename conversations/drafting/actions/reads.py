"""Who looked: reads that are themselves part of the record."""

from __future__ import annotations

from conversations.drafting.kinds import ReceiptRead
from conversations.drafting.models import Draft
from desk.actions import Actor, action, record


@action("receipt.read")
def read_receipt(draft: Draft, *, by: Actor) -> None:
    """Say that somebody is being shown what left for a model: a receipt may hold what a customer wrote."""
    record(ReceiptRead(version=draft.version, via=by.via), by=by, subject=draft.ref, thread=f"ticket:{draft.ticket_id}")
