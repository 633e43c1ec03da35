"""Finds the sentences of the passages that answer a message, by the words they share."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from conversations.drafting.sentences import split_sentences
from conversations.drafting.standin.phrases import EVERYWHERE, FREQUENT, LETTERS, TELLING
from conversations.redaction.folding import fold

_WORD = re.compile(r"[^\W_]+")
_PLACEHOLDER = re.compile(r"\[[A-Z]+-[0-9A-Z-]+\]")
_BULLET = re.compile(r"^\s*(?:[-*•–]|#{1,6}|\d{1,2}[.)])\s+")


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage as the prompt gives it."""

    ref: str
    title: str
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a passage, word for word, with how much it has to do with the message."""

    passage: Passage
    place: int
    text: str
    score: float


def sentences(text: str) -> list[str]:
    """The sentences of a text in order, each as it stands there, without bullets."""
    pieces = (_BULLET.sub("", piece).strip() for piece in split_sentences(text))
    return [piece for piece in pieces if _WORD.search(piece)]


def terms(text: str) -> list[str]:
    """The words that carry meaning, folded, each once, in order."""
    words = _WORD.findall(fold(_PLACEHOLDER.sub(" ", text)))
    return list(dict.fromkeys(word for word in words if len(word) >= 3 and word not in EVERYWHERE))


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
    short, long = sorted((one, other), key=len)
    if len(short) >= 4 and (long.startswith(short[: max(4, min(6, len(short) - 1))])):
        return True
    return short == long or (len(short) >= 6 and short[:6] in long)


def _matched(wanted: Iterable[str], text_terms: Sequence[str]) -> set[str]:
    return {word for word in wanted if any(_same(word, other) for other in text_terms)}


def best_sentences(wanted: Sequence[str], passages: Sequence[Passage], *, most: int, needed: int = 2) -> list[Sentence]:
    """At most `most` sentences that answer the wanted terms, in reading order; none where nothing really matches.

    A passage is looked at where it holds `needed` of the terms, or all where there are fewer.
    """
    if not passages:
        return []
    in_head = {passage: _matched(wanted, terms(f"{passage.title} {passage.heading}")) for passage in passages}
    in_text = {passage: _matched(wanted, terms(passage.text)) for passage in passages}
    holding = {word: sum(word in in_text[passage] | in_head[passage] for passage in passages) for word in wanted}
    weights = {word: 1 + math.log(len(passages) / max(1, count)) for word, count in holding.items()}
    found: list[Sentence] = []
    for passage in passages:
        matched = in_head[passage] | in_text[passage]
        if len(matched) < min(needed, len(wanted)) or not matched:
            continue
        passage_score = sum(weights[word] * (1.5 if word in in_head[passage] else 0.5) for word in matched)
        for place, sentence in enumerate(sentences(passage.text)):
            own = _matched(wanted, terms(sentence))
            if len(_WORD.findall(sentence)) < 4 or sentence.endswith((":", "?")) or not (own or in_head[passage]):
                continue
            score = sum(weights[word] for word in own) + 0.6 * passage_score - 0.05 * place
            found.append(Sentence(passage, place, sentence, score))
    found.sort(key=lambda sentence: -sentence.score)
    chosen: list[Sentence] = []
    for candidate in found:
        # One passage makes a text that hangs together; another has to be nearly as good to be let in.
        share = 0.45 if candidate.passage == found[0].passage else 0.8
        enough = candidate.score >= share * found[0].score
        if len(chosen) < most and enough and all(candidate.text != other.text for other in chosen):
            chosen.append(candidate)
    order = list(dict.fromkeys(sentence.passage.ref for sentence in chosen))
    return sorted(chosen, key=lambda sentence: (order.index(sentence.passage.ref), sentence.place))


def is_answered(question: str, chosen: Sequence[Sentence]) -> bool:
    """Whether the chosen sentences, with the heads of their passages, have anything to do with the question."""
    wanted = terms(question)
    heads = [f"{sentence.passage.title} {sentence.passage.heading} {sentence.text}" for sentence in chosen]
    return not wanted or bool(_matched(wanted, terms(" ".join(heads))))
