"""Jobs of this room: preparing a draft, and taking drafts out of use after a stop."""

from __future__ import annotations

import functools
from itertools import groupby

from django.conf import settings
from django.db import DatabaseError

from conversations.drafting import gate
from conversations.drafting.actions import (
    begin_draft,
    empty_receipts,
    fail_draft,
    quarantine,
    record_call,
    reflag,
    store_draft,
    withdraw,
)
from conversations.drafting.actions.flags import APPLY_FLAGS
from conversations.drafting.actions.request import GENERATE
from conversations.drafting.actions.stops import APPLY, APPLY_POLICY
from conversations.drafting.answer import BadAnswer
from conversations.drafting.asking import NoSources, ask_about, read_answer
from conversations.drafting.models import Draft, Stop
from conversations.drafting.provider import Cancelled, Provider, ProviderFailed
from conversations.drafting.queries import days_kept, judged_otherwise, live_under, old_receipts, severities
from conversations.drafting.states import OPEN
from conversations.redaction.redact import RedactionFailed
from conversations.tickets.models import Policy
from desk.actions import SYSTEM, Actor
from desk.clock import every
from desk.jobs import Claim, Job, LeaseLost, TryLater, job

RETENTION_EVERY = 24 * 3600.0  # seconds
AT_ONCE = 100  # receipts


@functools.lru_cache(maxsize=4)
def _provider(base_url: str, api_key: str, model: str, deadline: float) -> Provider:
    return Provider(base_url, api_key, model, deadline=deadline)


def provider() -> Provider:
    """The provider of the environment; one client, kept alive between calls."""
    env = settings.ENV
    return _provider(env.openai_base_url, env.openai_api_key, env.openai_model, env.model_deadline)


def gave_up(dead: Job, by: Actor) -> None:
    fail_draft(int(dead.target), because="provider", error="worker_lost", by=by)


@job(GENERATE, died=gave_up, at_once=4)
def generate(claim: Claim) -> None:
    """gate → redact → retrieve → prompt → receipt → provider → restore → checks → before people."""
    draft = begin_draft(int(claim.job.target), claim, by=SYSTEM)
    if draft is None:
        return
    model = Actor("model", version=str(draft.settings_id), via="task")
    call_id: int | None = None

    def receipt(request: bytes) -> str:
        nonlocal call_id
        call = record_call(
            draft, request, replaced=question.redacted.counts, placeholders=question.redacted.map, by=SYSTEM
        )
        call_id = call.pk
        return str(call.pk)

    try:
        question = ask_about(draft)
        completion = provider().complete(question.body, before_send=receipt, cancelled=claim.lost)
        prepared = read_answer(question, completion, call_id=call_id or 0)
    except (NoSources, RedactionFailed, ProviderFailed, BadAnswer) as failure:
        because, error = _why(failure)
        fail_draft(draft.pk, because=because, error=error, by=SYSTEM, claim=claim, call_id=call_id)
    except Cancelled:
        raise LeaseLost(claim.job.key) from None
    except DatabaseError as refusal:
        if not gate.refused(refusal):
            raise
        # The gate closed between the question and the receipt: nothing left. begin_draft says it and ends the job.
        if begin_draft(draft.pk, claim, by=SYSTEM) is not None:
            raise TryLater("gate", after=1) from None  # it has opened again meanwhile
    else:
        store_draft(draft.pk, prepared, claim, by=model)


def _why(failure: Exception) -> tuple[str, str]:
    """Why there is no draft, as `Why` has it, and the code of what went wrong."""
    match failure:
        case NoSources():
            return "no_sources", "nothing_found"
        case RedactionFailed():
            return "redaction", "recogniser_failed"
        case ProviderFailed():
            return "provider", failure.code
        case BadAnswer():
            return "provider", f"bad_answer.{failure.reason}"
    raise AssertionError(failure)


@job(APPLY)
def apply_stop(claim: Claim) -> None:
    """Take every draft under a stop out of use, one ticket an action."""
    stop = Stop.objects.get(pk=int(claim.job.target))
    while stop.ended_at is None and (drafts := list(live_under(stop)[:100])):
        for draft in drafts:
            quarantine(draft, stop, by=SYSTEM)
        stop.refresh_from_db()


@job(APPLY_POLICY)
def apply_policy(claim: Claim) -> None:
    """No model without a yes from now on: take the drafts of customers who were never asked out of use."""
    unasked = Draft.objects.filter(state__in=OPEN, ticket__customer__ai_consent=None).order_by("ticket_id", "id")
    while Policy.objects.filter(ai_consent=Policy.AiConsent.CONSENT).exists() and (drafts := list(unasked[:100])):
        for draft in drafts:
            withdraw(draft, because="not_asked", by=SYSTEM)


@job(APPLY_FLAGS)
def apply_flags(claim: Claim) -> None:
    """Bring drafts before people in line with the rules of flags, one ticket an action."""
    while drafts := list(judged_otherwise(severities()).order_by("ticket_id", "id")[:100]):
        for draft in drafts:
            reflag(draft, by=SYSTEM)


@every(RETENTION_EVERY)
def let_receipts_go() -> int:
    """Empty the receipts that were kept for as long as the rule says, those of one ticket an action. Returns how many."""
    days, gone = days_kept(), 0
    while some := list(old_receipts(days)[:AT_ONCE]):
        for _ticket, calls in groupby(some, key=lambda call: call.ticket_id):
            gone += empty_receipts(list(calls), days=days, by=SYSTEM)
    return gone
