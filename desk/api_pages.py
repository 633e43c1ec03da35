"""The description of the API, and a page rendered from it here: viewers in JavaScript break our CSP."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

METHODS = ("get", "post", "patch", "delete")
TEXT = "text/plain"
_REF = "#/components/schemas/"
_CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True, slots=True)
class Field:
    """One field or parameter, as a row."""

    name: str
    type: SafeString
    words: SafeString
    required: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """One problem that a call may answer."""

    status: str
    code: str
    title: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One call. `answers` are statuses, each with the shape of its answer."""

    anchor: str
    method: str
    path: str
    summary: str
    words: list[SafeString]
    scopes: list[str]
    parameters: list[Field]
    asks: list[Field]
    examples: list[str]
    answers: list[tuple[str, SafeString]]
    refusals: list[Refusal]


@dataclass(frozen=True, slots=True)
class Shape:
    """One object or list of words that calls speak of."""

    name: str
    words: SafeString
    fields: list[Field]
    values: list[str]


@dataclass(slots=True)
class Group:
    name: str
    words: SafeString
    operations: list[Operation] = field(default_factory=list)


@cache
def description() -> dict[str, Any]:
    """The OpenAPI description of every call; it is the same for everybody and for as long as the process lives."""
    from drf_spectacular.generators import SchemaGenerator

    with translation.override("en"):
        found = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
        return dict(json.loads(json.dumps(found)))


@require_safe
@cache_control(max_age=300)
def schema(request: HttpRequest) -> HttpResponse:
    """OpenAPI 3.1, as JSON, for anybody."""
    return HttpResponse(_text(), content_type="application/json")


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Every call with its fields, an example and its refusals."""
    shown = {
        "groups": _groups(),
        "shapes": _shapes(),
        "scopes": _scopes(),
        "host": request.build_absolute_uri("/").rstrip("/"),
    }
    return render(request, "api/docs.html", shown)


@cache
def _text() -> bytes:
    return json.dumps(description()).encode()


@cache
def _groups() -> list[Group]:
    groups = {tag["name"]: Group(tag["name"], _words(tag["description"])) for tag in description()["tags"]}
    for path, item in description()["paths"].items():
        for method in METHODS:
            if operation := item.get(method):
                groups[operation["tags"][0]].operations.append(_operation(path, method, operation))
    return list(groups.values())


@cache
def _shapes() -> list[Shape]:
    return [
        Shape(name, _words(shape.get("description", "")), _fields(shape), [str(each) for each in shape.get("enum", [])])
        for name, shape in sorted(description()["components"]["schemas"].items())
    ]


@cache
def _scopes() -> list[str]:
    return sorted({scope for group in _groups() for operation in group.operations for scope in operation.scopes})


def _operation(path: str, method: str, found: dict[str, Any]) -> Operation:
    sent = found.get("requestBody", {}).get("content", {})
    asks = _resolved(sent.get("application/json", {}).get("schema", {}))
    answers, refusals = [], []
    for status, answer in found["responses"].items():
        content = answer.get("content", {})
        examples = content.get("application/problem+json", {}).get("examples", {}).values()
        refusals += [Refusal(status, each["value"]["code"], each["value"]["title"]) for each in examples]
        if status < "400":
            shape = (content.get("application/json") or content.get(TEXT) or {}).get("schema")
            answers.append((status, _type(shape) if shape else SafeString()))
    parameters = [
        _field(each["name"], each["schema"] | {"description": each.get("description", "")}, required="required" in each)
        for each in found.get("parameters", [])
    ]
    return Operation(
        anchor=found["operationId"],
        method=method.upper(),
        path=path,
        summary=found["summary"],
        words=[_words(part) for part in found.get("description", "").split("\n\n") if part],
        scopes=[scope for each in found.get("security", []) for scope in each.get("token", [])],
        parameters=parameters,
        asks=_fields(asks),
        examples=[
            *(json.dumps(each, indent=2, ensure_ascii=False) for each in asks.get("examples", [])),
            *(each["value"] for each in sent.get(TEXT, {}).get("examples", {}).values()),
        ],
        answers=answers,
        refusals=refusals,
    )


def _fields(shape: dict[str, Any]) -> list[Field]:
    required = shape.get("required", [])
    return [_field(name, part, required=name in required) for name, part in shape.get("properties", {}).items()]


def _field(name: str, part: dict[str, Any], *, required: bool) -> Field:
    return Field(name, _type(part), _words(part.get("description", "")), required)


def _type(part: dict[str, Any]) -> SafeString:
    """A type in a few words: `integer`, `in, out or note`, `list of Flag`; names of shapes lead to them."""
    if ref := part.get("$ref"):
        name = str(ref).removeprefix(_REF)
        return format_html('<a href="#shape-{}">{}</a>', name, name)
    if one_of := part.get("enum"):
        return format_html_join(" | ", "{}", ((each,) for each in one_of))
    if any_of := part.get("anyOf"):
        return format_html_join(" or ", "{}", ((_type(each),) for each in any_of))
    if part.get("type") == "array":
        return format_html("list of {}", _type(part.get("items", {})))
    return escape(part.get("const") or part.get("format") or part.get("type") or "anything")


def _resolved(part: dict[str, Any]) -> dict[str, Any]:
    ref = part.get("$ref")
    return dict(description()["components"]["schemas"][ref.removeprefix(_REF)]) if ref else part


def _words(text: str) -> SafeString:
    """Words of ours as HTML, what stands in backticks as code."""
    return mark_safe(_CODE.sub(r"<code>\1</code>", escape(text)))  # noqa: S308 - escaped
