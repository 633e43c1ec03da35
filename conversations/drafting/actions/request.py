"""Asking for a draft."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conversations.drafting.actions.ends import stale
from conversations.drafting.gate import barred, unavailable
from conversations.drafting.kinds import DraftDeclined, DraftRequested
from conversations.drafting.models import Draft
from conversations.drafting.states import LIVE, OPEN
from conversations.drafting.versions import current, shape_of
from conversations.tickets.actions import lock_with_customer, set_lane
from conversations.tickets.models import Ticket
from conversations.tickets.states import Lane, Status, Why
from desk.actions import Actor, action, record
from desk.jobs import enqueue
from desk.ledger.append import Text
from desk.problems import Invalid

GENERATE = "draft.generate"

PAUSE = timedelta(seconds=3)
"""Who writes in pieces gets one draft: one that is asked for so soon after another waits so long for what else may come."""


@action("draft.requested", savepoint=False)
def request_draft(ticket: Ticket, *, by: Actor, instruction: str = "", previous: Draft | None = None) -> Draft | None:
    """Have a draft prepared for what the customer wrote last, if a model may; otherwise say in `write` why not.

    One that is already on its way or waiting is returned instead of a second.
    """
    settings = current(ticket.team_id)
    locked = lock_with_customer(ticket.number)
    if locked.team_id != ticket.team_id:
        settings = current(locked.team_id)
    if locked.status in {Status.SOLVED, Status.CLOSED}:
        raise Invalid(_("This ticket is ended. Open it again first."))
    because = barred(ticket.number, settings.pk) or unavailable(locked, shape_of(settings.made_from))
    if because or locked.last_inbound_id is None:
        because = because or "no_sources"
        if locked.lane in {Lane.NONE, Lane.DRAFTING, Lane.WRITE, Lane.REVIEW}:
            set_lane(locked, Lane.WRITE, Why(because))
        record(DraftDeclined(because=because), by=by, subject=locked.ref, thread=locked.ref, ticket=locked)
        return None
    found = Draft.objects.filter(
        ticket=locked, last_message=locked.last_inbound_id, settings=settings, state__in=LIVE
    ).first()
    draft = found or Draft.objects.create(
        ticket=locked,
        last_message_id=locked.last_inbound_id,
        settings=settings,
        language=locked.language,
        instruction=instruction,
        previous=previous,
        created_at=timezone.now(),
    )
    for older in Draft.objects.filter(ticket=locked, state__in=OPEN).exclude(pk=draft.pk):
        stale(older, because="superseded", by=by)
    if found is None:
        enqueue(GENERATE, draft.pk, thread=locked.ref, run_after=_when(draft, by))
        set_lane(locked, Lane.DRAFTING)
    record(
        DraftRequested(
            last_message=f"message:{locked.last_inbound_id}", settings=settings.ref, redraft=previous is not None
        ),
        by=by,
        subject=draft.ref,
        thread=locked.ref,
        draft=draft,
        ticket=locked,
        commits={"instruction": Text(instruction, f"{draft.ref}:instruction")} if instruction else None,
    )
    return draft


def _when(draft: Draft, by: Actor) -> datetime | None:
    """At once; later where the one before had not come yet and the customer may still be writing. No person waits for it."""
    just_before = Draft.objects.filter(ticket=draft.ticket_id, created_at__gt=draft.created_at - PAUSE, ready_at=None)
    burst = by.kind == "system" and just_before.exclude(pk=draft.pk).exists()
    return draft.created_at + PAUSE if burst else None
