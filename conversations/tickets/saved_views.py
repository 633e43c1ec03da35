"""The pages of saved views: keeping the list that is shown, and putting what was kept in order."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import sight_of
from accounts.doors import StaffRequest, actor, staff
from accounts.models import Person, Team
from conversations.tickets.access import saved_view_for, saved_views_for
from conversations.tickets.actions import change_view, delete_view, may_change, may_save_for, move_view, save_view
from conversations.tickets.built_in import VIEWS
from conversations.tickets.counting import MOST, told
from conversations.tickets.listing import Listing, chips
from conversations.tickets.models import SavedView
from desk.kept import Moment, furniture
from desk.problems import Invalid, Problem

MOST_SHOWN = 40


def groups(person: Person, moment: Moment, *, here: Listing | None = None) -> list[dict[str, Any]]:
    """Their saved views as templates/tickets/_views.html shows them, in groups by who has them."""
    shown: dict[str, list[dict[str, Any]]] = {}
    for view in furniture.one(
        ("saved views", person.pk), moment, lambda: list(saved_views_for(person).select_related("team")[:MOST_SHOWN])
    ):
        current = here is not None and here.saved is not None and here.saved.pk == view.pk
        told_of = {"label": view.name, "url": reverse("queue", args=[view.slug]), "topic": view.slug, "here": current}
        shown.setdefault(_who(view), []).append(told_of)
    order = sorted(shown, key=lambda label: (label != _("My views"), label == _("Everyone’s views"), label))
    return [{"label": label, "views": shown[label]} for label in order]


def audiences(person: Person) -> list[tuple[str, str]]:
    """For whom this person may keep a view."""
    sight = sight_of(person)
    teams = [team for team in Team.objects.order_by("name") if sight.sees(team.pk)]
    found = [("private", _("Me alone"))]
    found += [(team.ref, team.name) for team in teams if may_save_for(person, team, everyone=False)]
    return [*found, ("everyone", _("Everyone"))] if may_save_for(person, None, everyone=True) else found


@require_GET
@staff()
def counts(request: StaffRequest) -> JsonResponse:
    """How many tickets are in each saved view; those of lists without end are not counted, as the built-in ones."""
    found = {}
    for view in saved_views_for(request.user)[:MOST_SHOWN]:
        if VIEWS[view.view].counted and "q" not in view.parameters:
            listing = Listing.of(view.view, view.parameters)
            try:
                found[view.slug] = told(listing.count(request.user, most=MOST))
            except Invalid:
                found[view.slug] = ""
    return JsonResponse(found)


@require_GET
@staff()
def index(request: StaffRequest) -> HttpResponse:
    return _page(request)


@require_POST
@staff()
def save(request: StaffRequest) -> HttpResponse:
    """Keep the list of an address (`view` and `query`), as a new view or instead of an older one."""
    asked = QueryDict(request.POST.get("query", "")).dict()
    listing = Listing.of(request.POST.get("view", ""), asked, person=request.user)
    name, audience, instead = (request.POST.get(field, "") for field in ("name", "audience", "instead"))
    try:
        if instead:
            kept = change_view(saved_view_for(request.user, instead), listing=listing, by=actor(request))
        else:
            kept = save_view(listing, name=name, audience=audience or "private", by=actor(request))
    except Invalid as problem:
        return _page(request, problem)
    return redirect("queue", kept.slug)


@require_POST
@staff()
def change(request: StaffRequest, key: int) -> HttpResponse:
    """What the button says: another name or audience, a place up or down, or gone."""
    view, by, wish = saved_view_for(request.user, str(key)), actor(request), request.POST.get("wish", "")
    try:
        if wish in {"up", "down"}:
            move_view(view, by=by, towards=wish)  # type: ignore[arg-type]
        elif wish == "delete":
            delete_view(view, by=by)
        else:
            change_view(view, name=request.POST.get("name"), audience=request.POST.get("audience"), by=by)
    except Invalid as problem:
        return _page(request, problem)
    return redirect("saved_views")


def _page(request: StaffRequest, problem: Problem | None = None) -> HttpResponse:
    person = request.user
    views = list(saved_views_for(person).select_related("team", "person"))
    shown = [_shown(view, person) for view in views]
    labels = dict.fromkeys(_who(view) for view in views)
    found = [
        {"label": label, "views": [each for view, each in zip(views, shown, strict=True) if _who(view) == label]}
        for label in labels
    ]
    context = {"groups": found, "audiences": audiences(person), "problem": problem}
    return render(request, "tickets/saved_views.html", context, status=problem.status if problem else 200)


def _shown(view: SavedView, person: Person) -> dict[str, Any]:
    listing = Listing.of(view.view, view.parameters)
    return {
        "key": view.pk,
        "name": view.name,
        "url": reverse("queue", args=[view.slug]),
        "base": listing.view.label,
        "narrowed": [f"{chip['label']}: {chip['value']}" for chip in chips(listing, person)],
        "audience": view.audience,
        "by": "" if view.audience == "private" else view.person.name,
        "may": may_change(person, view),
    }


def _who(view: SavedView) -> str:
    if view.everyone:
        return _("Everyone’s views")
    return view.team.name if view.team else _("My views")
