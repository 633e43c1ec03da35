"""Deciding a draft. Each decision is about exactly the version that was on the screen, and there is one for a draft."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.rights import Right
from conversations.drafting.actions import request_draft
from conversations.drafting.models import Draft
from conversations.drafting.queries import drafts_of_thread
from conversations.drafting.states import DraftState
from conversations.mailroom.texts import disclosure
from conversations.review.actions.seen import (
    Seen,
    as_seen,
    close,
    committed,
    decide,
    evidence,
    flags_answered,
    is_read,
    keep_answers,
    language_of,
    placeholders_filled,
)
from conversations.review.actions.write import escalate
from conversations.review.disclosure import answers_for, disclose, words_changed
from conversations.review.kinds import DraftApproved, DraftEdited, DraftRejected
from conversations.review.models import Decision, Reason
from conversations.tickets import texts
from conversations.tickets.actions import post, set_lane
from conversations.tickets.enclosures import NOTHING, Enclosure
from conversations.tickets.models import Message, Sending
from conversations.tickets.states import Lane, Why
from desk.actions import Actor, action, record
from desk.ledger.append import Text
from desk.problems import Invalid
from desk.rows import reserve


@dataclass(frozen=True, slots=True)
class Edit:
    """The text that shall go out instead."""

    text: str


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a draft is not good, and what comes next: `redraft` (with an instruction), `write` or `escalate`."""

    reason: str
    next: str
    note: str = ""
    instruction: str = ""


@action("draft.approved", needs=Right.DECIDE)
def approve(draft: Draft, *, by: Actor, seen: Seen, files: Enclosure = NOTHING) -> Decision:
    """Send the draft as written, and with it the files.

    Raises AlreadyDecided, DraftStale, LanguageNotRead, FlagsUnacknowledged, PlaceholdersOpen.
    """
    reserve(Decision, Message, Sending)
    locked = as_seen(draft, seen, by=by)
    reads = is_read(locked, by=by)
    placeholders_filled(locked.text)
    flags_answered(locked, seen, by=by)
    decision = decide(locked, Decision.Kind.APPROVED, text=locked.text, by=by, files_digest=files.digest)
    close(locked, DraftState.APPROVED)
    record(
        DraftApproved(**_sent(locked, reads, by)),
        by=by,
        subject=decision.ref,
        thread=locked.ticket.ref,
        commits=committed(decision, files),
        decision=decision,
    )
    _post(decision, locked, files, by=by)
    return decision


@action("draft.edited", needs=Right.DECIDE)
def edit(draft: Draft, change: Edit, *, by: Actor, seen: Seen, files: Enclosure = NOTHING) -> Decision:
    """Send another text instead of the draft's; the checks run again on it. Raises what `approve` raises."""
    text = texts.body(change.text, field="text")
    reserve(Decision, Message, Sending)
    locked = as_seen(draft, seen, by=by, text=text, whole=True)
    reads = is_read(locked, by=by, text=text)
    placeholders_filled(text)
    fresh = flags_answered(locked, seen, by=by, text=text)
    decision = decide(locked, Decision.Kind.EDITED, text=text, by=by, files_digest=files.digest)
    close(locked, DraftState.EDITED)
    keep_answers(locked, fresh, seen, by=by)
    record(
        DraftEdited(**_sent(locked, reads, by), words_changed=words_changed(text, locked.text)),
        by=by,
        subject=decision.ref,
        thread=locked.ticket.ref,
        commits=committed(decision, files),
        decision=decision,
    )
    _post(decision, locked, files, by=by)
    return decision


@action("draft.rejected", needs=Right.DECIDE)
def reject(draft: Draft, why: Rejection, *, by: Actor, seen: Seen) -> Decision:
    """Refuse a draft with a reason; then another is asked for, a person writes, or the team's lead takes it."""
    _valid(why)
    locked = as_seen(draft, seen, by=by, text="\n\n".join(text for text in (why.note, why.instruction) if text))
    decision = decide(
        locked,
        Decision.Kind.REJECTED,
        text="",
        by=by,
        reason=why.reason,
        note=texts.remark(why.note, limit=4000),
        next=why.next,
        instruction=texts.remark(why.instruction, limit=2000),
    )
    close(locked, DraftState.REJECTED)
    set_lane(locked.ticket, Lane.WRITE, Why.REJECTED)
    commits = {
        name: Text(text, f"{decision.ref}:{name}")
        for name, text in (("note", decision.note), ("instruction", decision.instruction))
        if text
    }
    record(
        DraftRejected(**evidence(locked, by), reason=why.reason, next=why.next),
        by=by,
        subject=decision.ref,
        thread=locked.ticket.ref,
        commits=commits,
        decision=decision,
    )
    if why.next == Decision.Next.REDRAFT:
        request_draft(locked.ticket, by=by, instruction=decision.instruction, previous=locked)
    elif why.next == Decision.Next.ESCALATE:
        escalate(locked.ticket, by=by)
    return decision


def _sent(draft: Draft, reads: str, by: Actor) -> dict[str, Any]:
    """What the entry of a text that leaves says."""
    return {
        **evidence(draft, by),
        "language": language_of(draft).lower() or None,
        "reads": reads,
    }


def _post(decision: Decision, draft: Draft, files: Enclosure, *, by: Actor) -> None:
    kind = disclose(decision.text, _shown_texts(draft))
    # A person who approves a draft sends a draft, however short it is.
    if kind == "person":
        kind = "drafted_changed"
    ticket = draft.ticket
    post(
        ticket,
        decision,
        disclosure_kind=kind,
        by=by,
        files=files,
        disclosure_text=disclosure(kind, ticket.language, answers_for(ticket)),
    )


def _shown_texts(draft: Draft) -> Iterator[str]:
    """This draft's text first: when it is approved as written, no other is read."""
    yield draft.text
    yield from drafts_of_thread(draft.ticket_id).exclude(pk=draft.pk).values_list("text", flat=True)


def _valid(why: Rejection) -> None:
    errors: dict[str, list[str]] = {}
    if why.reason not in Reason.values:
        errors["reason"] = [f"is one of {', '.join(Reason.values)}"]
    if why.next not in {"redraft", "write", "escalate"}:
        errors["next"] = ["is one of redraft, write, escalate"]
    if errors:
        raise Invalid(_("Say why, and what shall happen next."), errors=errors)
