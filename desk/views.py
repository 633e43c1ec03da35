"""Pages of the frame itself: health, metrics, and the pages for errors."""

from __future__ import annotations

import hmac

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from desk import health
from desk.middleware import TooLarge, client_address
from desk.problems import NotAllowed, NotFound, Problem, problem_json, problem_page


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """The desk can work: 200, also when only something that is not vital is missing; else 503. Each part is named."""
    parts = health.parts()
    verdict = health.verdict(parts)
    return JsonResponse({"status": verdict, "parts": parts}, status=503 if verdict == "unavailable" else 200)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text; for loopback, or with the metrics token."""
    token = settings.ENV.metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    named = bool(token) and hmac.compare_digest(given.encode(), token.encode())
    if not named and not settings.ENV.is_loopback(client_address(request)):
        return HttpResponse(status=404)
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)


class FormExpired(Problem):
    code, status, title = "form_expired", 403, _("This page has been open too long")
    detail = _("Go back, load the page again and repeat what you did. Nothing was changed.")


class Failed(Problem):
    code, status, title = "failed", 500, _("Something went wrong on our side")
    detail = _("It was written down and will be looked at. Please try again in a moment.")


class BadRequest(Problem):
    code, status, title = "malformed", 400, _("The request could not be read")
    detail = _("Please go back and try again.")


def _answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    return problem_json(problem) if request.path.startswith("/api/") else problem_page(request, problem)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _answer(request, FormExpired())


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    # A form is read, and found too large, before any view is reached.
    too_large = isinstance(exception, RequestDataTooBig | TooManyFieldsSent)
    return _answer(request, TooLarge() if too_large else BadRequest())


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, NotAllowed())


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, NotFound())


def failed(request: HttpRequest) -> HttpResponse:
    return _answer(request, Failed())
