"""Sure signs in a text that it was meant for a model."""

from __future__ import annotations

from collections.abc import Iterator

from conversations.drafting.checks.readings import decoded, hidden, readings, turned
from conversations.drafting.checks.signs import MARKS, OVERRIDES, PRIES, SURE
from conversations.redaction.folding import fold

_MOST = 3  # signs of one text that are shown


def sure_signs(text: str) -> list[str]:
    """Words that only a model is told, however they are hidden, encoded or spelled; of what overlaps the longest, and few."""
    signs: list[str] = []
    for sign in sorted(dict.fromkeys(filter(None, map(str.strip, _signs(text)))), key=len, reverse=True):
        if not any(fold(sign) in fold(other) for other in signs):
            signs.append(sign)
    return signs[:_MOST]


def _signs(text: str) -> Iterator[str]:
    yield from (match.group() for match in MARKS.finditer(text))
    yield from hidden(text)
    for sentence in decoded(text):
        if not _stands_as_it_is(sentence, text):
            yield sentence
    for reading in readings(text):
        for pattern in SURE:
            yield from (match.group() for match in pattern.finditer(reading))
    for reading in turned(text):
        for pattern in (OVERRIDES, PRIES):
            yield from (match.group() for match in pattern.finditer(reading))


def _stands_as_it_is(sentence: str, text: str) -> bool:
    """Whether decoding changed next to nothing, as of a text with an entity here and there."""
    return fold(sentence).split() == fold(text).split()
