"""Takes what is personal out of a text before a model reads it, and puts it back afterwards.

    redacted = redact({"subject": ..., "message": ...}, known=Known(names=[...], emails=[...]))
    restore(answer, redacted.map)

Whoever calls a model calls this first; where it raises `RedactionFailed` there must be no call.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from conversations.redaction.cleaning import clean
from conversations.redaction.known import Known, sought
from conversations.redaction.lexicon import words_of
from conversations.redaction.names import Learned, learned_spans
from conversations.redaction.placeholders import LONGEST, Mint, Restored, restore
from conversations.redaction.recognisers import DEFAULT, Page, Recogniser
from conversations.redaction.spans import Kind, Span, disjoint

__all__ = [
    "REDACTOR_VERSION",
    "Kind",
    "Known",
    "Recogniser",
    "Redacted",
    "RedactionFailed",
    "Restored",
    "clean",
    "found_in",
    "redact",
    "restore",
]

REDACTOR_VERSION = "3"
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
    texts: Mapping[str, str],
    *,
    known: Known,
    issued: Mapping[str, str] = _NOTHING,
    most: int = sys.maxsize,
    also: Sequence[Recogniser] = (),
) -> Redacted:
    """Replaces what is personal in all texts of one draft: one value, one placeholder, whichever text it stands in.

    Each text is cleaned first (see `clean`). `issued` is the map of an earlier redaction for the same draft: its
    placeholders stay, and its values get them again. Customer text in the shape of a placeholder is hidden behind a
    placeholder of its own. Names that are everyday words count only with a capital letter. A name that is found in one
    text is found in all of them. `also` are further recognisers, such as the organisation's own patterns. Raises
    RedactionFailed.

    Of each redacted text there are at most `most` characters, and no placeholder is split. Whoever cuts before leaves
    half an account number at the edge, which nothing recognises.
    """
    pages = _pages(texts, known=known, issued=issued, also=also)
    mint = Mint(avoid="\n".join(page.text for page in pages.values()), issued=issued)
    counts: Counter[str] = Counter()
    results: dict[str, str] = {}
    for name, page in pages.items():
        text = page.text
        pieces: list[str] = []
        end, room = 0, most
        for span in disjoint(page.found, text):
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


def found_in(
    texts: Mapping[str, str],
    *,
    known: Known,
    issued: Mapping[str, str] = _NOTHING,
    also: Sequence[Recogniser] = (),
) -> dict[str, list[Span]]:
    """What `redact` replaces in these texts, which are clean already, in their order. Raises RedactionFailed."""
    pages = _pages(texts, known=known, issued=issued, also=also)
    return {name: disjoint(page.found, page.text) for name, page in pages.items()}


def _pages(
    texts: Mapping[str, str], *, known: Known, issued: Mapping[str, str], also: Sequence[Recogniser]
) -> dict[str, Page]:
    """The texts, cleaned and looked through. What one teaches is looked for in all of them at the end."""
    try:
        cleaned = {name: clean(text) for name, text in texts.items()}
        patterns = sought(known)
        learned = Learned(ours=tuple(words for name in known.ours if (words := words_of(name))))
    except Exception as error:  # noqa: BLE001 - whatever it is, nothing may be sent
        raise RedactionFailed("known values", error) from None
    pages = {name: Page(text, patterns, issued, learned) for name, text in cleaned.items()}
    for recogniser in (*_in_order(also), _LEARNED):
        for page in pages.values():
            _look(page, recogniser)
    return pages


_LEARNED = Recogniser("learned name", lambda page: learned_spans(page.rest, page.learned))


def _in_order(also: Sequence[Recogniser]) -> list[Recogniser]:
    """Where two recognisers lay claim to the same letters, the one that comes first here has them."""
    early = [each for each in (*DEFAULT, *also) if each.early]
    return [*early, *(each for each in DEFAULT if not each.early), *(each for each in also if not each.early)]


def _look(page: Page, recogniser: Recogniser) -> None:
    try:
        page.found.extend(sorted(recogniser.find(page), key=lambda span: span.start - span.end))
    except Exception as error:  # noqa: BLE001 - whatever it is, nothing may be sent
        raise RedactionFailed(recogniser.name, error) from None
