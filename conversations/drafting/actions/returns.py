"""Drafts that come back into review, and answers to what is flagged in them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from conversations.drafting.actions.flags import judge_anew
from conversations.drafting.actions.generate import WHOLE_DRAFT, lock_draft
from conversations.drafting.kinds import DraftReturned, FlagAnswered
from conversations.drafting.models import Draft, Flag
from conversations.drafting.states import DraftState
from conversations.tickets import texts
from conversations.tickets.actions import set_lane
from conversations.tickets.states import Lane, Status
from desk.actions import Actor, action, record
from desk.problems import Invalid


@action("draft.returned")
def return_to_review(draft: Draft, *, because: str, by: Actor) -> Draft:
    """Put a decided, locked draft before people again, about what the customer wrote last, as a new version."""
    ticket = draft.ticket
    judge_anew(draft)
    draft.state, draft.returned_because, draft.version = DraftState.PENDING_REVIEW, because, draft.version + 1
    if ticket.last_inbound_id:
        draft.last_message_id = ticket.last_inbound_id
    draft.save(update_fields=["state", "returned_because", "version", "last_message", "risk"])
    ticket.status = Status.OPEN
    set_lane(ticket, Lane.REVIEW)
    record(
        DraftReturned(because=because, version=draft.version),
        by=by,
        subject=draft.ref,
        thread=ticket.ref,
        draft=draft,
        ticket=ticket,
    )
    return draft


@action("draft.returned")
def bring_back(draft: Draft, *, because: str, by: Actor) -> Draft:
    """Put a draft that nobody decided before people again, as a new version; the gate was asked by the caller."""
    locked = lock_draft(draft.pk, WHOLE_DRAFT)
    judge_anew(locked)
    locked.state, locked.version = DraftState.PENDING_REVIEW, locked.version + 1
    locked.save(update_fields=["state", "version", "risk"])
    set_lane(locked.ticket, Lane.REVIEW)
    record(
        DraftReturned(because=because, version=locked.version),
        by=by,
        subject=locked.ref,
        thread=locked.ticket.ref,
        draft=locked,
        ticket=locked.ticket,
    )
    return locked


@action("flag.answered")
def answer_flag(flag: Flag, draft: Draft, *, answer: str, seen_in: str = "", by: Actor) -> Flag:
    """A person looked at the words: they are `true` (seen in ...) or it is a `false_alarm`."""
    if answer not in {"true", "false_alarm"}:
        raise Invalid(_("A flag is answered by true or false_alarm."), errors={"acknowledged": ["true or false_alarm"]})
    flag.answer, flag.seen_in = answer, texts.remark(seen_in, limit=200)
    flag.save(update_fields=["answer", "seen_in"])
    record(
        FlagAnswered(flag_kind=flag.kind, answer=answer), by=by, subject=flag.ref, thread=f"ticket:{draft.ticket_id}"
    )
    return flag
