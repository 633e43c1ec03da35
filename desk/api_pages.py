"""The description of the API, and a page rendered from it here: viewers in JavaScript break our CSP."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

METHODS = ("get", "post", "patch", "delete")
_REF = "#/components/schemas/"


@dataclass(frozen=True, slots=True)
class Field:
    """One field or parameter, as a row."""

    name: str
    type: str
    words: str
    required: bool


@dataclass(frozen=True, slots=True)
class Operation:
    """One call."""

    anchor: str
    method: str
    path: str
    summary: str
    words: list[str]
    scopes: list[str]
    parameters: list[Field]
    asks: list[Field]
    example: str
    answers: list[tuple[str, str, str]]  # status, name of the schema, its anchor
    problems: list[tuple[str, str]]  # status, words


@dataclass(slots=True)
class Group:
    name: str
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
    return render(
        request,
        "api/docs.html",
        {
            "groups": _groups(),
            "shapes": _shapes(),
            "scopes": _scopes(),
            "host": request.build_absolute_uri("/").rstrip("/"),
            "demo": settings.DEMO,
        },
    )


@cache
def _text() -> bytes:
    return json.dumps(description()).encode()


@cache
def _groups() -> list[Group]:
    groups: dict[str, Group] = {}
    for path, item in description()["paths"].items():
        for method in METHODS:
            if operation := item.get(method):
                name = operation["tags"][0]
                groups.setdefault(name, Group(name)).operations.append(_operation(path, method, operation))
    return list(groups.values())


@cache
def _shapes() -> list[tuple[str, str, list[Field], list[str]]]:
    """Name, words, fields and, of a list of words, these."""
    return [
        (name, _first(shape.get("description", "")), _fields(shape), [str(each) for each in shape.get("enum", [])])
        for name, shape in sorted(description()["components"]["schemas"].items())
    ]


def _scopes() -> list[str]:
    return sorted({scope for group in _groups() for operation in group.operations for scope in operation.scopes})


def _operation(path: str, method: str, found: dict[str, Any]) -> Operation:
    body = found.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    asks = _resolved(body)
    examples = asks.get("examples", [])
    answers, problems = [], []
    for status, answer in found["responses"].items():
        if status >= "400":
            problems.append((status, answer["description"]))
        else:
            shape = answer.get("content", {}).get("application/json", {}).get("schema", {}).get("$ref", "")
            answers.append((status, shape.removeprefix(_REF), f"shape-{shape.removeprefix(_REF)}" if shape else ""))
    return Operation(
        anchor=found["operationId"],
        method=method.upper(),
        path=path,
        summary=found["summary"],
        words=[part for part in found.get("description", "").split("\n\n") if part],
        scopes=[scope for each in found.get("security", []) for scope in each.get("token", [])],
        parameters=[
            _field(
                each["name"],
                each["schema"] | {"description": each.get("description", "")},
                required=each.get("required", False),
            )
            for each in found.get("parameters", [])
        ],
        asks=_fields(asks),
        example=json.dumps(examples[0], indent=2, ensure_ascii=False) if examples else "",
        answers=answers,
        problems=problems,
    )


def _fields(shape: dict[str, Any]) -> list[Field]:
    required = shape.get("required", [])
    return [_field(name, part, required=name in required) for name, part in shape.get("properties", {}).items()]


def _field(name: str, part: dict[str, Any], *, required: bool) -> Field:
    return Field(name, _type(part), part.get("description", ""), required)


def _type(part: dict[str, Any]) -> str:
    """A type in a few words: `integer`, `"in" | "out"`, `list of Flag`, `Draft or null`."""
    if ref := part.get("$ref"):
        return str(ref).removeprefix(_REF)
    if one_of := part.get("enum"):
        return " | ".join(str(each) for each in one_of)
    if any_of := part.get("anyOf"):
        return " or ".join(_type(each) for each in any_of)
    if part.get("type") == "array":
        return f"list of {_type(part.get('items', {}))}"
    if "const" in part:
        return str(part["const"])
    return str(part.get("format") or part.get("type") or "anything")


def _resolved(part: dict[str, Any]) -> dict[str, Any]:
    ref = part.get("$ref")
    return dict(description()["components"]["schemas"][ref.removeprefix(_REF)]) if ref else part


def _first(text: str) -> str:
    return text.split("\n\n", maxsplit=1)[0]
