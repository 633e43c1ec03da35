"""Evaluations: asked for, watched, and looked at side by side; and the questions they are made with."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import StaffRequest, actor, staff
from accounts.models import Role
from accounts.rights import Right, person_has
from conversations.drafting.actions import (
    BeingEvaluated,
    ask_evaluation,
    cancel_evaluation,
    keep_case,
    retire_case,
)
from conversations.drafting.evaluating import question_of, text_of
from conversations.drafting.evaluations import Case, Evaluation, Outcome
from conversations.oversight.model_forms import CaseForm, blame
from conversations.oversight.model_queries import version_of
from conversations.oversight.model_settings import READERS, show
from conversations.review.history import word_difference
from desk.api import BIGGEST
from desk.data_keys import Unreadable
from desk.problems import Invalid, NotFound, Problem


@require_POST
@staff(Role.ADMIN)
def ask(request: StaffRequest, key: int) -> HttpResponse:
    """Have a version evaluated, or be led to the evaluation that runs."""
    version = version_of(key)
    try:
        return redirect("model_evaluation", ask_evaluation(version, by=actor(request)).pk)
    except BeingEvaluated as problem:
        running = Evaluation.objects.filter(state=Evaluation.State.OPEN).first()
        return redirect("model_evaluation", running.pk) if running else show(request, version, problem=problem)
    except Problem as problem:
        return show(request, version, problem=problem)


@require_GET
@staff(*READERS)
def one(request: StaffRequest, key: int) -> HttpResponse:
    """How far it is, and then what it came to; a script that watches gets that part alone."""
    found = _found(key)
    outcomes = list(found.outcomes.select_related("case").order_by("case_id"))
    context = {
        "evaluation": found,
        "done": len(outcomes),
        "whole": 2 * found.cases,
        "figures": _figures(outcomes),
        "rows": [] if found.at_work else _rows(outcomes),
        "currency": settings.ENV.model_currency,
        "may_set": person_has(request.user, Right.ADMINISTER),
    }
    template = "oversight/_evaluation.html" if request.headers.get("HX-Request") else "oversight/evaluation.html"
    return render(request, template, context)


@require_POST
@staff(Role.ADMIN)
def cancel(request: StaffRequest, key: int) -> HttpResponse:
    found = _found(key)
    with suppress(Invalid):  # it has ended meanwhile, which is what its page says
        cancel_evaluation(found, by=actor(request))
    return redirect("model_evaluation", found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*READERS)
def cases(request: StaffRequest) -> HttpResponse:
    """The questions; a POST keeps another."""
    may_set = person_has(request.user, Right.ADMINISTER)
    form = CaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            keep_case(form.kept(), by=actor(request))
        except Invalid as problem:
            blame(form, problem)
        else:
            return redirect("model_cases")
    kept = Case.objects.filter(retired_at=None).order_by("-pk")
    return render(
        request,
        "oversight/model_cases.html",
        {"form": form, "cases": [_case(case) for case in kept[:200]], "count": kept.count(), "may_set": may_set},
        status=400 if form.is_bound and form.errors else 200,
    )


@require_POST
@staff(Role.ADMIN)
def retire(request: StaffRequest, key: int) -> HttpResponse:
    case = Case.objects.filter(pk=key).first() if key <= BIGGEST else None
    if case is None:
        raise NotFound
    retire_case(case, by=actor(request))
    return redirect("model_cases")


def _found(key: int) -> Evaluation:
    found = (
        Evaluation.objects.select_related("settings", "against", "person").filter(pk=key).first()
        if key <= BIGGEST
        else None
    )
    if found is None:
        raise NotFound
    return found


def _case(case: Case) -> dict[str, Any]:
    try:
        subject, question = question_of(case)
    except Unreadable as unreadable:
        subject, question = "", str(unreadable.detail)
    return {"case": case, "subject": subject, "question": question}


def _rows(outcomes: list[Outcome]) -> list[dict[str, Any]]:
    """Each question with both drafts, those first where the new version does worse."""
    sides: dict[int, dict[str, Outcome]] = {}
    for outcome in outcomes:
        sides.setdefault(outcome.case_id, {})[outcome.side] = outcome
    rows = []
    for both in sides.values():
        new, running = both.get("new"), both.get("running")
        if new is None or running is None:
            continue
        texts = [_text(running), _text(new)]
        rows.append(
            {
                **_case(new.case),
                "new": new,
                "running": running,
                "difference": word_difference(*texts),
                "same": texts[0] == texts[1],
                "worse": running.accepted and not new.accepted,
                "better": new.accepted and not running.accepted,
            }
        )
    return sorted(rows, key=lambda row: (not row["worse"], not row["better"], row["same"]))


def _text(outcome: Outcome) -> str:
    try:
        return text_of(outcome)
    except Unreadable:
        return ""


def _figures(outcomes: list[Outcome]) -> dict[str, dict[str, Any]]:
    """What each version comes to, by the name of its side."""
    return {side: _sum([each for each in outcomes if each.side == side]) for side in Outcome.Side.values}


def _sum(made: list[Outcome]) -> dict[str, Any]:
    drafted = [each for each in made if not each.error]
    claims = sum(each.claims for each in made)
    costs = [each.cost for each in made if each.cost is not None]
    return {
        "cases": len(made),
        "accepted": sum(each.accepted for each in made),
        "drafted": len(drafted),
        "grounded": round(100 * sum(each.sourced for each in made) / claims) if claims else None,
        "found": sum(each.found_source for each in made),
        "blockers": sum(each.blockers for each in made),
        "replaced": sum(each.replaced for each in made),
        "leaked": sum(each.leaked for each in made),
        "words": round(sum(each.words for each in drafted) / len(drafted)) if drafted else None,
        "tokens": sum(each.tokens for each in made),
        "cost": sum(costs) if costs else None,
        "seconds": sum(each.seconds for each in made) / len(made) if made else None,
    }
