"""What every page's frame needs: who is here, where they may go, and that this is a demo."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Person, Role


def frame(request: HttpRequest) -> dict[str, Any]:
    person = getattr(request, "user", None)
    return {
        "demo": settings.DEMO,
        "mail_url": reverse("caught_mails") if settings.DEMO else "",
        "organisation": settings.ENV.organisation,
        "account_links": _own(person) if isinstance(person, Person) else [],
        "nav": _places(person, request.path) if isinstance(person, Person) else [],
    }


def _own(person: Person) -> list[dict[str, Any]]:
    """What a person settles for themselves."""
    links = [
        {"label": _("Preferences"), "url": "/settings/preferences/", "icon": "list-check"},
        {"label": _("API tokens"), "url": "/settings/tokens/", "icon": "key"},
    ]
    if person.has_role(Role.AGENT, Role.SUPERVISOR, Role.ADMIN):
        links.insert(1, {"label": _("Macros"), "url": "/settings/macros/", "icon": "note"})
    if person.has_role(Role.SUPERVISOR, Role.ADMIN):
        links.append({"label": _("Privacy requests"), "url": "/privacy/requests/", "icon": "lock"})
    return links


def _places(person: Person, path: str) -> list[dict[str, Any]]:
    places = [{"label": _("Desk"), "url": "/queue/", "here": path.startswith(("/queue", "/tickets"))}]
    if person.has_role(Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR):
        places.append({"label": _("Ledger"), "url": "/ledger/", "here": path.startswith("/ledger")})
    if person.has_role(Role.ADMIN, Role.SUPERVISOR, Role.AUDITOR):
        places.append({"label": _("Settings"), "url": "/settings/", "here": path.startswith("/settings")})
    return places
