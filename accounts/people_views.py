"""The people of the staff: which languages they read, and what becomes of those who leave."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.actions import change_person, erase_person, set_languages
from accounts.doors import StaffRequest, actor, staff
from accounts.languages import READABLE, name_of_language
from accounts.models import Person, Role
from accounts.rights import Right, person_has
from desk.problems import Invalid, NotAllowed, NotFound, Problem


def language_choices(person: Person) -> list[dict[str, Any]]:
    """What can be ticked, those of the person's own first."""
    choices = [{"code": code, "name": name_of_language(code), "checked": code in person.languages} for code in READABLE]
    return sorted(choices, key=lambda choice: not choice["checked"])


@require_POST
@staff()
def own_languages(request: StaffRequest) -> HttpResponse:
    """What a person reads, by themselves."""
    set_languages(request.user, request.POST.getlist("languages"), by=actor(request))
    messages.success(request, _("The languages that you read are kept."))
    return redirect("accounts:preferences")


@require_GET
@staff(Role.ADMIN, Role.SUPERVISOR, Role.AUDITOR)
def people(request: StaffRequest) -> HttpResponse:
    """Everybody, what they may do and what they read."""
    return _people(request)


@require_POST
@staff(Role.ADMIN)
def languages_of(request: StaffRequest, person_id: UUID) -> HttpResponse:
    found = _person(person_id)
    set_languages(found, request.POST.getlist("languages"), by=actor(request))
    messages.success(request, _("The languages that %(name)s reads are kept.") % {"name": found.name})
    return redirect("accounts:people")


@require_POST
@staff(Role.ADMIN)
def access_of(request: StaffRequest, person_id: UUID) -> HttpResponse:
    """End somebody's access, at once and on open pages, too; or give it back."""
    found = _person(person_id)
    if found.pk == request.user.pk or found.erased_at:
        raise NotAllowed(_("Nobody ends their own access, and who was erased has none."))
    active = request.POST.get("active") == "yes"
    change_person(found, active=active, by=actor(request))
    told = _("%(name)s can sign in again.") if active else _("%(name)s cannot sign in any more.")
    messages.success(request, told % {"name": found.name})
    return redirect("accounts:people")


@require_POST
@staff(Role.ADMIN)
def erase(request: StaffRequest, person_id: UUID) -> HttpResponse:
    """Erase who somebody was that has left. Their name has to be typed: nothing brings it back."""
    found = _person(person_id)
    try:
        if " ".join(request.POST.get("name", "").split()) != found.name:
            raise Invalid(
                _("What you typed is not the name. Nothing was erased."),
                errors={"name": [_("type the name as it stands here")]},
            )
        gone = erase_person(found, by=actor(request))
    except Problem as problem:
        return _people(request, problem=problem, about=found)
    messages.success(request, _("Erased. The ledger calls them %(name)s from now on.") % {"name": gone.name})
    return redirect("accounts:people")


def _people(request: StaffRequest, *, problem: Problem | None = None, about: Person | None = None) -> HttpResponse:
    """The page, with what went wrong beside the person whom it is about."""
    found = Person.objects.prefetch_related("memberships__team").order_by("-is_active", "name")
    may_set = person_has(request.user, Right.ADMINISTER)
    told = [
        {
            "person": person,
            "roles": [Role(role).label for role in person.roles],
            "teams": sorted(membership.team.name for membership in person.memberships.all()),
            "reads": [name_of_language(code) for code in person.languages],
            "choices": language_choices(person),
            "may_leave": may_set and person.pk != request.user.pk and not person.erased_at,
            "problem": problem if about is not None and about.pk == person.pk else None,
        }
        for person in found
    ]
    status = problem.status if problem else 200
    return render(request, "accounts/people.html", {"people": told, "may_set": may_set}, status=status)


def _person(person_id: UUID) -> Person:
    found = Person.objects.filter(pk=person_id).first()
    if found is None:
        raise NotFound
    return found
