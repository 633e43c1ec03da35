"""Errors that a person can act on, and how they become a page or problem JSON (RFC 9457); desk.api does it for the API."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Problem(Exception):
    """Something a person or program did cannot be done now; says why, what to do, and loses nothing.

    `code` is a promise to programs, `detail` a sentence to people, `fields` what belongs to the case (who was first,
    the current version, the text that was typed).
    """

    code: str = "problem"
    status: int = 400
    title: str | Promise = _("That did not work")
    detail: str | Promise = _("Please try again.")

    def __init__(self, detail: str | Promise | None = None, /, **fields: Any) -> None:
        self.detail = detail or self.detail
        self.fields = fields
        super().__init__(self.code)

    def as_json(self) -> dict[str, Any]:
        return {
            "type": f"urn:countersign:problem:{self.code}",
            "title": str(self.title),
            "status": self.status,
            "detail": str(self.detail),
            "code": self.code,
            **self.fields,
        }


class NotFound(Problem):
    code, status, title = "not_found", 404, _("There is nothing here")
    detail = _("It does not exist, or it is not yours to see.")


class NotAllowed(Problem):
    code, status, title = "not_allowed", 403, _("Your role does not include this")
    detail = _("Ask an administrator if you need it.")


class Invalid(Problem):
    """Input that is not of the asked form; `errors` maps each field to its sentences."""

    code, status, title = "invalid", 400, _("Some of this is not right")
    detail = _("See the fields below.")


class TooMany(Problem):
    code, status, title = "too_many_requests", 429, _("Too many at once")
    detail = _("Please wait a little and try again.")


class Unavailable(Problem):
    code, status, title = "unavailable", 503, _("The desk cannot do this right now")
    detail = _("Nothing was saved. Please try again in a moment.")


def problem_json(problem: Problem) -> JsonResponse:
    return JsonResponse(problem.as_json(), status=problem.status, content_type="application/problem+json")


def problem_page(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The same problem for a browser; a fragment for htmx, a page otherwise."""
    fragment = bool(getattr(request, "htmx", False))
    if problem.status < 500:
        template = "components/problem.html" if fragment else "problem.html"
        return render(request, template, {"problem": problem}, status=problem.status)
    # Who is signed in stands in the database, which may be what is away: this page asks nobody.
    template = "components/problem.html" if fragment else "error.html"
    typed = request.POST.get("text") or request.POST.get("message") or ""
    return HttpResponse(render_to_string(template, {"problem": problem, "typed": typed}), status=problem.status)
