"""Which languages people read: each says it for themselves, administrators for everybody."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.actions import set_languages
from accounts.doors import StaffRequest, actor, staff
from accounts.languages import READABLE, name_of_language
from accounts.models import Person, Role
from accounts.rights import Right, person_has
from desk.problems import NotFound


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
    found = Person.objects.prefetch_related("memberships__team").order_by("-is_active", "name")
    return render(
        request,
        "accounts/people.html",
        {
            "people": [
                {
                    "person": person,
                    "roles": [Role(role).label for role in person.roles],
                    "teams": sorted(membership.team.name for membership in person.memberships.all()),
                    "reads": [name_of_language(code) for code in person.languages],
                    "choices": language_choices(person),
                }
                for person in found
            ],
            "may_set": person_has(request.user, Right.ADMINISTER),
        },
    )


@require_POST
@staff(Role.ADMIN)
def languages_of(request: StaffRequest, person_id: UUID) -> HttpResponse:
    found = Person.objects.filter(pk=person_id).first()
    if found is None:
        raise NotFound
    set_languages(found, request.POST.getlist("languages"), by=actor(request))
    messages.success(request, _("The languages that %(name)s reads are kept.") % {"name": found.name})
    return redirect("accounts:people")
