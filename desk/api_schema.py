"""How a call of the API is described: by its types, its docstring, and the problems that it may answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import Direction, OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from pydantic import BaseModel
from pydantic.json_schema import DefsRef, GenerateJsonSchema

from desk.api import Asked, Malformed, ProblemTold, Query, Told
from desk.middleware import TooLarge
from desk.once import KeyReused, StillRunning
from desk.problems import Invalid, NotAllowed, NotFound, Problem, TooMany

Call = TypeVar("Call", bound=Callable[..., Any])
PROBLEM = "application/problem+json"
TEXT = "text/plain"


@dataclass(frozen=True, slots=True)
class Text:
    """A body in plain text, by example: a format that has its own specification."""

    example: str

    def examples(self) -> list[OpenApiExample]:
        return [OpenApiExample("text", value=self.example, media_type=TEXT)]


@dataclass(frozen=True, slots=True)
class File:
    """An answer that is a file of this media type."""

    media_type: str


class Unauthenticated(Problem):
    code, status, title = "unauthenticated", 401, "A token is needed"
    detail = "Authentication credentials were not provided."


class UnsupportedMedia(Problem):
    code, status, title = "unsupported_media_type", 415, "Send JSON"
    detail = 'Unsupported media type "text/plain" in request.'


_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="Of your choosing, 1 to 255 printable characters. The same key with the same body gets the same answer "
    "for 24 hours, however often it is sent.",
)
_REPLAYED = OpenApiParameter(
    "Idempotent-Replayed",
    str,
    OpenApiParameter.HEADER,
    response=True,
    enum=["true"],
    description="The answer to an earlier request with this Idempotency-Key.",
)


_always: list[Problem | type[Problem]] = [Unauthenticated, NotAllowed, TooMany]


def every_call_refuses(problem: Problem) -> None:
    """Register, by example, what any call may answer, before calls are described."""
    _always.append(problem)


def described(
    summary: str,
    *,
    tag: str,
    tells: Mapping[int, type[Told] | Text | File | None],
    asks: type[Asked] | Text | None = None,
    wants: type[Query] | None = None,
    refuses: Sequence[Problem | type[Problem]] = (),
    once: bool = False,
    found: bool = False,
) -> Callable[[Call], Call]:
    """Describe one method of a view; its docstring is the description.

    `refuses` are the problems of the case, by example; those that every such call may answer are added. `once`: it
    takes an Idempotency-Key. `found`: its address names something that may not exist, or not for this caller.
    """
    problems: list[Problem | type[Problem]] = [*_always, *refuses]
    if found:
        problems.append(NotFound)
    if isinstance(asks, Text):
        problems += [Malformed, TooLarge]
    elif asks is not None:
        problems += [
            Malformed,
            Invalid("body: Field required.", errors={"body": ["Field required"]}),
            TooLarge,
            UnsupportedMedia,
        ]
    if wants is not None:
        problems.append(
            Invalid("page_size: Input should be a valid integer.", errors={"page_size": ["Input should be …"]})
        )
    if once:
        problems += [KeyReused, StillRunning, Invalid, TooLarge]
    answers: dict[Any, Any] = {}
    for status, told in tells.items():
        if isinstance(told, Text):
            answers[status, TEXT] = OpenApiResponse(
                OpenApiTypes.STR, description=_STATUS.get(status, ""), examples=told.examples()
            )
        elif isinstance(told, File):
            answers[status, told.media_type] = OpenApiResponse(OpenApiTypes.BINARY, description=_STATUS.get(status, ""))
        else:
            answers[status] = OpenApiResponse(told, description=_STATUS.get(status, ""))
    for status in sorted({problem.status for problem in problems}):
        answers[status, PROBLEM] = _answer([_instance(problem) for problem in problems if problem.status == status])
    parameters: list[Any] = [*([wants] if wants else []), *([_KEY, _REPLAYED] if once else [])]
    return extend_schema(
        operation_id=re.sub(r"[^a-z0-9]+", "_", summary.lower()),
        summary=summary,
        tags=[tag],
        request={TEXT: OpenApiTypes.STR} if isinstance(asks, Text) else asks,
        examples=[OpenApiExample("text", value=asks.example, media_type=TEXT, request_only=True)]
        if isinstance(asks, Text)
        else None,
        responses=answers,
        parameters=parameters,
    )


_STATUS = {200: "Done.", 201: "Made.", 202: "Taken down; it will be done.", 204: "Done; nothing to say."}


def _instance(problem: Problem | type[Problem]) -> Problem:
    return problem if isinstance(problem, Problem) else problem()


def _answer(problems: Sequence[Problem]) -> OpenApiResponse:
    by_code = {problem.code: problem for problem in problems}
    return OpenApiResponse(
        ProblemTold,
        description="; ".join(f"`{code}`: {problem.title}" for code, problem in by_code.items()),
        examples=[
            OpenApiExample(code, value=problem.as_json(), media_type=PROBLEM) for code, problem in by_code.items()
        ],
    )


class _Plain(GenerateJsonSchema):
    """JSON Schema under our short names, without titles that only repeat them."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def get_defs_ref(self, core_mode_ref: Any) -> DefsRef:
        """`conversations.drafting.models.Flag.Kind:94` becomes FlagKind, `….TicketTold:95` Ticket."""
        words = core_mode_ref[0].rpartition(":")[0].split(".")
        ref = DefsRef("".join(word for word in words if word[:1].isupper()).removesuffix("Told"))
        self._prioritized_defsref_choices[ref] = [ref]
        return ref


class ModelSchema(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """Schemas of our typed requests and answers: what is read as it is checked, what is said as it is said."""

    target_class = "pydantic.BaseModel"
    match_subclasses = True
    priority = 1

    target: type[BaseModel]

    def get_name(self, auto_schema: AutoSchema, direction: Direction) -> str:
        return self.target.__name__.removesuffix("Told")

    def get_identity(self, auto_schema: AutoSchema, direction: Direction) -> str:
        return self.get_name(auto_schema, direction)

    def map_serializer(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
        schema = self.target.model_json_schema(
            ref_template="#/components/schemas/{model}",
            schema_generator=_Plain,
            mode="serialization" if issubclass(self.target, Told) else "validation",
        )
        for name, part in schema.pop("$defs", {}).items():
            component = ResolvedComponent(  # type: ignore[no-untyped-call]
                name=name, type=ResolvedComponent.SCHEMA, object=name, schema=_untitled(part)
            )
            auto_schema.registry.register_on_missing(component)
            if auto_schema.registry[component].schema != component.schema:
                raise ValueError(f"two shapes of the API are called {name}")
        if issubclass(self.target, Query):
            schema["properties"] = {name: _left_out(part) for name, part in schema["properties"].items()}
        return _untitled(schema)


def _untitled(schema: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key != "title"}


def _left_out(parameter: dict[str, Any]) -> dict[str, Any]:
    """A parameter that may be left out: in an address there is no null."""
    if "anyOf" not in parameter:
        return parameter
    rest = {key: value for key, value in parameter.items() if key not in {"anyOf", "default"}}
    kinds = [each for each in parameter["anyOf"] if each != {"type": "null"}]
    return rest | (kinds[0] if len(kinds) == 1 else {"anyOf": kinds})
