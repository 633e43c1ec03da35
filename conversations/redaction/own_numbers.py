"""Patterns of an organisation's own numbers, in a small part of the language of regular expressions.

    NO-\\d{5,6}          KD[0-9A-F]{8}          (?:AB|CD) ?\\d{4}[A-Z]

What has no end (`*`, `+`, `{3,}`), looks around or back, or repeats a group is not part of it, and the ways to read one place
are counted: whatever an administrator writes, looking for it takes time in proportion to the text. A pattern stands between
characters that are neither letters nor digits, and finds letters in either case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from conversations.redaction.recognisers import Page, Recogniser
from conversations.redaction.spans import Kind, Span

LONGEST_PATTERN = 120
LONGEST_NUMBER, SHORTEST_NUMBER = 40, 4
MOST_WAYS = 64
"""How many ways to read one place of a text a pattern may have."""

_ATOM = re.compile(
    r"\\[dw]|\\[^\w\s]|\[(?P<set>\^?(?:\\[^\w\s]|\\d|[^\]\\\[])+)\]|(?P<open>\((?:\?:)?)|(?P<close>\))|(?P<bar>\|)|[^\\\[\](){}*+?|^$.]"
)
_REPEAT = re.compile(r"\{(\d{1,2})(?:,(\d{1,2}))?\}|\?")


class BadPattern(Exception):
    """No pattern; `reason` is one of REASONS."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class OwnNumber:
    """One pattern, and what it finds: Kind.ORDER or Kind.ACCOUNT."""

    kind: Kind
    pattern: str


@dataclass(slots=True)
class _Size:
    """Of a part of a pattern: the shortest and longest that it finds, and in how many ways."""

    least: int = 0
    most: int = 0
    ways: int = 1

    def then(self, other: _Size) -> None:
        self.least, self.most, self.ways = self.least + other.least, self.most + other.most, self.ways * other.ways


def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, ready to look with. Raises BadPattern: `empty`, `long`, `not_allowed`, `short`, `wide`, `ways`, `anything`."""
    if not pattern.strip():
        raise BadPattern("empty")
    if len(pattern) > LONGEST_PATTERN:
        raise BadPattern("long")
    size = _Reader(pattern).whole()
    if size.least < SHORTEST_NUMBER:
        raise BadPattern("short")
    if size.most > LONGEST_NUMBER:
        raise BadPattern("wide")
    if size.ways > MOST_WAYS:
        raise BadPattern("ways")
    found = re.compile(rf"(?<![^\W_])(?:{pattern})(?![^\W_])", re.IGNORECASE)
    if any(found.search(word) for word in _EVERYDAY):
        raise BadPattern("anything")
    return found


_EVERYDAY = ("please refund this order", "bitte erstatten", "gracias", "commande", "12.05.2026", "2026", "49,90 EUR")
"""What no number of anybody's looks like: a pattern that finds these would empty every message."""


class _Reader:
    """Reads a pattern from left to right, one group deep."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._place = 0

    def whole(self) -> _Size:
        size = self._alternatives(inside=False)
        if self._place < len(self._pattern):
            raise BadPattern("not_allowed")
        return size

    def _alternatives(self, *, inside: bool) -> _Size:
        sizes = [_Size()]
        while self._place < len(self._pattern):
            atom = _ATOM.match(self._pattern, self._place)
            if atom is None:
                raise BadPattern("not_allowed")
            if atom["close"]:
                break
            self._place = atom.end()
            if atom["bar"]:
                sizes.append(_Size())
            elif atom["open"]:
                sizes[-1].then(self._group(inside=inside))
            else:
                if (atom["set"] or "").startswith("^"):
                    raise BadPattern("not_allowed")
                sizes[-1].then(self._repeated())
        return _Size(
            min(size.least for size in sizes), max(size.most for size in sizes), sum(size.ways for size in sizes)
        )

    def _group(self, *, inside: bool) -> _Size:
        if inside:
            raise BadPattern("not_allowed")
        size = self._alternatives(inside=True)
        if self._pattern[self._place : self._place + 1] != ")":
            raise BadPattern("not_allowed")
        self._place += 1
        repeat = _REPEAT.match(self._pattern, self._place)
        if repeat:
            if repeat[0] != "?":
                raise BadPattern("not_allowed")
            self._place = repeat.end()
            size = _Size(0, size.most, size.ways + 1)
        return size

    def _repeated(self) -> _Size:
        """Of the character that was just read, with how often it may stand."""
        repeat = _REPEAT.match(self._pattern, self._place)
        if repeat is None:
            return _Size(1, 1)
        self._place = repeat.end()
        if repeat[0] == "?":
            return _Size(0, 1, 2)
        least = int(repeat[1])
        most = int(repeat[2] or least)
        if most < max(least, 1):
            raise BadPattern("not_allowed")
        return _Size(least, most, most - least + 1)


def found_by(pattern: str, text: str) -> list[str]:
    """What a pattern finds in a text, for those who try it out. Raises BadPattern."""
    return [match[0] for match in compiled(pattern).finditer(text)]


def spans_of(patterns: Sequence[tuple[Kind, re.Pattern[str]]], text: str) -> Iterator[Span]:
    for kind, pattern in patterns:
        for match in pattern.finditer(text):
            yield Span(match.start(), match.end(), kind, match[0].casefold())


def recogniser(numbers: Iterable[OwnNumber]) -> Recogniser:
    """These patterns as one recogniser: a number that one of them finds is no telephone number. Raises BadPattern."""
    patterns = [(number.kind, compiled(number.pattern)) for number in numbers]

    def find(page: Page) -> Iterator[Span]:
        return spans_of(patterns, page.rest)

    return Recogniser("own numbers", find, early=True)
