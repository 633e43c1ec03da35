"""The steps of preparing a draft, each a transaction of its own; the network lies between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Subquery
from django.utils import timezone

from conversations.drafting.breaker import Busy, foresee_room, has_room
from conversations.drafting.checks import Found, risk
from conversations.drafting.costs import cost_of
from conversations.drafting.gate import barred_beside
from conversations.drafting.kinds import (
    DraftBegun,
    DraftFailed,
    DraftPrepared,
    DraftWentStale,
    DraftWithdrawn,
    ModelCalled,
)
from conversations.drafting.models import Draft, Flag, ModelCall
from conversations.drafting.prompt import PROMPT_VERSION
from conversations.drafting.provider import ProviderFailed
from conversations.drafting.queries import foresee_sensitive, foresee_severities, is_sensitive, overtaken, severities
from conversations.drafting.reach import may_be_asked
from conversations.drafting.receipts import Sealing, new_receipt
from conversations.drafting.sources import APPLY_ARTICLE, articles_changed_since, foresee_changed
from conversations.drafting.spending import NOT_BILLED, foresee_limits, reserve_budget, settle
from conversations.drafting.states import DraftState
from conversations.drafting.versions import shape_of
from conversations.redaction.redact import REDACTOR_VERSION
from conversations.tickets.actions import set_lane
from conversations.tickets.states import Lane, Why
from desk.actions import Actor, action, record
from desk.jobs import Claim, enqueue
from desk.ledger.append import Text
from desk.rows import Asked, Reading, insert, reserve, update
from desk.statements import write


@dataclass(frozen=True, slots=True)
class Prepared:
    """A draft as it came back, restored and checked."""

    text: str
    sentences: Sequence[Mapping[str, Any]]
    unanswered: Sequence[str]
    passages: Sequence[Mapping[str, Any]]
    flags: Sequence[Found]
    call_id: int
    model: str
    response: str
    prompt_tokens: int
    completion_tokens: int
    seconds: float
    risks: Sequence[str] = ()

    @property
    def refs(self) -> list[str]:
        """Of the passages."""
        return [str(passage["ref"]) for passage in self.passages]


_beside = {
    "last_call_id": Subquery(ModelCall.objects.filter(draft=OuterRef("pk")).order_by("-pk").values("pk")[:1]),
    "flagged": Exists(Flag.objects.filter(draft=OuterRef("pk"))),
    "barred": barred_beside("ticket_id", "settings_id"),
    "overtaken": overtaken("settings_id", "ticket__team_id"),
}
_drafts = Draft.objects.select_related("ticket__customer", "ticket__team").annotate(**_beside)
# What stands behind a draft is long (its sources, whole), and of use to few of those who lock it.
_draft = Reading(_drafts.defer("sentences", "unanswered", "risks", "passages"))
WHOLE_DRAFT = Reading(_drafts)
_with_settings = Reading(_drafts.select_related("settings__made_from"))
# What left and what its placeholders stand for are long, and not looked at here.
_calls = ModelCall.objects.select_related("settings").defer("request_sealed", "placeholders_sealed")
_unanswered = Reading(_calls.filter(draft=Asked("draft"), state="sent"))


def lock_draft(draft_id: int, rows: Reading[Draft] = _draft) -> Draft:
    """Customer (shared), ticket and draft, in that order, in one statement; then the rows as they are now."""
    _lock(draft_id)
    return rows.get(draft_id)


def _lock(draft_id: int) -> None:
    write(
        "SELECT 1 FROM tickets_customer c JOIN tickets_ticket t ON t.customer_id = c.id "
        "JOIN drafting_draft d ON d.ticket_id = t.number WHERE d.id = %s "
        "FOR SHARE OF c FOR NO KEY UPDATE OF t FOR NO KEY UPDATE OF d",
        [draft_id],
    )


@action("draft.begun")
def begin_draft(draft_id: int, claim: Claim, *, by: Actor) -> Draft | None:
    """Take up a draft; None when it is no longer wanted. The gate is asked again: minutes may have passed.

    Raises Busy where no more calls may be on their way: then nothing is begun.
    """
    claim.will_hold()
    _unanswered.foresee(draft=draft_id)
    foresee_room()
    draft = lock_draft(draft_id, _with_settings)
    claim.hold()
    if draft.state not in {DraftState.QUEUED, DraftState.GENERATING}:
        claim.complete()
        record(
            DraftWentStale(because=draft.state, version=draft.version),
            by=by,
            subject=draft.ref,
            thread=draft.ticket.ref,
        )
        return None
    shape = shape_of(draft.settings.made_from if draft.settings else None)
    if because := draft.barred or (Why.STOPPED if shape.leaves_out(draft.ticket) else ""):
        _withdraw(draft, because, by=by)
        claim.complete()
        return None
    if not has_room(shape.address, most=settings.ENV.model_at_once):
        raise Busy
    for left in _unanswered.all(draft=draft.pk):
        # Of a worker that vanished: what it asked may have been answered, and billed.
        _fail(left, "worker_lost")
    draft.state = DraftState.GENERATING
    update(draft, "state")
    record(DraftBegun(attempt=claim.job.attempts), by=by, subject=draft.ref, thread=draft.ticket.ref)
    return draft


@action("model.called")
def record_call(
    draft: Draft, request: bytes, *, replaced: Mapping[str, int], placeholders: Mapping[str, str], by: Actor
) -> ModelCall:
    """The receipt, committed before the first byte leaves; a trigger refuses it where no model may be asked.

    Raises BudgetSpent, and ProviderFailed when the provider may not be asked any more.
    """
    text = request.decode()
    shape = shape_of(draft.settings.made_from if draft.settings else None)
    if not may_be_asked(shape.address, draft.ticket):
        raise ProviderFailed("not_activated", "The provider is not activated.", retryable=False)
    reserve(ModelCall)
    foresee_limits(draft.ticket.team_id)
    _lock(draft.pk)
    call = new_receipt(
        request=text,
        placeholders=placeholders,
        customer_id=draft.ticket.customer_id,
        draft=draft,
        ticket_id=draft.ticket_id,
        settings=draft.settings,
        redaction={"version": REDACTOR_VERSION, "replaced": dict(replaced)},
    )
    reserve_budget(call, team_id=draft.ticket.team_id, model=shape.model)
    insert(call)
    record(
        ModelCalled(
            settings=f"settings:{draft.settings_id}",
            bytes=len(request),
            replaced=sum(replaced.values()),
            redactor=REDACTOR_VERSION,
            prompt=PROMPT_VERSION,
        ),
        by=by,
        subject=call.ref,
        thread=f"ticket:{draft.ticket_id}",
        commits={"request": Text(text, f"{call.ref}:request")},
    )
    return call


@action("draft.prepared")
def store_draft(begun: Draft, prepared: Prepared, claim: Claim, *, by: Actor) -> Draft:
    """Put a finished draft before people, unless it is no longer wanted or the gate has closed meanwhile."""
    # All that is read here comes with the locks, behind them; of another customer by now, it is read again.
    sealing = Sealing.of(begun.ticket.customer_id)
    _unanswered.foresee(draft=begun.pk)
    foresee_severities()
    foresee_sensitive(begun)
    foresee_changed(prepared.refs)
    claim.will_complete()
    reserve(*[Flag] * len(prepared.flags))
    draft = lock_draft(begun.pk)
    for call in _unanswered.all(draft=draft.pk):
        if call.pk == prepared.call_id:
            _answered(call, prepared, draft, sealing)
        else:
            # Attempts that were made before the last one brought nothing.
            _fail(call, "tried_again")
    ticket = draft.ticket
    if draft.state != DraftState.GENERATING:
        record(DraftWentStale(because=draft.state, version=draft.version), by=by, subject=draft.ref, thread=ticket.ref)
    elif draft.barred:
        _withdraw(draft, draft.barred, by=by)
    else:
        rules = severities()
        flags = [
            Flag(draft=draft, kind=found.kind, severity=rules[found.kind], words=found.words)
            for found in prepared.flags
        ]
        for flag in flags:
            insert(flag)
        claims = [sentence for sentence in prepared.sentences if sentence["kind"] == "claim"]
        sourced = sum(bool(claim["sources"]) for claim in claims)
        draft.text, draft.sentences, draft.unanswered = (
            prepared.text,
            list(prepared.sentences),
            list(prepared.unanswered),
        )
        draft.passages, draft.risks = list(prepared.passages), list(prepared.risks)
        draft.risk = risk(flags, claims=len(claims), sourced=sourced, sensitive=is_sensitive(draft))
        draft.state, draft.version, draft.ready_at = DraftState.PENDING_REVIEW, draft.version + 1, timezone.now()
        update(draft, "text", "sentences", "unanswered", "risks", "passages", "risk", "state", "version", "ready_at")
        set_lane(ticket, Lane.REVIEW)
        for article in articles_changed_since(prepared.refs):
            enqueue(APPLY_ARTICLE, f"{article}-draft-{draft.pk}")
        record(
            DraftPrepared(
                version=draft.version,
                settings=f"settings:{draft.settings_id}",
                statements=len(claims),
                sourced=sourced,
                hints=sum(flag.severity == Flag.Severity.HINT for flag in flags),
                blockers=sum(flag.severity == Flag.Severity.BLOCKER for flag in flags),
                seconds=round(prepared.seconds),
            ),
            by=by,
            subject=draft.ref,
            thread=ticket.ref,
            draft=draft,
            ticket=ticket,
            commits={"text": Text(draft.text, f"{draft.ref}:text")},
        )
    claim.complete()
    return draft


@action("draft.failed")
def fail_draft(
    draft_id: int, *, because: str, error: str, by: Actor, claim: Claim | None = None, call_id: int | None = None
) -> Draft:
    """There will be no draft: the ticket waits in `write` with the reason, due when it was due before."""
    draft = lock_draft(draft_id)
    if call_id is not None:
        _fail(ModelCall.objects.get(pk=call_id), error)
    _close_receipts(draft)
    if draft.state in {DraftState.QUEUED, DraftState.GENERATING}:
        draft.state, draft.failure, draft.version = DraftState.FAILED, because, draft.version + 1
        draft.save(update_fields=["state", "failure", "version"])
        if draft.ticket.lane == Lane.DRAFTING:
            set_lane(draft.ticket, Lane.WRITE, Why(because))
    record(
        DraftFailed(because=because, error=error or "unknown"),
        by=by,
        subject=draft.ref,
        thread=draft.ticket.ref,
        draft=draft,
        ticket=draft.ticket,
    )
    if claim is not None:
        claim.complete()
    return draft


def _answered(call: ModelCall, prepared: Prepared, draft: Draft, sealing: Sealing) -> None:
    """What came back goes into the receipt, and what it took out of the budget."""
    call.state, call.model, call.seconds = "answered", prepared.model, prepared.seconds
    if sealing.customer_id != draft.ticket.customer_id:
        sealing = Sealing.of(draft.ticket.customer_id)
    call.response_sealed = sealing.part(call.pk, "response", prepared.response)
    call.prompt_tokens, call.completion_tokens = prepared.prompt_tokens, prepared.completion_tokens
    call.cost = cost_of(
        prepared.model,
        call.settings.model,
        prompt_tokens=prepared.prompt_tokens,
        completion_tokens=prepared.completion_tokens,
    )
    settled = settle(call, tokens=call.prompt_tokens + call.completion_tokens, money=call.cost)
    update(call, "state", "model", "seconds", "response_sealed", "prompt_tokens", "completion_tokens", "cost", *settled)


def _fail(call: ModelCall, error: str) -> None:
    call.state, call.error = "failed", error[:40]
    update(call, "state", "error", *settle(call, billed=error not in NOT_BILLED))


def _close_receipts(draft: Draft) -> None:
    """Attempts that were made before the last one brought nothing."""
    for call in _unanswered.all(draft=draft.pk):
        _fail(call, "tried_again")


def _withdraw(draft: Draft, because: str, *, by: Actor) -> None:
    draft.state, draft.version = DraftState.WITHDRAWN, draft.version + 1
    draft.save(update_fields=["state", "version"])
    if draft.ticket.lane in {Lane.DRAFTING, Lane.REVIEW}:
        set_lane(draft.ticket, Lane.WRITE, Why(because))
    record(DraftWithdrawn(because=because, version=draft.version), by=by, subject=draft.ref, thread=draft.ticket.ref)
