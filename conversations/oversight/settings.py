"""Settings that bear on the model: the policy for customers who were never asked, the switches, what is in use."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.doors import StaffRequest, actor, staff
from accounts.models import Role
from accounts.rights import Right, person_has
from conversations.drafting.actions import resume_drafting, stop_drafting
from conversations.drafting.models import Stop
from conversations.oversight.model_queries import in_use
from conversations.oversight.queries import name_of, what_to_stop
from conversations.tickets.actions import set_policy
from conversations.tickets.models import Policy
from desk.problems import NotFound, Problem


def _page(request: StaffRequest, *, problem: Problem | None = None) -> HttpResponse:
    person = request.user
    return render(
        request,
        "oversight/settings.html",
        {
            "policy": Policy.objects.get(pk=1),
            "policies": Policy.AiConsent.choices,
            "stops": _named(Stop.objects.filter(ended_at=None).order_by("-id")),
            "ended": _named(Stop.objects.exclude(ended_at=None).order_by("-ended_at")[:10]),
            "choices": what_to_stop(),
            **in_use(),
            "may_set": person_has(person, Right.ADMINISTER),
            "may_stop": person_has(person, Right.STOP),
            "problem": problem,
            "typed": request.POST,
        },
        status=problem.status if problem else 200,
    )


def _named(stops: QuerySet[Stop]) -> list[tuple[Stop, str]]:
    return [(stop, name_of(stop)) for stop in stops.select_related("person")]


@require_GET
@staff(Role.ADMIN, Role.SUPERVISOR, Role.AUDITOR)
def overview(request: StaffRequest) -> HttpResponse:
    return _page(request)


@require_POST
@staff(Role.ADMIN)
def policy(request: StaffRequest) -> HttpResponse:
    try:
        set_policy(ai_consent=request.POST.get("ai_consent", ""), by=actor(request))
    except Problem as problem:
        return _page(request, problem=problem)
    return redirect("settings")


@require_POST
@staff(Role.ADMIN, Role.SUPERVISOR)
def stop(request: StaffRequest) -> HttpResponse:
    """Stop drafting; what was typed comes back when something is missing."""
    form = request.POST
    scope, _colon, value = form.get("what", "").partition(":")
    try:
        stop_drafting(scope=scope, value=value, reason=form.get("reason", ""), by=actor(request))
    except Problem as problem:
        return _page(request, problem=problem)
    return redirect("settings")


@require_POST
@staff(Role.ADMIN, Role.SUPERVISOR)
def resume(request: StaffRequest, stop_id: int) -> HttpResponse:
    found = Stop.objects.filter(pk=stop_id).first()
    if found is None:
        raise NotFound
    resume_drafting(found, by=actor(request))
    return redirect("settings")
