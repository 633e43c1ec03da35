"""Trying a version before it is active: which questions, when, and what it came to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right
from conversations.drafting.actions.model_settings import finish_version
from conversations.drafting.evaluations import Case, Evaluation, Outcome
from conversations.drafting.kinds_of_settings import (
    ENVIRONMENT,
    CaseKept,
    CaseRetired,
    CasesTaken,
    EvaluationAsked,
    EvaluationCancelled,
    EvaluationFailed,
    EvaluationFinished,
)
from conversations.drafting.model_settings import ModelSettings
from conversations.drafting.spending import Used, count, used_up
from conversations.drafting.versions import in_force
from conversations.tickets import texts
from desk.actions import Actor, action, record
from desk.data_keys import sealed
from desk.jobs import Claim, enqueue
from desk.problems import Invalid, NotAllowed, NotFound, Problem

EVALUATE = "settings.evaluate"
MOST_CASES = 500


class BeingEvaluated(Problem):
    code, status, title = "being_evaluated", 409, _("A version is being evaluated")
    detail = _("One evaluation runs at a time. Wait for the one that runs, or cancel it.")


class NoCases(Problem):
    code, status, title = "no_cases", 409, _("There is nothing to evaluate with")
    detail = _("Keep some questions first, with the articles that answer them. Nothing was changed.")


class BudgetUsedUp(Problem):
    code, status, title = "budget", 409, _("The budget for today is used up")
    detail = _("An evaluation asks a model for each question. Ask again tomorrow, or raise the budget.")


@dataclass(frozen=True, slots=True)
class Kept:
    """A question as people write it down, and slugs of the articles that answer it."""

    subject: str
    question: str
    language: str
    expects: Sequence[str]
    from_demo: str = ""


@action("case.kept", needs=Right.ADMINISTER)
def keep_case(wish: Kept, *, by: Actor) -> Case:
    """Keep a question for evaluations, in words of one's own; it is encrypted."""
    case = _keep(wish, by)
    record(CaseKept(language=case.language, articles=len(case.expects)), by=by, subject=case.ref)
    return case


@action("cases.taken", needs=Right.ADMINISTER)
def take_cases(wishes: Iterable[Kept], *, by: Actor) -> int:
    """Keep questions that the demo brought along, those that are not here yet. Returns how many."""
    here = set(Case.objects.exclude(from_demo="").values_list("from_demo", flat=True))
    taken = [_keep(wish, by) for wish in wishes if wish.from_demo not in here]
    record(CasesTaken(count=len(taken)), by=by, subject="desk:cases")
    return len(taken)


@action("case.retired", needs=Right.ADMINISTER)
def retire_case(case: Case, *, by: Actor) -> None:
    """Evaluations go on without it; those that were made keep it."""
    locked = Case.objects.select_for_update(no_key=True).filter(pk=case.pk, retired_at=None).first()
    if locked is None:
        raise NotFound
    locked.retired_at = timezone.now()
    locked.save(update_fields=["retired_at"])
    record(CaseRetired(), by=by, subject=locked.ref)


@action("evaluation.asked", needs=Right.ADMINISTER)
def ask_evaluation(version: ModelSettings, *, by: Actor) -> Evaluation:
    """Have a version tried beside the one that runs, by a job; a draft of a version is finished by this.

    Raises BeingEvaluated, NoCases, BudgetUsedUp.
    """
    if by.kind != "person":
        raise NotAllowed
    cases = Case.objects.filter(retired_at=None).count()
    if not cases:
        raise NoCases
    if used_up(None):
        raise BudgetUsedUp
    version = ModelSettings.objects.get(pk=version.pk)
    if version.state == ModelSettings.State.DRAFT:
        version = finish_version(version, by=by)
    if version.state != ModelSettings.State.FINISHED:
        raise Invalid(_("A version that was discarded is not evaluated."))
    against = in_force(None)
    try:
        with transaction.atomic():
            asked = Evaluation.objects.create(
                settings=version,
                against=against if against != version else None,
                person_id=UUID(by.id),
                cases=min(cases, MOST_CASES),
                asked_at=timezone.now(),
            )
    except IntegrityError:
        raise BeingEvaluated from None
    enqueue(EVALUATE, asked.pk)
    record(EvaluationAsked(settings=version.ref, against=_against(asked), cases=asked.cases), by=by, subject=asked.ref)
    return asked


