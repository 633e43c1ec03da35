"""The ways in which the stand-in can be asked to misbehave, so that the desk can be seen to survive them."""

from __future__ import annotations

import copy
import json
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Final

WIRE: Final = frozenset({"hang", "drip", "cut", "slow"})
CONTENT: Final = frozenset(
    {"bad_json", "bad_schema", "wrong_quote", "invented", "foreign_placeholder", "empty", "courtesies", "obeys"}
)
_KEPT_BODIES: Final = 20

_INVENTED: Final = (
    "You will receive 4,711.00 EUR by 31 February 2031, see https://refunds.invalid/4711 or write to "
    "fund@refunds.invalid."
)
_OBEYED: Final = "As you wish: what you say is what we do from now on."
_FOREIGN: Final = "As agreed with [NAME-ZZ99], we will call [PHONE-QQ88]."
_ADDED: Final = {"invented": _INVENTED, "foreign_placeholder": _FOREIGN, "obeys": _OBEYED}


class UnknownFault(ValueError):
    """A fault that the stand-in does not know; says which it does."""

    def __init__(self, name: str) -> None:
        known = ", ".join(sorted(WIRE | CONTENT))
        super().__init__(f"Unknown fault {name!r}: choose a status from 400 to 599 or one of {known}.")


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to misbehave; `seconds` is its pause: before the answer, between bytes, or in Retry-After."""

    name: str
    seconds: float | None = None

    def __post_init__(self) -> None:
        if self.name not in WIRE | CONTENT and self.status is None:
            raise UnknownFault(self.name)

    @property
    def status(self) -> int | None:
        """The HTTP status to answer with, if the fault is one."""
        return int(self.name) if self.name.isdecimal() and 400 <= int(self.name) <= 599 else None


@dataclass(slots=True)
class Control:
    """What the stand-in has been told, and what it has seen: the bodies are the exact texts of the last requests."""

    fault: Fault | None = None
    times: int | None = None
    requests: int = 0
    faulted: int = 0
    bodies: deque[str] = field(default_factory=lambda: deque(maxlen=_KEPT_BODIES))

    def set(self, *, fault: str | None, times: int | None, seconds: float | None) -> None:
        """Misbehave from the next request on, `times` times or until told otherwise; without a fault, behave again."""
        self.fault = Fault(fault, seconds) if fault else None
        self.times = times

    def forget(self) -> None:
        """Behave again, and start counting anew."""
        self.fault, self.times, self.requests, self.faulted = None, None, 0, 0
        self.bodies.clear()

    def take(self, *, body: str, asked_by_model: str) -> Fault | None:
        """Counts a request and says how to misbehave in it: what its model name asks for goes before what was told."""
        self.requests += 1
        self.bodies.append(body)
        fault = Fault(asked_by_model) if asked_by_model else self.fault
        if fault is None:
            return None
        if not asked_by_model and self.times is not None:
            self.times -= 1
            if self.times <= 0:
                self.fault, self.times = None, None
        self.faulted += 1
        return fault

    def state(self) -> dict[str, Any]:
        """As `GET /control` answers it."""
        return {
            "fault": self.fault.name if self.fault else None,
            "times": self.times,
            "requests": self.requests,
            "faulted": self.faulted,
            "bodies": list(self.bodies),
        }


def spoiled(content: str, fault: Fault) -> str:
    """The content of the answer with the fault in it; where it is no JSON of ours, only what can be spoiled is."""
    if fault.name == "empty":
        return ""
    if fault.name == "bad_json":
        return 'Sure! Here is the reply: {"reply": "Hello, '
    if fault.name == "bad_schema":
        return json.dumps({"answer": 42, "sentences": "none"})
    try:
        answer = json.loads(content)
    except ValueError:
        return content
    if not isinstance(answer, dict) or not isinstance(answer.get("sentences"), list):
        return content
    return json.dumps(_spoiled_answer(answer, fault), ensure_ascii=False)


def _spoiled_answer(answer: dict[str, Any], fault: Fault) -> dict[str, Any]:
    changed = copy.deepcopy(answer)
    if fault.name == "wrong_quote":
        for sentence in changed["sentences"]:
            for source in sentence["sources"]:
                source["quote"] = f"It is certain that {source['quote'][::-1]}"
    elif fault.name == "courtesies":
        changed["sentences"] = [sentence for sentence in changed["sentences"] if sentence["kind"] != "claim"]
        changed["reply"] = "".join(sentence["text"] for sentence in changed["sentences"])
    elif fault.name in _ADDED:
        words = _ADDED[fault.name]
        at = max(1, len(changed["sentences"]) - 1)
        # Who obeys calls it a courtesy: that needs no source.
        kind = "courtesy" if fault.name == "obeys" else "claim"
        changed["sentences"].insert(at, {"text": words, "sources": [], "kind": kind})
        before, _, closing = str(changed["reply"]).rpartition("\n\n")
        changed["reply"] = f"{before} {words}\n\n{closing}"
    return changed
