"""What models do not see, and how long it can be looked up what they saw: patterns of own numbers, retention of receipts."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.doors import StaffRequest, actor, staff
from accounts.models import Role
from accounts.rights import Right, person_has
from conversations.drafting.actions import add_pattern, end_pattern, keep_receipts
from conversations.drafting.actions.patterns import why_bad
from conversations.drafting.models import NumberPattern, ReceiptRule
from conversations.drafting.queries import days_kept
from conversations.drafting.redacting import patterns_in_force
from conversations.redaction.own_numbers import BadPattern, found_by
from desk.problems import Problem

LONGEST_TRIAL = 4_000


def _page(
    request: StaffRequest,
    *,
    problem: Problem | None = None,
    part: str = "",
    tried: list[str] | None = None,
    bad: str = "",
) -> HttpResponse:
    return render(
        request,
        "oversight/redaction.html",
        {
            "patterns": patterns_in_force().select_related("person"),
            "ended": NumberPattern.objects.exclude(ended_at=None).select_related("person").order_by("-ended_at")[:20],
            "kinds": NumberPattern.Kind.choices,
            "days": days_kept(),
            "least": ReceiptRule.LEAST,
            "most": ReceiptRule.MOST,
            "rules": ReceiptRule.objects.select_related("person").order_by("-id")[:20],
            "may_set": person_has(request.user, Right.ADMINISTER),
            "problem": problem,
            "part": part,
            "tried": tried,
            "bad": bad,
            "typed": request.POST,
        },
        status=problem.status if problem else 200,
    )


@require_GET
@staff(Role.ADMIN, Role.SUPERVISOR, Role.AUDITOR)
def overview(request: StaffRequest) -> HttpResponse:
    return _page(request)


@require_POST
@staff(Role.ADMIN)
def add(request: StaffRequest) -> HttpResponse:
    """Add a pattern, or only try it on a text; what was typed comes back."""
    form = request.POST
    pattern = form.get("pattern", "")
    if "try" in form:
        try:
            return _page(request, part="pattern", tried=found_by(pattern.strip(), form.get("text", "")[:LONGEST_TRIAL]))
        except BadPattern as bad:
            return _page(request, part="pattern", bad=why_bad(bad.reason))
    try:
        add_pattern(form.get("kind", ""), pattern, example=form.get("example", ""), by=actor(request))
    except Problem as problem:
        return _page(request, problem=problem, part="pattern")
    return redirect("redaction")


@require_POST
@staff(Role.ADMIN)
def end(request: StaffRequest, pattern_id: int) -> HttpResponse:
    try:
        end_pattern(pattern_id, by=actor(request))
    except Problem as problem:
        return _page(request, problem=problem)
    return redirect("redaction")


@require_POST
@staff(Role.ADMIN)
def retention(request: StaffRequest) -> HttpResponse:
    days = request.POST.get("days", "")
    try:
        keep_receipts(
            int(days) if days.isascii() and days.isdigit() and len(days) < 6 else 0,
            reason=request.POST.get("reason", ""),
            by=actor(request),
        )
    except Problem as problem:
        return _page(request, problem=problem, part="retention")
    return redirect("redaction")
