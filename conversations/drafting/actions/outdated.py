"""Drafts that rest on what no longer holds: an article that says something else, or model settings that were active."""

from __future__ import annotations

from conversations.drafting.actions.ends import stale
from conversations.drafting.actions.request import request_draft
from conversations.drafting.models import Draft
from conversations.drafting.queries import decided_and_waiting
from conversations.drafting.states import OPEN
from conversations.tickets.actions import lock_with_customer
from conversations.tickets.states import Lane, Status
from desk.actions import Actor, action


@action("draft.went_stale")
def outdate(draft: Draft, *, because: str, by: Actor) -> None:
    """End a draft that no longer fits, and ask for another, with what was asked of it, where the ticket still waits."""
    ticket = lock_with_customer(draft.ticket_id)
    waited = Draft.objects.filter(pk=draft.pk, state__in=OPEN).exists()
    stale(draft, because=because, by=by)
    ended = ticket.status in {Status.SOLVED, Status.CLOSED} or ticket.lane in {Lane.NONE, Lane.TROUBLE}
    if waited and not ended and not decided_and_waiting(ticket.number).exists():
        request_draft(ticket, by=by, instruction=draft.instruction, previous=draft)
