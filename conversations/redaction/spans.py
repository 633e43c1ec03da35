"""Places in a text that hold something personal, and how places that overlap share the text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a placeholder stands for; the word is the first half of the placeholder."""

    NAME = "NAME"
    EMAIL = "EMAIL"
    PHONE = "PHONE"
    ADDRESS = "ADDRESS"
    CARD = "CARD"
    IBAN = "IBAN"
    ID = "ID"  # national numbers, papers, insurance
    BIRTH = "BIRTH"  # a date of birth
    IP = "IP"
    ORDER = "ORDER"  # by the organisation's own patterns alone, as are accounts
    ACCOUNT = "ACCOUNT"
    SECRET = "SECRET"  # noqa: S105 - keys and passwords; a word and none of them
    LINK = "LINK"  # the secret in a link, such as the one to a customer's own ticket
    TEXT = "TEXT"  # customer text in the shape of a placeholder: hidden, so that it cannot pass for one


@dataclass(frozen=True, slots=True)
class Span:
    """`text[start:end]` holds a value; spellings of one value share `key`. A span without kind is left as it is."""

    start: int
    end: int
    kind: Kind | None
    key: str


# Stands for what was found already, so that it lends no word to its neighbours. No text has a use for it.
BLANK = "\ue000"


def blanked(text: str, spans: Iterable[Span]) -> str:
    """The text with the spans blanked out, every other character at its place."""
    pieces: list[str] = []
    end = 0
    for span in sorted(spans, key=lambda span: span.start):
        if span.end > end:
            start = max(end, span.start)
            pieces += (text[end:start], BLANK * (span.end - start))
            end = span.end
    return "".join([*pieces, text[end:]])


def disjoint(spans: Iterable[Span], text: str) -> list[Span]:
    """The spans in the order of the text, none overlapping, together covering all that they covered before.

    Earlier spans win; what a later one covers beyond them stays covered, as a piece of its own.
    """
    taken = bytearray(len(text))
    kept: list[Span] = []
    for span in spans:
        start = span.start
        while start < span.end:
            start = taken.find(0, start, span.end)
            if start < 0:
                break
            end = taken.find(1, start, span.end)
            end = span.end if end < 0 else end
            whole = (start, end) == (span.start, span.end)
            if whole or any(character.isalnum() for character in text[start:end]):
                kept.append(span if whole else Span(start, end, span.kind, text[start:end].casefold()))
                taken[start:end] = b"\x01" * (end - start)
            start = end
    kept.sort(key=lambda span: span.start)
    return kept
