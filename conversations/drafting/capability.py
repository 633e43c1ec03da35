"""What form of answer a model can be asked for: a schema, any JSON object, or only words.

Every model is asked for the schema first. One that refuses, or does not keep to it, is asked for less; what worked is
remembered for its address. What it is asked for beyond its API stands in the prompt, in words.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

SCHEMA, OBJECT, TEXT = "schema", "object", "text"
_WEAKER = {SCHEMA: OBJECT, OBJECT: TEXT}


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a model: the form that worked ("" while nobody knows) and parameters that it does not take."""

    form: str = ""
    without: frozenset[str] = frozenset()

    @property
    def asks_for(self) -> str:
        return self.form or SCHEMA


class Memory(Protocol):
    """Where that is kept between calls."""

    def recall(self, model: str) -> Known: ...

    def learn(self, model: str, known: Known) -> None: ...


@dataclass(slots=True)
class OwnMemory:
    """For one process, as long as it runs."""

    kept: dict[str, Known] = field(default_factory=dict)

    def recall(self, model: str) -> Known:
        return self.kept.get(model, Known())

    def learn(self, model: str, known: Known) -> None:
        self.kept[model] = known


def less(known: Known, about: str) -> Known | None:
    """What to try when a model complains of a parameter, or of the form; None when there is nothing less to ask for."""
    if about == "form":
        weaker = _WEAKER.get(known.asks_for)
        return replace(known, form=weaker) if weaker else None
    if about and about not in known.without:
        return replace(known, without=known.without | {about})
    return None


def shaped(body: Mapping[str, Any], known: Known) -> dict[str, Any]:
    """The request as this model takes it."""
    asked = {name: value for name, value in body.items() if name not in known.without}
    wanted = (body.get("response_format") or {}).get("json_schema")
    if wanted is None or known.asks_for == SCHEMA:
        return asked
    asked.pop("response_format")
    if known.asks_for == OBJECT:
        asked["response_format"] = {"type": "json_object"}
    first, *others = body["messages"]
    words = (
        "Answer with one JSON object and nothing else, of this JSON schema:\n"
        f"{json.dumps(wanted['schema'], ensure_ascii=False)}"
    )
    asked["messages"] = [{**first, "content": f"{first['content']}\n\n{words}"}, *others]
    return asked


def keeps_to_it(body: Mapping[str, Any], content: str) -> bool:
    """Whether a model that was asked for JSON gave some."""
    return "response_format" not in body or (
        "{" in content and _is_json(content[content.find("{") : content.rfind("}") + 1])
    )


def _is_json(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
