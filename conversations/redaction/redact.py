"""Takes what is personal out of a text before a model reads it, and puts it back afterwards.

    redacted = redact({"subject": ..., "message": ...}, known=Known(names=[...], emails=[...]))
    restore(answer, redacted.map)

Whoever calls a model calls this first; where it raises `RedactionFailed` there must be no call.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType

from conversations.redaction.cleaning import clean
from conversations.redaction.folding import fold_with_origins, with_ascii_digits
from conversations.redaction.known import Known, Sought, sought
from conversations.redaction.patterns import card_spans, email_spans, iban_spans, link_spans
from conversations.redaction.phones import phone_spans
from conversations.redaction.placeholders import LONGEST, Mint, Restored, forged, restore
from conversations.redaction.spans import Kind, Span, blanked, disjoint

__all__ = ["REDACTOR_VERSION", "Kind", "Known", "Redacted", "RedactionFailed", "Restored", "clean", "redact", "restore"]

REDACTOR_VERSION = "2"
"""Goes into the receipt of every call; raised whenever what is found or how it is replaced changes."""

_NOTHING: Mapping[str, str] = MappingProxyType({})


class RedactionFailed(Exception):
    """A recogniser crashed: nothing may be sent. Names the recogniser, never the text."""

    def __init__(self, recogniser: str, error: BaseException) -> None:
        super().__init__(f"The recogniser of {recogniser} failed ({type(error).__name__}).")
        self.recogniser = recogniser


@dataclass(frozen=True)
class Redacted:
    """The texts with placeholders, the originals by placeholder, and how many were replaced by kind (`{"name": 2}`)."""

    texts: dict[str, str] = field(repr=False)
    map: dict[str, str] = field(repr=False)
    counts: dict[str, int]


def redact(
    texts: Mapping[str, str], *, known: Known, issued: Mapping[str, str] = _NOTHING, most: int = sys.maxsize
) -> Redacted:
    """Replaces what is personal in all texts of one draft: one value, one placeholder, whichever text it stands in.

    Each text is cleaned first (see `clean`). `issued` is the map of an earlier redaction for the same draft: its
    placeholders stay, and its values get them again. Customer text in the shape of a placeholder is hidden behind a
    placeholder of its own. Names that are everyday words count only with a capital letter. Raises RedactionFailed.

    Of each redacted text there are at most `most` characters, and no placeholder is split. Whoever cuts before leaves
    half an account number at the edge, which nothing recognises.
    """
    try:
        cleaned = {name: clean(text) for name, text in texts.items()}
        mint = Mint(avoid="\n".join(cleaned.values()), issued=issued)
        patterns = sought(known)
    except Exception as error:  # noqa: BLE001 - whatever it is, nothing may be sent
        raise RedactionFailed("known values", error) from None
    counts: Counter[str] = Counter()
    results: dict[str, str] = {}
    for name, text in cleaned.items():
        pieces: list[str] = []
        end, room = 0, most
        for span in disjoint(_found(text, patterns=patterns, issued=issued), text):
            if room - (span.start - end) < LONGEST:
                pieces.append(text[end : span.start][:room])
                break
            replaced = text[span.start : span.end]
            if span.kind is not None:
                replaced = mint.placeholder(kind=span.kind, key=span.key, original=replaced)
                counts[span.kind.lower()] += 1
            pieces += (text[end : span.start], replaced)
            room -= len(pieces[-2]) + len(pieces[-1])
            end = span.end
        else:
            pieces.append(text[end:][:room])
        results[name] = "".join(pieces)
    return Redacted(texts=results, map=mint.originals, counts=dict(counts))


def _found(text: str, *, patterns: Mapping[Kind, Sought], issued: Mapping[str, str]) -> list[Span]:
    """Everything personal, in the order of precedence where two recognisers lay claim to the same letters."""
    folded = fold_with_origins(text)
    digits = with_ascii_digits(text)
    spans: list[Span] = []

    def add(name: str, recogniser: Callable[[], Iterable[Span]]) -> None:
        try:
            spans.extend(sorted(recogniser(), key=lambda span: span.start - span.end))
        except Exception as error:  # noqa: BLE001 - whatever it is, nothing may be sent
            raise RedactionFailed(name, error) from None

    add("placeholders", partial(forged, text, issued))
    add("ticket link", partial(link_spans, text))
    add("email", partial(email_spans, text))
    for kind in (Kind.EMAIL, Kind.PHONE, Kind.ADDRESS):
        if kind in patterns:
            add(f"known {kind.lower()}", partial(patterns[kind].spans, folded))
    add("iban", partial(iban_spans, blanked(digits, spans)))
    add("card", partial(card_spans, blanked(digits, spans)))
    if Kind.NAME in patterns:
        add("known name", partial(patterns[Kind.NAME].spans, fold_with_origins(blanked(text, spans))))
    add("phone", partial(phone_spans, blanked(digits, spans)))
    return spans
