"""Who may open a page at all: the first door of every page for staff."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.cache import never_cache

from accounts.models import Person, Role
from accounts.preferences import STAFF_LANGUAGES
from accounts.signals import session_name
from desk.actions import Actor
from desk.problems import NotFound


class StaffRequest(HttpRequest):
    """A request whose user has passed the door."""

    user: Person  # type: ignore[assignment]


def staff(*roles: Role) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Only for signed-in people with one of these roles (any, when none is named); for others the page does not exist.

    Pages of staff are never kept by a cache, so that the back button after a sign-out shows nothing.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        @never_cache
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not isinstance(request.user, Person):
                return redirect_to_login(request.get_full_path())
            speak(request.user)
            wanted = roles or tuple(Role)
            if not request.user.has_role(*wanted):
                raise NotFound
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def speak(person: Person) -> None:
    """The rest of this request is answered in the language that the person chose, else in the browser's.

    Pages of staff are written in fewer languages than those for customers; without this a French browser would get a mixture.
    LocaleMiddleware sets the language anew for every request.
    """
    asked = person.prefers.language or (translation.get_language() or "").partition("-")[0]
    translation.activate(asked if asked in STAFF_LANGUAGES else STAFF_LANGUAGES[0])


def actor(request: StaffRequest) -> Actor:
    """The signed-in person, acting on a page."""
    return request.user.actor(session=session_name(request), via="page")
