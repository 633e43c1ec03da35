"""Jobs of this room: preparing a draft, and taking drafts out of use after a stop."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from itertools import groupby
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import DatabaseError
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Person, Role
from conversations.drafting import gate
from conversations.drafting.actions import (
    begin_draft,
    empty_receipts,
    fail_draft,
    finish_evaluation,
    give_up_evaluation,
    outdate,
    quarantine,
    record_call,
    reflag,
    store_draft,
    told_auditors,
    withdraw,
)
from conversations.drafting.actions.activations import RENEW, TELL, WAITS
from conversations.drafting.actions.evaluations import EVALUATE
from conversations.drafting.actions.flags import APPLY_FLAGS
from conversations.drafting.actions.request import GENERATE
from conversations.drafting.actions.stops import APPLY, APPLY_POLICY
from conversations.drafting.answer import BadAnswer
from conversations.drafting.asking import NoSources, ask_about, foresee_grounds, read_answer
from conversations.drafting.breaker import Busy
from conversations.drafting.calling import ask, place_for
from conversations.drafting.evaluating import try_case
from conversations.drafting.evaluations import Case, Evaluation, Outcome
from conversations.drafting.model_settings import Activation
from conversations.drafting.models import Draft, Stop
from conversations.drafting.provider import Cancelled, ProviderFailed
from conversations.drafting.queries import (
    days_kept,
    judged_otherwise,
    live_under,
    made_already,
    old_receipts,
    overtaken_drafts,
    severities,
)
from conversations.drafting.sources import APPLY_ARTICLE, outdated
from conversations.drafting.spending import BudgetSpent
from conversations.drafting.states import OPEN
from conversations.drafting.versions import shape_of
from conversations.knowledge.models import Article
from conversations.redaction.redact import RedactionFailed
from conversations.tickets.models import Policy
from conversations.tickets.threads import number_of
from desk import statements
from desk.actions import SYSTEM, Actor
from desk.clock import every
from desk.jobs import Claim, Job, LeaseLost, TryLater, job
from desk.problems import Invalid

RETENTION_EVERY = 24 * 3600.0  # seconds
AT_ONCE = 100  # receipts
PREPARING = 15.0
"""Seconds for which a place at the model's address is held before the call, while the question is put together."""


_aside = ThreadPoolExecutor(max_workers=2, thread_name_prefix="aside")


def gave_up(dead: Job, by: Actor) -> None:
    fail_draft(int(dead.target), because="provider", error="worker_lost", by=by)


@job(GENERATE, died=gave_up, at_once=4)
def generate(claim: Claim) -> None:
    """gate → redact → retrieve → prompt → receipt → provider → restore → checks → before people."""
    with statements.read_together():
        # Comes with the commit that begins the draft.
        foresee_grounds(number_of(claim.job.thread))
        _generate(claim)


def _generate(claim: Claim) -> None:
    draft = _begun(int(claim.job.target), claim)
    if draft is None:
        return
    model = Actor("model", version=str(draft.settings_id), via="task")
    shape = shape_of(draft.settings.made_from if draft.settings else None)
    call_id: int | None = None
    working_out: Future[None] | None = None

    def receipt(request: bytes) -> str:
        nonlocal call_id, working_out
        call = record_call(
            draft, request, replaced=question.redacted.counts, placeholders=question.redacted.map, by=SYSTEM
        )
        call_id = call.pk
        # While the model writes, there is time to take apart what its answer will be compared with.
        working_out = working_out or _aside.submit(question.grounds.work_out)
        return str(call.pk)

    try:
        with place_for(shape, beforehand=PREPARING) as held:
            question = ask_about(draft, shape)
            completion = ask(shape, question.body, held=held, before_send=receipt, cancelled=claim.lost)
            held.give_up()
            with statements.meanwhile():
                wait([working_out] if working_out else [])
                prepared = read_answer(
                    question, completion, call_id=int(completion.receipts[-1]), least_sourced=shape.least_sourced
                )
    except Busy:
        raise TryLater("busy", after=1, counts=False) from None
    except (NoSources, RedactionFailed, ProviderFailed, BadAnswer, BudgetSpent) as failure:
        because, error = _why(failure)
        fail_draft(draft.pk, because=because, error=error, by=SYSTEM, claim=claim, call_id=call_id)
    except Cancelled:
        raise LeaseLost(claim.job.key) from None
    except DatabaseError as refusal:
        if not gate.refused(refusal):
            raise
        # The gate closed between the question and the receipt: nothing left. begin_draft says it and ends the job.
        if _begun(draft.pk, claim) is not None:
            raise TryLater("gate", after=1) from None  # it has opened again meanwhile
    else:
        store_draft(draft, prepared, claim, by=model)


