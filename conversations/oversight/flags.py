"""Flags in drafts: what each kind looks for, how often it was right, and how much it matters."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from accounts.doors import StaffRequest, actor, staff
from accounts.models import Role
from accounts.rights import Right, person_has
from conversations.drafting.actions import set_severity
from conversations.drafting.checks import BY_DEFAULT, MAY_BE_HINTS
from conversations.drafting.models import FlagRule
from conversations.drafting.precision import DAYS, Answers, answers_to_kinds
from conversations.drafting.queries import severities
from desk.problems import Problem

KINDS: dict[str, tuple[str | Promise, str | Promise]] = {
    "other_customer": (_("Another customer's data"), _("Numbers and addresses that are known of another customer")),
    "amount": (_("Amounts"), _("Prices and percentages that stand neither in the sources nor in the thread")),
    "date": (_("Dates and times"), _("Days, weekdays and spans of time without a source")),
    "link": (_("Links"), _("Addresses of pages without a source")),
    "contact": (_("Contacts"), _("Mail addresses and telephone numbers without a source")),
    "identifier": (_("Numbers"), _("Numbers of orders, parcels and the like that stand nowhere in the thread")),
    "promise": (_("Promises"), _("Words that bind the organisation and that no article says")),
    "injection": (
        _("Instructions to a model"),
        _("Words meant for a model, in the draft or in what the customer wrote"),
    ),
    "unsupported": (_("Statements without a source"), _("What a model stated and no passage that it quoted says")),
    "placeholder": (_("Placeholders"), _("What was left to be filled in")),
    "language": (_("Language"), _("Another language than the customer's")),
    "tone": (_("Tone"), _("Shouting, reproaches, impatience")),
    "length": (_("Length"), _("Longer than most people read")),
}
"""What each kind is called, and what it looks for."""


def _page(request: StaffRequest, *, problem: Problem | None = None) -> HttpResponse:
    now, past = severities(), answers_to_kinds()
    rows: list[dict[str, Any]] = [
        {
            "kind": kind,
            "name": KINDS[kind][0],
            "looks_for": KINDS[kind][1],
            "severity": now[kind],
            "usual": BY_DEFAULT[kind],
            "answers": past.get(kind, Answers()),
            "may_change": kind in MAY_BE_HINTS,
        }
        for kind in BY_DEFAULT
    ]
    history = FlagRule.objects.select_related("person").order_by("-id")[:50]
    return render(
        request,
        "oversight/flags.html",
        {
            "rows": rows,
            "history": [{"rule": rule, "name": KINDS[rule.kind][0]} for rule in history],
            "days": DAYS,
            "may_set": person_has(request.user, Right.ADMINISTER),
            "problem": problem,
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
def severity(request: StaffRequest) -> HttpResponse:
    """Make a kind matter more or less, with a reason; what was typed comes back when something is missing."""
    form = request.POST
    try:
        set_severity(form.get("kind", ""), form.get("severity", ""), reason=form.get("reason", ""), by=actor(request))
    except Problem as problem:
        return _page(request, problem=problem)
    return redirect("flags")
