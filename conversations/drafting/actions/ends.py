"""How drafts end without a decision."""

from __future__ import annotations

from conversations.drafting.actions.generate import lock_draft
from conversations.drafting.kinds import DraftQuarantined, DraftSuperseded, DraftWentStale, DraftWithdrawn
from conversations.drafting.models import Draft, Stop
from conversations.drafting.states import OPEN, DraftState
from conversations.tickets.actions import set_lane
from conversations.tickets.states import Lane, Why
from desk.actions import Actor, action, record


def _end(draft: Draft, state: DraftState) -> None:
    draft.state, draft.version = state, draft.version + 1
    draft.save(update_fields=["state", "version"])


@action("draft.went_stale")
def stale(draft: Draft, *, because: str, by: Actor) -> None:
    """What the draft rests on has changed."""
    locked = lock_draft(draft.pk)
    if locked.state in {*OPEN, DraftState.APPROVED, DraftState.EDITED}:
        _end(locked, DraftState.STALE)
        locked.stale_because = because
        locked.save(update_fields=["stale_because"])
    record(DraftWentStale(because=because, version=locked.version), by=by, subject=locked.ref, thread=locked.ticket.ref)


@action("draft.superseded")
def supersede(draft: Draft, *, by: Actor) -> None:
    """A person writes instead; no reason is asked for."""
    locked = lock_draft(draft.pk)
    if locked.state in OPEN:
        _end(locked, DraftState.SUPERSEDED)
    record(DraftSuperseded(version=locked.version), by=by, subject=locked.ref, thread=locked.ticket.ref)


@action("draft.withdrawn")
def withdraw(draft: Draft, *, because: str, by: Actor) -> None:
    """No model for this customer or ticket any more; the ticket waits for a person to write."""
    locked = lock_draft(draft.pk)
    if locked.state in {*OPEN, DraftState.APPROVED, DraftState.EDITED}:
        _end(locked, DraftState.WITHDRAWN)
    set_lane(locked.ticket, Lane.WRITE, Why(because))
    record(
        DraftWithdrawn(because=because, version=locked.version),
        by=by,
        subject=locked.ref,
        thread=locked.ticket.ref,
        ticket=locked.ticket,
    )


@action("draft.quarantined")
def quarantine(draft: Draft, stop: Stop, *, by: Actor) -> None:
    """Drafting was stopped here: what is drafted already is not offered any more."""
    locked = lock_draft(draft.pk)
    if locked.state in {*OPEN, DraftState.APPROVED, DraftState.EDITED}:
        _end(locked, DraftState.QUARANTINED)
        set_lane(locked.ticket, Lane.WRITE, Why.STOPPED)
    record(DraftQuarantined(stop=stop.ref, version=locked.version), by=by, subject=locked.ref, thread=locked.ticket.ref)
