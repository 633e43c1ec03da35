"""Taking a decided reply back while it waits: by the person who decided, or because something happened."""

from __future__ import annotations

from accounts.rights import Right
from conversations.drafting.actions import return_to_review, stale, withdraw
from conversations.drafting.actions.generate import WHOLE_DRAFT, lock_draft
from conversations.drafting.gate import barred
from conversations.drafting.models import Draft
from conversations.drafting.states import LIVE, DraftState
from conversations.review.kinds import DecisionUndone, DecisionWithdrawn
from conversations.review.models import Decision
from conversations.tickets.actions import lock_with_customer, set_lane, withdraw_sending
from conversations.tickets.actions.sendings import NotWaiting
from conversations.tickets.states import Lane, SendingState, Status, Why
from desk.actions import Actor, action, record


@action("decision.undone", needs=Right.DECIDE)
def undo(decision: Decision, *, by: Actor) -> Decision:
    """Take a decision back; raises NotWaiting once the worker has the reply. The text is before people again."""
    ended = _end(decision, "undone", by=by)
    record(DecisionUndone(kind_undone=ended.kind), by=by, subject=ended.ref, thread=ended.ticket.ref, decision=ended)
    return ended


@action("decision.withdrawn")
def take_back(decision: Decision, *, because: str, by: Actor) -> Decision:
    """Something happened while the reply waited (customer_wrote, opted_out, stopped, ...): it is not sent."""
    ended = _end(decision, because, by=by)
    record(DecisionWithdrawn(because=because), by=by, subject=ended.ref, thread=ended.ticket.ref, decision=ended)
    return ended


@action("decision.withdrawn")
def give_up(decision: Decision, *, by: Actor) -> Decision:
    """A reply that could not be delivered, or nobody knows, is given up: its decision ends, and so does its draft."""
    draft = lock_draft(decision.draft_id) if decision.draft_id else None
    locked = Decision.objects.select_for_update(no_key=True).get(pk=decision.pk)
    locked.standing, locked.ended_because = False, "dropped"
    locked.save(update_fields=["standing", "ended_because"])
    if draft is not None:
        stale(draft, because="dropped", by=by)
    record(
        DecisionWithdrawn(because="dropped"),
        by=by,
        subject=locked.ref,
        thread=f"ticket:{locked.ticket_id}",
        decision=locked,
    )
    return locked


def _end(decision: Decision, because: str, *, by: Actor) -> Decision:
    ticket = lock_with_customer(decision.ticket_id)
    draft = lock_draft(decision.draft_id, WHOLE_DRAFT) if decision.draft_id else None
    locked = (
        Decision.objects.select_for_update(no_key=True, of=("self",))
        .select_related("sending__message", "ticket")
        .get(pk=decision.pk)
    )
    sending = getattr(locked, "sending", None)
    if sending is None or not locked.standing:
        raise NotWaiting
    withdraw_sending(sending, because=because, by=by)
    locked.standing, locked.ended_because = False, because
    locked.save(update_fields=["standing", "ended_because"])
    if draft is None or draft.state not in {DraftState.APPROVED, DraftState.EDITED}:
        if ticket.lane == Lane.NONE:
            ticket.status = Status.OPEN
            set_lane(ticket, Lane.WRITE, Why.WITHDRAWN)
    elif ticket.is_merged:
        stale(draft, because=because, by=by)
    elif closed := barred(ticket.number, draft.settings_id):
        withdraw(draft, because=closed, by=by)
    elif (
        Draft.objects.filter(ticket=ticket, last_message=ticket.last_inbound_id, state__in=LIVE)
        .exclude(pk=draft.pk)
        .exists()
    ):
        # There is a draft already for what the customer wrote meanwhile; the decided text stays readable in the thread.
        stale(draft, because=because, by=by)
    else:
        return_to_review(draft, because=because, by=by)
    return locked


def waiting_decisions(**of: object) -> list[Decision]:
    """Decisions whose reply still waits, of one ticket, one customer, ..."""
    return list(
        Decision.objects.filter(standing=True, sending__state=SendingState.QUEUED, **of).order_by("ticket_id", "id")
    )
