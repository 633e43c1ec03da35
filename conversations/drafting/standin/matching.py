"""Finds the sentences of the passages that answer a message, by what both are about."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from conversations.drafting.sentences import split_sentences
from conversations.drafting.standin.phrases import EVERYWHERE, FREQUENT, LETTERS, TELLING
from conversations.drafting.standin.subjects import EVERYWHERE as IN_EVERY_TICKET
from conversations.drafting.standin.subjects import subject_of, subjects_of_phrases
from conversations.redaction.folding import fold

_WORD = re.compile(r"[^\W_]+")
_PLACEHOLDER = re.compile(r"\[[A-Z]+-[0-9A-Z-]+\]")
_BULLET = re.compile(r"^\s*(?:[-*•–]|#{1,6}|\d{1,2}[.)])\s+")
# What comes first in the prompt was found to bear most on the message.
_RANKED = (1.0, 0.6, 0.46, 0.36, 0.3)
_IN_HEAD, _IN_TEXT, _SAID_EVERYWHERE = 1.7, 1.0, 0.3
_LEAST = 1.9
"""The weight of the matched words from which a passage bears on a message at all: more than one ordinary word."""
_NEARLY_AS_GOOD = 0.55
_MOST_OF_A_PASSAGE = 4


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage as the prompt gives it."""

    ref: str
    title: str
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a passage, word for word."""

    passage: Passage
    place: int
    text: str


def sentences(text: str) -> list[str]:
    """The sentences of a text in order, each as it stands there, without bullets."""
    pieces = (_BULLET.sub("", piece).strip() for piece in split_sentences(text))
    return [piece for piece in pieces if _WORD.search(piece)]


def terms(text: str) -> list[str]:
    """What a text is about: its words that carry meaning, folded, or the groups that they are of; each once, in order."""
    folded = fold(_PLACEHOLDER.sub(" ", text))
    words = (word for word in _WORD.findall(folded) if len(word) >= 3 and word not in EVERYWHERE)
    return list(dict.fromkeys([*map(subject_of, words), *subjects_of_phrases(folded)]))


def language_of(text: str) -> str | None:
    """Which of the four languages the text is in, by its frequent words and letters; None where it does not show."""
    lower = text.lower()
    words = re.findall(r"[^\W\d_]+", lower)
    counts = {
        language: sum(word in frequent or word in TELLING[language] for word in words)
        + sum(letter in lower for letter in LETTERS[language])
        for language, frequent in FREQUENT.items()
    }
    best = max(counts, key=lambda language: counts[language])
    return best if counts[best] >= 2 else None


def _same(one: str, other: str) -> bool:
    """Whether two folded words share a stem; long ones also inside a compound."""
    if one == other:
        return True
    if one[0] == "#" or other[0] == "#":
        return False
    short, long = sorted((one, other), key=len)
    if len(short) >= 4 and (long.startswith(short[: max(4, min(6, len(short) - 1))])):
        return True
    return len(short) >= 6 and short[:6] in long


def matched(wanted: Iterable[str], text_terms: Sequence[str]) -> set[str]:
    """Which of the wanted terms a text has."""
    return {word for word in wanted if any(_same(word, other) for other in text_terms)}


@dataclass(frozen=True, slots=True)
class Fit:
    """How a passage fits: the wanted terms that it has, what they weigh, its score beside the others, its rank."""

    passage: Passage
    terms: frozenset[str]
    weight: float
    score: float
    rank: int


def fits(wanted: Sequence[str], passages: Sequence[Passage], *, least: float = _LEAST) -> list[Fit]:
    """The passages that bear on the wanted terms, best first."""
    heads = [matched(wanted, terms(f"{passage.title} {passage.heading}")) for passage in passages]
    texts = [matched(wanted, terms(passage.text)) for passage in passages]
    found = []
    for place, (passage, head, text) in enumerate(zip(passages, heads, texts, strict=True)):
        has = head | text
        weights = {
            word: (
                1 + math.log(len(passages) / sum(word in one | other for one, other in zip(heads, texts, strict=True)))
            )
            * (_SAID_EVERYWHERE if word in IN_EVERY_TICKET or word.isdecimal() else 1.0)
            for word in has
        }
        weight = sum(weights[word] * (_IN_HEAD if word in head else _IN_TEXT) for word in has)
        found.append(Fit(passage, frozenset(has), weight, weight * _RANKED[min(place, len(_RANKED) - 1)], place))
    return sorted((fit for fit in found if fit.weight >= least), key=lambda fit: -fit.score)


def read_out(fit: Fit, *, most: int = _MOST_OF_A_PASSAGE) -> list[Sentence]:
    """The sentences of a passage in their order; of a long one those around what was asked."""
    all_of_it = [
        Sentence(fit.passage, place, text)
        for place, text in enumerate(sentences(fit.passage.text))
        if len(_WORD.findall(text)) >= 3 and not text.endswith((":", "?"))
    ]
    if len(all_of_it) <= most:
        return all_of_it
    telling = [sum(word not in IN_EVERY_TICKET for word in matched(fit.terms, terms(each.text))) for each in all_of_it]
    best = max(range(len(all_of_it) - most + 1), key=lambda start: (sum(telling[start : start + most]), -start))
    return all_of_it[best : best + most]


def nearly_as_good(fit: Fit, best: Fit) -> bool:
    """Whether a second passage says enough to stand beside the best."""
    return fit.score >= _NEARLY_AS_GOOD * best.score
