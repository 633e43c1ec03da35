"""Versions of the model settings: which is active for whom, how a new one differs, and how it gets there."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import StaffRequest, actor, staff
from accounts.models import Role, Team
from accounts.rights import Right, person_has
from conversations.drafting.actions import (
    activate,
    ask_activation,
    change_version,
    decline_activation,
    discard_version,
    make_version,
    roll_back,
)
from conversations.drafting.actions.activations import WAITS, others
from conversations.drafting.model_settings import Activation, ModelSettings
from conversations.drafting.queries import overtaken_drafts
from conversations.oversight.model_forms import VersionForm, blame, filled_in
from conversations.oversight.model_queries import differences, in_use, running_for, told, version_of
from desk.api import BIGGEST
from desk.problems import Invalid, NotFound, Problem

READERS = (Role.ADMIN, Role.SUPERVISOR, Role.AUDITOR)
PAGE = 50


@require_GET
@staff(*READERS)
def overview(request: StaffRequest) -> HttpResponse:
    """What is active for whom, what waits for a second person, and every version."""
    versions = ModelSettings.objects.select_related("made_by").order_by("-pk")[:PAGE]
    return render(
        request,
        "oversight/models.html",
        {
            **in_use(),
            "versions": versions,
            "asked": Activation.objects.filter(state="asked").select_related("settings", "team", "asked_by"),
            "waiting": overtaken_drafts().count(),
            "may_set": person_has(request.user, Right.ADMINISTER),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff(Role.ADMIN)
def new(request: StaffRequest) -> HttpResponse:
    """Begin a version from another, or from what the environment gives."""
    key = request.GET.get("from", "")
    base = version_of(int(key)) if key.isascii() and key.isdecimal() and len(key) < 19 else None
    first = {**filled_in(base, model=settings.ENV.openai_model), "name": "", "reason": ""}
    form = VersionForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            made = make_version(form.wish(), made_from=base, by=actor(request))
        except Invalid as problem:
            blame(form, problem)
        else:
            return redirect("model_version", made.pk)
    return _form(request, form, base=base, version=None)


@require_http_methods(["GET", "HEAD", "POST"])
@staff(Role.ADMIN)
def change(request: StaffRequest, key: int) -> HttpResponse:
    """Change a draft of a version."""
    version = version_of(key)
    form = VersionForm(request.POST or None, initial=filled_in(version, model=""))
    if request.method == "POST" and form.is_valid():
        try:
            change_version(version, form.wish(), by=actor(request))
        except Invalid as problem:
            blame(form, problem)
        else:
            return redirect("model_version", version.pk)
    return _form(request, form, base=version.made_from, version=version)


def _form(
    request: StaffRequest, form: VersionForm, *, base: ModelSettings | None, version: ModelSettings | None
) -> HttpResponse:
    status = 400 if form.is_bound and form.errors else 200
    return render(request, "oversight/model_form.html", {"form": form, "base": base, "version": version}, status=status)


@require_GET
@staff(*READERS)
def one(request: StaffRequest, key: int) -> HttpResponse:
    return show(request, version_of(key))


def show(request: StaffRequest, version: ModelSettings, *, problem: Problem | None = None) -> HttpResponse:
    """A version beside the one that runs, its evaluations, and what may be done with it."""
    running = running_for(None)
    person = request.user
    asked = list(version.activations.filter(state="asked").select_related("team", "asked_by"))
    context: dict[str, Any] = {
        "version": version,
        "running": running,
        "fields": told(version),
        "differences": differences(running, version) if running != version else [],
        "evaluated": version.evaluations.filter(state="done").exists(),
        "evaluations": version.evaluations.select_related("person").order_by("-pk")[:10],
        "activations": version.activations.exclude(state="asked")
        .select_related("team", "asked_by", "decided_by")
        .order_by("-pk")[:20],
        "asked": asked,
        "alone": not others(person.pk),
        "may_at": {each.pk: each.asked_at + WAITS for each in asked},
        "at_once": settings.DEMO,
        "teams": Team.objects.order_by("name"),
        "may_set": person_has(person, Right.ADMINISTER),
        "problem": problem,
        "typed": request.POST,
    }
    return render(request, "oversight/model_version.html", context, status=problem.status if problem else 200)


@require_POST
@staff(Role.ADMIN)
def discard(request: StaffRequest, key: int) -> HttpResponse:
    version = version_of(key)
    try:
        discard_version(version, by=actor(request))
    except Problem as problem:
        return show(request, version, problem=problem)
    return redirect("models")


@require_POST
@staff(Role.ADMIN)
def ask(request: StaffRequest, key: int) -> HttpResponse:
    """Ask a second administrator to make it active; what was typed comes back when something is missing."""
    version, team = version_of(key), None
    wanted = request.POST.get("team", "")
    if wanted:
        team = Team.objects.filter(pk=int(wanted)).first() if wanted.isascii() and wanted.isdecimal() else None
        if team is None:
            return show(request, version, problem=Invalid(_("There is no such team.")))
    try:
        ask_activation(version, team=team, reason=request.POST.get("reason", ""), by=actor(request))
    except Problem as problem:
        return show(request, version, problem=problem)
    messages.success(request, _("Asked for. A second administrator can make it active now."))
    return redirect("model_version", version.pk)


@require_POST
@staff(Role.ADMIN)
def confirm(request: StaffRequest, key: int) -> HttpResponse:
    asked = _activation(key)
    try:
        activate(asked, by=actor(request))
    except Problem as problem:
        return show(request, asked.settings, problem=problem)
    messages.success(request, _("It is active. Drafts that wait are made anew."))
    return redirect("models")


@require_POST
@staff(Role.ADMIN)
def decline(request: StaffRequest, key: int) -> HttpResponse:
    asked = _activation(key)
    try:
        decline_activation(asked, by=actor(request))
    except Problem as problem:
        return show(request, asked.settings, problem=problem)
    return redirect("model_version", asked.settings_id)


@require_POST
@staff(Role.ADMIN)
def take_back(request: StaffRequest, key: int) -> HttpResponse:
    """What held before holds again."""
    running = _activation(key)
    try:
        roll_back(running, by=actor(request))
    except Problem as problem:
        return show(request, running.settings, problem=problem)
    messages.success(request, _("Taken back. Drafts that wait are made anew."))
    return redirect("models")


def _activation(key: int) -> Activation:
    found = Activation.objects.select_related("settings").filter(pk=key).first() if key <= BIGGEST else None
    if found is None:
        raise NotFound
    return found