def _begun(draft_id: int, claim: Claim) -> Draft | None:
    try:
        return begin_draft(draft_id, claim, by=SYSTEM)
    except Busy:
        raise TryLater("busy", after=1, counts=False) from None


def _why(failure: Exception) -> tuple[str, str]:
    """Why there is no draft, as `Why` has it, and the code of what went wrong."""
    match failure:
        case NoSources():
            return "no_sources", "nothing_found"
        case RedactionFailed():
            return "redaction", "recogniser_failed"
        case ProviderFailed():
            return "provider", failure.code
        case BudgetSpent():
            return "budget", failure.code
        case BadAnswer():
            return "provider", f"bad_answer.{failure.reason}"
    raise AssertionError(failure)


@job(RENEW)
def renew_drafts(claim: Claim) -> None:
    """Other model settings hold: drafts that were made otherwise and wait are made anew, one ticket an action."""
    while not claim.lost.is_set() and (drafts := list(overtaken_drafts()[:100])):
        for draft in drafts:
            outdate(draft, because="settings_changed", by=SYSTEM)


def gave_up_evaluation(dead: Job, by: Actor) -> None:
    give_up_evaluation(int(dead.target), "worker_lost", by=by)


@job(EVALUATE, attempts=3, died=gave_up_evaluation, at_once=1)
def evaluate(claim: Claim) -> None:
    """A finished version and the running one on every case; what an earlier attempt has made is not made again."""
    asked = Evaluation.objects.select_related("settings", "against").get(pk=int(claim.job.target))
    shapes = {Outcome.Side.NEW: shape_of(asked.settings), Outcome.Side.RUNNING: shape_of(asked.against)}
    for case in Case.objects.filter(retired_at=None).order_by("id")[: asked.cases]:
        for side, shape in shapes.items():
            if not Evaluation.objects.filter(pk=asked.pk, state=Evaluation.State.OPEN).exists():
                return
            if made_already(asked, case, side):
                continue
            try:
                try_case(asked, case, side, shape, cancelled=claim.lost)
            except Busy:
                raise TryLater("busy", after=1, counts=False) from None
            except Cancelled:
                raise LeaseLost(claim.job.key) from None
    with suppress(Invalid):  # cancelled at the last moment
        finish_evaluation(asked, claim=claim, by=SYSTEM)


@job(TELL, at_once=1)
def tell_auditors(claim: Claim) -> None:
    """Write to every auditor that one person alone is about to change what drafts are made with."""
    asked = Activation.objects.select_related("settings", "asked_by").get(pk=int(claim.job.target))
    auditors = Person.objects.filter(is_active=True, roles__contains=[Role.AUDITOR])
    address = settings.PUBLIC_URL + reverse("model_version", args=[asked.settings_id])
    for person in auditors:
        with translation.override(person.prefers.language or settings.LANGUAGE_CODE):
            subject = _("Model settings are about to change: %(name)s") % {"name": asked.settings.name}
            body = _(
                "%(person)s asked that these model settings be active, and there is no second administrator who could agree. "
                "They may make them active by themselves from %(when)s on.\n\n%(address)s"
            ) % {
                "person": asked.asked_by.name,
                "when": f"{asked.asked_at + WAITS:%Y-%m-%d %H:%M %Z}",
                "address": address,
            }
        mail = EmailMessage(subject, body, to=[person.email], headers={"Auto-Submitted": "auto-generated"})
        try:
            mail.send()
        except (OSError, SMTPException):
            raise TryLater("mail", after=60) from None
    told_auditors(asked, people=len(auditors), by=SYSTEM)


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


@job(APPLY_ARTICLE)
def apply_article(claim: Claim) -> None:
    """End the drafts before people that rest on what an article no longer says, one ticket an action."""
    article = Article.objects.get(pk=int(claim.job.target.partition("-")[0]))
    because = "article_withdrawn" if article.withdrawn_at else "article_changed"
    while drafts := list(outdated(article.pk)[:100]):
        for draft in drafts:
            outdate(draft, because=because, by=SYSTEM)


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
