"""Providers outside of this machine with their terms, and the budget of a day."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.doors import StaffRequest, actor, staff
from accounts.models import Role
from accounts.rights import Right, person_has
from conversations.drafting.actions import begin_contract, end_contract, set_limit
from conversations.drafting.budgets import Limit, Spent
from conversations.drafting.contracts import TERMS, Contract
from conversations.oversight.model_forms import ContractForm, LimitForm, blame
from conversations.oversight.model_queries import in_use
from conversations.oversight.model_settings import READERS
from desk.api import BIGGEST
from desk.problems import Invalid, NotAllowed, NotFound, Problem

DAYS = 14


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*READERS)
def overview(request: StaffRequest) -> HttpResponse:
    """Whom drafts may be asked of, and on what terms; a POST lets one be asked."""
    used = in_use()
    first = {"address": used["shape"].address} if used["not_activated"] else {}
    form = ContractForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        _administers(request)
        given = form.cleaned_data
        try:
            begin_contract(
                given["address"],
                terms=form.terms(),
                key=given["key"],
                allows_fallback=given["allows_fallback"],
                by=actor(request),
            )
        except Invalid as problem:
            blame(form, problem)
        else:
            messages.success(request, _("This provider may be asked from now on."))
            return redirect("model_providers")
    rows = Contract.objects.select_related("began_by", "ended_by").order_by("-pk")
    return render(
        request,
        "oversight/providers.html",
        {
            **used,
            "form": form,
            "contracts": [_told(each) for each in rows.filter(ended_at=None)],
            "ended": [_told(each) for each in rows.exclude(ended_at=None)[:20]],
            "may_set": person_has(request.user, Right.ADMINISTER),
        },
        status=400 if form.is_bound and form.errors else 200,
    )


@require_POST
@staff(Role.ADMIN)
def end(request: StaffRequest, key: int) -> HttpResponse:
    contract = Contract.objects.filter(pk=key).first() if key <= BIGGEST else None
    if contract is None:
        raise NotFound
    try:
        end_contract(contract, by=actor(request))
    except Problem as problem:
        messages.error(request, str(problem.detail))
    return redirect("model_providers")


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*READERS)
def budget(request: StaffRequest) -> HttpResponse:
    """What may be used in a day and what was; a POST sets a limit."""
    form = LimitForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _administers(request)
        given = form.cleaned_data
        try:
            set_limit(form.team_of(), tokens=given["tokens"], money=given["money"], by=actor(request))
        except Invalid as problem:
            blame(form, problem)
        else:
            return redirect("model_budget")
    today = timezone.localdate()
    spent = {each.team_id: each for each in Spent.objects.filter(day=today)}
    latest = Limit.objects.select_related("team").order_by("team_id", "-id").distinct("team_id")
    rows = [{"limit": limit, "spent": spent.get(limit.team_id)} for limit in latest]
    return render(
        request,
        "oversight/budget.html",
        {
            "form": form,
            "rows": sorted(rows, key=lambda row: row["limit"].team.name if row["limit"].team else ""),
            "days": Spent.objects.filter(team=None).order_by("-day")[:DAYS],
            "currency": settings.ENV.model_currency,
            "prices": settings.ENV.model_prices,
            "may_set": person_has(request.user, Right.ADMINISTER),
        },
        status=400 if form.is_bound and form.errors else 200,
    )


def _told(contract: Contract) -> dict[str, object]:
    labels = {name: ContractForm.base_fields[name].label for name in TERMS}
    return {"contract": contract, "terms": [(labels[name], getattr(contract, name)) for name in TERMS]}


def _administers(request: StaffRequest) -> None:
    if not person_has(request.user, Right.ADMINISTER):
        raise NotAllowed
