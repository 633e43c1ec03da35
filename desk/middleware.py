"""What every request passes: an id and a log line, loopback only in the demo, problems turned into pages."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable
from ipaddress import ip_address, ip_network

import structlog
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from prometheus_client import Histogram

from desk.problems import Problem, Unavailable, problem_json, problem_page
from desk.uploads import LARGEST_BODY

Next = Callable[[HttpRequest], HttpResponse]
log = structlog.get_logger(__name__)
seconds = Histogram("countersign_request_seconds", "Time to answer", ["method", "status"])
_ID = re.compile(r"^[A-Za-z0-9._-]{8,64}$")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"})


class TooLarge(Problem):
    code, status, title = "too_large", 413, _("That is too large")
    detail = _("A request may hold at most 2 MB. Please shorten the text.")


def client_address(request: HttpRequest) -> str:
    """The peer's address; behind a trusted proxy the last address that this proxy vouches for."""
    peer = str(request.META.get("REMOTE_ADDR") or "")
    trusted = [ip_network(part, strict=False) for part in settings.ENV.trusted_proxies]
    chain = _forwarded(request)
    while chain and _within(peer, trusted):
        peer = chain.pop()
    return peer or "127.0.0.1"


def _forwarded(request: HttpRequest) -> list[str]:
    return [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]


def _within(address: str, networks: list) -> bool:  # type: ignore[type-arg]
    try:
        return any(ip_address(address) in network for network in networks)
    except ValueError:
        return False


class RequestLog:
    """Gives each request an id, logs one line of it (method, route, status, time), and answers with the id."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if _ID.match(given) else uuid.uuid4().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=request_id)
        began = time.perf_counter()
        response = self.get_response(request)
        took = time.perf_counter() - began
        # Whoever asks may call the method anything, and every label is kept for as long as the process lives.
        method = request.method if request.method in _METHODS else "other"
        seconds.labels(method, f"{response.status_code // 100}xx").observe(took)
        route = getattr(request.resolver_match, "route", None)
        if route not in {"health/live", "metrics"} and response.status_code < 500:
            # The route and not the path: a path may hold a customer's secret link.
            log.info("request", method=method, route=route, status=response.status_code, ms=round(took * 1000, 1))
        elif response.status_code >= 500:
            log.error("request", method=method, route=route, status=response.status_code, ms=round(took * 1000, 1))
        response["X-Request-ID"] = request_id
        return response


class LoopbackOnly:
    """With DEMO on everybody knows the passwords: nobody but this machine is answered."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # A proxy on this machine is no reason to answer those behind it, trusted or not.
        asks = [str(request.META.get("REMOTE_ADDR") or ""), *_forwarded(request)]
        if settings.DEMO and not all(settings.ENV.is_loopback(address) for address in asks):
            return HttpResponse("The demo answers this machine only.\n", status=403, content_type="text/plain")
        return self.get_response(request)


class BodyLimit:
    """Nothing larger than files may be together is read; said before a form is taken apart to look for its token."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length[:19]) > LARGEST_BODY:
            problem = TooLarge(
                _("A request may hold at most 64 MB, and the files of a message at most 25 MB together.")
            )
            return problem_json(problem) if request.path.startswith("/api/") else problem_page(request, problem)
        return self.get_response(request)


class ProblemPages:
    """A Problem raised in a view becomes a page with a way out; the database being away becomes a 503 that says so."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        problem: Problem | None = None
        if isinstance(error, Problem):
            problem = error
        elif isinstance(error, RequestDataTooBig | TooManyFieldsSent):
            problem = TooLarge()
        elif isinstance(error, OperationalError | InterfaceError) or (
            isinstance(error, DatabaseError) and "pool" in type(error.__cause__).__name__.lower()
        ):
            log.warning("database_away", error=type(error).__name__)
            problem = Unavailable()
        if problem is None:
            return None
        if request.path.startswith("/api/"):
            return problem_json(problem)
        return problem_page(request, problem)
