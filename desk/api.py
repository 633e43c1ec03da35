"""What all of the API shares: typed requests and answers, cursor pages, and errors as problems."""

from __future__ import annotations

import re
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, UnreadablePostError
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from rest_framework import exceptions as rest
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from desk.middleware import TooLarge
from desk.problems import Invalid, NotFound, Problem

MOST_ROWS = 200
BIGGEST = 2**63 - 1

A = TypeVar("A", bound="Asked")
W = TypeVar("W", bound="Query")

# The escape for NUL, unless its backslash is itself escaped. No text of anybody needs it, and PostgreSQL keeps none.
_NULL = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")


class Asked(BaseModel):
    """The JSON body of a request. Types are taken at their word: "3" is no number. Unknown fields are left alone."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore", populate_by_name=True)


class Query(BaseModel):
    """What stands behind the question mark of an address."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Wanted(Query):
    """What a list is asked for in its address; `cursor` comes from the `next` or `previous` of a page."""

    cursor: str = Field(default="", description="From `next` or `previous` of a page.")
    page_size: int = Field(default=50, ge=1, le=MOST_ROWS, description="How many at once.")


class Told(BaseModel):
    """The JSON of an answer."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    def as_json(self) -> dict[str, Any]:
        return self.model_dump(mode="json", by_alias=True)


class Malformed(Problem):
    code, status, title = "malformed", 400, "The request is not well-formed"
    detail = "Send JSON in UTF-8."


def asked(request: Request, form: type[A]) -> A:
    """The body of a request as `form`. Raises Invalid with a sentence for each field, Malformed, TooLarge, or 415."""
    body = body_of(request)
    if body:
        kind = request.META.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
        if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
            raise rest.UnsupportedMediaType(kind or "nothing named")
    else:
        body = b"{}"
    try:
        return form.model_validate_json(_NULL.sub(rb"\1", body))
    except ValidationError as error:
        raise _wrong(error) from None


def wanted(request: Request, form: type[W]) -> W:
    """The query of a request as `form`; of a field that is there twice, the last one counts."""
    try:
        return form.model_validate(
            {name: value.replace("\0", "") for name, value in request.query_params.dict().items()}
        )
    except ValidationError as error:
        raise _wrong(error) from None


def body_of(request: Request) -> bytes:
    """The body as it was sent, whether its length was announced or not. Raises TooLarge above 2 MB.

    A view of which a larger body is expected says so in `largest_body` (bytes), and which problem a still larger one is in
    `too_large`.
    """
    view = (request.parser_context or {}).get("view")
    most = getattr(view, "largest_body", settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    too_large: type[Problem] = getattr(view, "too_large", TooLarge)
    try:
        # Not `request.data`: the framework takes a chunked body, which announces no length, for an empty one.
        # By its stream and not by `body`, which has one limit for all.
        asked_for = request._request  # noqa: SLF001
        if (body := getattr(asked_for, "_body", None)) is None:
            body = asked_for._body = asked_for.read(most + 1)  # noqa: SLF001
    except UnreadablePostError:
        raise Malformed("The body ended before its end.") from None
    if len(body) > most:
        raise too_large
    return bytes(body)


def _wrong(error: ValidationError) -> Problem:
    errors: dict[str, list[str]] = {}
    for fault in error.errors(include_url=False, include_context=False, include_input=False):
        if fault["type"] == "json_invalid":
            return Malformed(f"{fault['msg']}. {Malformed.detail}")
        errors.setdefault(".".join(str(part) for part in fault["loc"]) or "body", []).append(fault["msg"])
    first, sentences = next(iter(errors.items()))
    return Invalid(f"{first}: {sentences[0]}.", errors=errors)


class Cursor(CursorPagination):
    """Pages by key and not by number, so that a row which arrives or goes meanwhile moves none of the others."""

    def __init__(self, ordering: str, size: int) -> None:
        self.ordering, self.page_size = ordering, size

    def decode_cursor(self, request: Request) -> Any:
        if not request.query_params.get(self.cursor_query_param):
            return None
        try:
            found = super().decode_cursor(request)
        except rest.NotFound:
            found = None
        if found is None or not (found.position is None or _is_key(str(found.position))):
            raise Invalid("The cursor is none that a page gave out.", errors={"cursor": ["is not valid"]})
        return found


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdecimal() and int(text[:20]) <= BIGGEST


def page(
    request: Request, rows: QuerySet[Any], *, size: int, ordering: str = "-pk"
) -> tuple[list[Any], dict[str, str | None]]:
    """The asked page of rows in the order of a unique whole number, and where its neighbours are."""
    cursor = Cursor(ordering, size)
    found = cursor.paginate_queryset(rows, request) or []
    return list(found), {"next": cursor.get_next_link(), "previous": cursor.get_previous_link()}


class OnlyJson(BaseContentNegotiation):
    """The API speaks JSON, whatever is asked for (RFC 9110 §12.4.1 allows that); an error is never a 406."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class ProblemTold(Told):
    """An error (RFC 9457): `code` is a promise to programs, `detail` a sentence for people; more fields may follow."""

    model_config = ConfigDict(extra="allow")
    type: str
    title: str
    status: int
    detail: str
    code: str


_OF_REST: dict[type[Exception], tuple[str, str]] = {
    rest.ParseError: ("malformed", "The request is not well-formed"),
    rest.AuthenticationFailed: ("unauthenticated", "The token is not valid"),
    rest.NotAuthenticated: ("unauthenticated", "A token is needed"),
    rest.PermissionDenied: ("not_allowed", "This token does not allow that"),
    rest.MethodNotAllowed: ("method_not_allowed", "This address does not take that method"),
    rest.UnsupportedMediaType: ("unsupported_media_type", "Send JSON"),
    rest.Throttled: ("too_many_requests", "Too many at once"),
}


def api_exception(error: Exception, context: dict[str, Any]) -> Response | None:
    """Django REST framework's exception handler: every error leaves as a problem."""
    if isinstance(error, Problem):
        return problem_response(error.status, error.as_json())
    if isinstance(error, Http404 | rest.NotFound):
        return problem_response(404, NotFound().as_json())
    if isinstance(error, PermissionDenied):
        error = rest.PermissionDenied()
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
        return problem_response(error.status_code, body, headers)
    return None


def problem_response(status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    return Response(body, status=status, headers=headers, content_type="application/problem+json")
