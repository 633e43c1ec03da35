"""Work on many tickets at once, from the list; each form works without script, and with it shows how far it is."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.doors import StaffRequest, actor, staff
from accounts.models import Role
from conversations.tickets.built_in import VIEWS
from conversations.tickets.bulk_views import begin
from conversations.tickets.wishes import MOST, Outcome, fulfil, outcome_of, take_back, wish_of
from desk.problems import Invalid, Problem


def told(request: StaffRequest, outcome: Outcome | None = None, problem: Problem | None = None) -> HttpResponse:
    """How it went: a note for a page that stays, otherwise a page of its own with the way back."""
    name = request.POST.get("view", "")
    context = {
        "outcome": outcome,
        "problem": problem,
        "undo": outcome.signed(request.user) if outcome and outcome.done and not outcome.undoing else "",
        "so_far": outcome.signed(request.user) if outcome else "",
        "view": VIEWS[name].name if name in VIEWS else "",
        "back_url": reverse("queue", args=[name]) if name in VIEWS else reverse("todo"),
    }
    status = problem.status if problem else 200
    template = "tickets/_outcome.html" if getattr(request, "htmx", False) else "tickets/outcome.html"
    return render(request, template, context, status=status)


@require_POST
@staff(Role.AGENT, Role.SUPERVISOR)
def bulk(request: StaffRequest) -> HttpResponse:
    """Do one thing to each selected ticket. `so_far` is how it went with those before, when they come in portions."""
    try:
        wish = wish_of(request.POST, request.user)
        if request.POST.get("all"):
            return begin(request, wish)
        before = outcome_of(so_far, request.user) if (so_far := request.POST.get("so_far", "")) else Outcome()
        numbers = _numbers(request)
        return told(request, before.and_then(fulfil(wish, numbers, request.user, by=actor(request))))
    except Problem as problem:
        return told(request, problem=problem)


@require_POST
@staff(Role.AGENT, Role.SUPERVISOR)
def bulk_undo(request: StaffRequest) -> HttpResponse:
    """Take back what was done, ticket by ticket, where nobody has changed it since."""
    try:
        made = outcome_of(request.POST.get("undo", ""), request.user)
        return told(request, take_back(made, request.user, by=actor(request)))
    except Problem as problem:
        return told(request, problem=problem)


def _numbers(request: StaffRequest) -> list[int]:
    given = request.POST.getlist("ticket")
    if not given:
        raise Invalid(_("Select tickets first."), errors={"ticket": ["at least one"]})
    if len(given) > MOST:
        raise Invalid(_("At most %(most)d tickets at once.") % {"most": MOST}, errors={"ticket": [f"at most {MOST}"]})
    if not all(one.isascii() and one.isdecimal() and len(one) < 19 for one in given):
        raise Invalid(_("The form is not complete. Load the page again."), errors={"ticket": ["numbers of tickets"]})
    return [int(one) for one in given]
