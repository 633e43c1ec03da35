"""What all of the API shares: errors as problems, cursor pages, and POSTs that act once however often they are sent."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone
from rest_framework import exceptions as rest
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from desk.idempotency import Answer
from desk.problems import Invalid, Problem

ANSWERS_KEPT = timedelta(hours=24)


class Cursor(CursorPagination):
    """`next`, `previous`, `results`; newest first unless the list says otherwise."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering = "-pk"


class KeyReused(Problem):
    code, status, title = "idempotency_key_reused", 422, "This key came with another request before"
    detail = "Use a new Idempotency-Key for a new request."


class StillRunning(Problem):
    code, status, title = "idempotency_in_progress", 409, "The first request with this key is still running"
    detail = "Ask again in a moment with the same key."


def idempotent(view: Callable[..., Response]) -> Callable[..., Response]:
    """A POST method of an API view which acts once for each caller and `Idempotency-Key`.

    The same key and body get the same answer for 24 hours; another body gets 422; while the first runs, 409. An answer
    of 5xx is not kept: the next try acts. So is a first request whose process died: after a minute it counts as gone.
    """

    @wraps(view)
    def once(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key", "")
        if not key:
            return view(self, request, *args, **kwargs)
        if len(key) > 255 or not key.isprintable():
            raise Invalid("An Idempotency-Key has 1 to 255 printable characters.")
        caller = str(request.auth.actor()) if request.auth else "nobody"
        asked = hashlib.sha256(request.method.encode() + b"\0" + request.path.encode() + b"\0" + _body(request)).hexdigest()
        answer, fresh = Answer.objects.get_or_create(caller=caller, key=key, defaults={"request_hash": asked})
        if not fresh:
            if answer.request_hash != asked:
                raise KeyReused
            if answer.status:
                return Response(answer.body, status=answer.status, headers={"Idempotent-Replayed": "true"},
                                content_type="application/problem+json" if answer.status >= 400 else None)
            gone = timezone.now() - timedelta(minutes=1)
            taken = Answer.objects.filter(pk=answer.pk, status=0, created_at__lt=gone).update(created_at=timezone.now())
            if not taken:
                raise StillRunning
        try:
            response = view(self, request, *args, **kwargs)
        except Problem as problem:
            _keep(answer, problem.status, problem.as_json())
            raise
        except BaseException:
            Answer.objects.filter(pk=answer.pk).delete()
            raise
        _keep(answer, response.status_code, response.data)
        return response

    return once


def _body(request: Request) -> bytes:
    return bytes(request.body)


def _keep(answer: Answer, status: int, body: Any) -> None:
    if status >= 500:
        Answer.objects.filter(pk=answer.pk).delete()
    else:
        Answer.objects.filter(pk=answer.pk).update(status=status, body=body)


def forget_answers() -> int:
    """Delete answers that are over a day old; the clock calls this."""
    return Answer.objects.filter(created_at__lt=timezone.now() - ANSWERS_KEPT).delete()[0]


_OF_REST: dict[type[Exception], tuple[str, str]] = {
    rest.ParseError: ("malformed", "The request is not well-formed"),
    rest.AuthenticationFailed: ("unauthenticated", "The token is not valid"),
    rest.NotAuthenticated: ("unauthenticated", "A token is needed"),
    rest.PermissionDenied: ("not_allowed", "This token does not allow that"),
    rest.NotFound: ("not_found", "There is nothing here"),
    rest.MethodNotAllowed: ("method_not_allowed", "This address does not take that method"),
    rest.NotAcceptable: ("not_acceptable", "Only JSON is spoken here"),
    rest.UnsupportedMediaType: ("unsupported_media_type", "Send JSON"),
    rest.Throttled: ("too_many_requests", "Too many at once"),
}


def api_exception(error: Exception, context: dict[str, Any]) -> Response | None:
    """Django REST framework's exception handler: every error leaves as a problem."""
    if isinstance(error, Problem):
        return _response(error.as_json(), error.status)
    if isinstance(error, Http404):
        error = rest.NotFound()
    elif isinstance(error, PermissionDenied):
        error = rest.PermissionDenied()
    if isinstance(error, rest.ValidationError):
        return _response(Invalid(errors=error.detail).as_json(), 400)
    if isinstance(error, rest.APIException):
        code, title = _OF_REST.get(type(error), ("problem", "That did not work"))
        body = {
            "type": f"urn:countersign:problem:{code}",
            "title": title,
            "status": error.status_code,
            "detail": str(error.detail),
            "code": code,
        }
        headers = {}
        if header := getattr(error, "auth_header", None):
            headers["WWW-Authenticate"] = header
        if wait := getattr(error, "wait", None):
            headers["Retry-After"] = str(int(wait) + 1)
        return _response(body, error.status_code, headers)
    return None


def _response(body: dict[str, Any], status: int, headers: dict[str, str] | None = None) -> Response:
    return Response(body, status=status, headers=headers, content_type="application/problem+json")