@action("evaluation.cancelled", needs=Right.ADMINISTER)
def cancel_evaluation(asked: Evaluation, *, by: Actor) -> None:
    """Stop it; what was made so far stays to be looked at, and counts for nothing."""
    locked = _open(asked.pk)
    _end(locked, Evaluation.State.CANCELLED)
    record(EvaluationCancelled(settings=locked.settings.ref), by=by, subject=locked.ref)


@action("evaluation.finished")
def finish_evaluation(asked: Evaluation, *, claim: Claim, by: Actor) -> None:
    """All is tried: the outcome stands from here on, and what it cost is counted."""
    locked = _open(asked.pk)
    made = {side: list(locked.outcomes.filter(side=side)) for side in Outcome.Side.values}
    new, running = made["new"], made["running"]
    _end(locked, Evaluation.State.DONE)
    every = new + running
    count(
        Used(
            sum(each.tokens for each in every),
            sum((each.cost for each in every if each.cost is not None), start=Decimal(0)),
        )
    )
    claim.complete()
    record(
        EvaluationFinished(
            settings=locked.settings.ref,
            against=_against(locked),
            cases=len(new),
            accepted=sum(each.accepted for each in new),
            accepted_before=sum(each.accepted for each in running),
            blockers=sum(each.blockers for each in new),
            blockers_before=sum(each.blockers for each in running),
            leaked=sum(each.leaked for each in new),
        ),
        by=by,
        subject=locked.ref,
    )


def note_outcome(outcome: Outcome) -> None:
    """What one version made of one case, for whoever watches: no act, and outside of any."""
    Outcome.objects.update_or_create(
        evaluation=outcome.evaluation,
        case=outcome.case,
        side=outcome.side,
        defaults={
            field.name: getattr(outcome, field.name)
            for field in Outcome._meta.concrete_fields  # noqa: SLF001 - documented by Django
            if field.name not in {"id", "evaluation", "case", "side"}
        },
    )


def give_up_evaluation(key: int, error: str, *, by: Actor) -> None:
    """Inside the action in which its job dies: it came to nothing, and another may be asked for."""
    locked = Evaluation.objects.select_for_update(no_key=True, of=["self"]).select_related("settings").get(pk=key)
    if locked.at_work:
        _end(locked, Evaluation.State.FAILED)
        record(EvaluationFailed(settings=locked.settings.ref, error=error), by=by, subject=locked.ref)


def _keep(wish: Kept, by: Actor) -> Case:
    subject, question = texts.name(wish.subject), texts.body(wish.question, field="question", limit=6_000)
    expects = sorted({slug.strip() for slug in wish.expects if slug.strip()})
    if not expects:
        raise Invalid(_("Say which articles answer it."), errors={"expects": ["at least one"]})
    case = Case.objects.create(
        subject_sealed=b"",
        question_sealed=b"",
        language=wish.language[:8],
        expects=expects,
        from_demo=wish.from_demo,
        kept_by_id=UUID(by.id) if by.kind == "person" else None,
        kept_at=timezone.now(),
    )
    case.subject_sealed = sealed(case.ref, subject, "drafting_case|subject")
    case.question_sealed = sealed(case.ref, question, "drafting_case|question")
    case.save(update_fields=["subject_sealed", "question_sealed"])
    return case


def _open(key: int) -> Evaluation:
    locked = (
        Evaluation.objects.select_for_update(no_key=True, of=["self"]).select_related("settings", "against").get(pk=key)
    )
    if not locked.at_work:
        raise Invalid(_("This evaluation has ended already."))
    return locked


def _end(locked: Evaluation, state: Evaluation.State) -> None:
    locked.state, locked.ended_at = state, timezone.now()
    locked.save(update_fields=["state", "ended_at"])


def _against(asked: Evaluation) -> str:
    return asked.against.ref if asked.against else ENVIRONMENT
