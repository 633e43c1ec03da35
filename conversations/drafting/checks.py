"""What a person should look at in a text before it goes to a customer, however the text came about."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from conversations.drafting.models import Flag
from conversations.redaction.placeholders import restore

_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"')\]]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """Words that were flagged, and how much it matters."""

    kind: str
    severity: str
    words: str


def check(text: str, *, sources: Iterable[str]) -> list[Found]:
    """Flags of a text: placeholders that stand for nothing, links that stand in no source and not in the thread."""
    known = "\n".join(sources)
    found = [Found(Flag.Kind.PLACEHOLDER, Flag.Severity.BLOCKER, words) for words in restore(text, {}).unknown]
    for match in _LINK.finditer(text):
        link = match.group().rstrip(".,;:!?")
        if link not in known:
            found.append(Found(Flag.Kind.LINK, Flag.Severity.BLOCKER, link))
    return list(dict.fromkeys(found))


def risk(flags: Iterable[Found], *, claims: int, sourced: int) -> str:
    """`high` with an open blocker, `medium` when a claim has no source, `low` otherwise."""
    if any(flag.severity == Flag.Severity.BLOCKER for flag in flags):
        return "high"
    return "low" if sourced >= claims else "medium"
