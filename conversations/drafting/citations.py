"""Ties the sentences of a reply to the passages they rest on, or leaves them without support."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from conversations.drafting.plain import plain
from conversations.drafting.sentences import split_sentences
from conversations.redaction.folding import fold
from conversations.tickets.language import surely

if TYPE_CHECKING:
    from conversations.drafting.answer import Answer, Stated
    from conversations.drafting.prompt import PromptPassage

# Shorter quotes stand in almost any text and would support anything.
_SHORTEST_QUOTE = 5
_SHORTEST_MATCH = 12
# One spelling for what keyboards and typography write differently; each sign for one sign, so that places stay places.
_SIGNS = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛´`ʼ", "'"),
        **dict.fromkeys("“”„‟«»", '"'),
        **dict.fromkeys("‐‑‒–—−", "-"),
    }
)


@dataclass(frozen=True, slots=True)
class Source:
    """A quote found word for word in its passage."""

    passage: str
    quote: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Sentence:
    """A piece of the reply with the sources that hold; without any, nothing supports it."""

    text: str
    sources: list[Source]
    kind: Literal["claim", "courtesy", "question"]


@dataclass(frozen=True, slots=True)
class _Flat:
    """A text with single spaces and plain signs, and where each of its characters stood."""

    text: str
    places: list[int]

    def find(self, wanted: str, start: int = 0) -> int:
        """Where the wanted words stand as whole words: `within 3` is not found in `within 30`."""
        place = self.text.find(wanted, start) if wanted else -1
        while place >= 0:
            end = place + len(wanted)
            before, after = self.text[max(0, place - 1) : place], self.text[end : end + 1]
            if not _joined(before, wanted[0]) and not _joined(wanted[-1], after):
                return place
            place = self.text.find(wanted, place + 1)
        return -1


def _joined(before: str, after: str) -> bool:
    return before.isalnum() and after.isalnum() and before.isascii() == after.isascii()


def _flat(text: str) -> _Flat:
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text.translate(_SIGNS)):
        if not character.isspace():
            characters.append(character)
        elif characters and characters[-1] != " ":
            characters.append(" ")
        else:
            continue
        places.append(place)
    if characters and characters[-1] == " ":
        characters.pop()
    return _Flat("".join(characters), places)


@lru_cache(maxsize=512)
def _remembered(article: str) -> _Flat:
    """The same passages of articles, which everybody is told, answer one ticket after the other."""
    return _flat(plain(article))


def check_citations(answer: Answer, passages: Sequence[PromptPassage]) -> list[Sentence]:
    """The reply in pieces which joined are the reply, to the letter, each with the sources that hold.

    A source holds where its quote stands verbatim in its passage; white space and typographic signs aside. The model's
    own sentences are used where they stand in the reply in their order; what lies between is cut anew and keeps the
    sources of a reported sentence only where it is that sentence or holds its quote.
    """
    flat_passages = {
        passage.ref: _remembered(passage.text) if passage.ref.startswith("passage:") else _flat(plain(passage.text))
        for passage in passages
    }
    verified = [_verified(stated, flat_passages) for stated in answer.sentences]
    reply = _flat(answer.reply)
    pieces: list[Sentence] = []
    unplaced: list[int] = []
    placed: list[tuple[int, int, int]] = []
    cursor = 0
    for number, stated in enumerate(answer.sentences):
        wanted = _flat(stated.text).text
        found = reply.find(wanted, cursor)
        if found < 0:
            unplaced.append(number)
            continue
        cursor = found + len(wanted)
        placed.append((reply.places[found], reply.places[cursor - 1] + 1, number))
    end = 0
    for start, stop, number in placed:
        _add_gap(pieces, answer.reply[end:start], [(answer.sentences[other], verified[other]) for other in unplaced])
        pieces += _cut(Sentence(answer.reply[start:stop], verified[number], answer.sentences[number].kind))
        end = stop
    _add_gap(pieces, answer.reply[end:], [(answer.sentences[other], verified[other]) for other in unplaced])
    return pieces


def _cut(reported: Sentence) -> list[Sentence]:
    """What a model reports as one sentence may be several: each keeps the sources that have anything to do with it."""
    return [
        Sentence(piece, [source for source in reported.sources if _bears_on(source.quote, piece)], reported.kind)
        for piece in split_sentences(reported.text)
    ]


def _bears_on(quote: str, sentence: str) -> bool:
    """Whether a quote shares a word or a number with a sentence; of none, and of two languages, nothing can be said."""
    words = _stems(sentence)
    if not words or not words.isdisjoint(_stems(quote)):
        return True
    languages = {surely(quote), surely(sentence)}
    return len(languages) == 2 and "" not in languages


def _stems(text: str) -> set[str]:
    return {word[:4] for word in re.findall(r"[^\W_]+", fold(text)) if len(word) >= 4 or word.isdecimal()}


def _verified(stated: Stated, passages: Mapping[str, _Flat]) -> list[Source]:
    sources = []
    for cited in stated.sources:
        quote = _flat(cited.quote).text
        passage = passages.get(cited.passage)
        if passage and sum(map(str.isalnum, quote)) >= _SHORTEST_QUOTE and passage.find(quote) >= 0:
            sources.append(Source(cited.passage, cited.quote, verified=True))
    return list(dict.fromkeys(sources))


def _add_gap(pieces: list[Sentence], text: str, reported: Sequence[tuple[Stated, list[Source]]]) -> None:
    """Adds what no reported sentence covers, cut into sentences; leading white space goes to the piece before."""
    words = text.lstrip() if pieces else text
    if len(words) < len(text):
        last = pieces.pop()
        pieces.append(Sentence(last.text + text[: len(text) - len(words)], last.sources, last.kind))
    pieces.extend(_matched(piece, reported) for piece in split_sentences(words))


def _matched(piece: str, reported: Sequence[tuple[Stated, list[Source]]]) -> Sentence:
    flat = _flat(piece)
    for stated, sources in reported:
        told = _flat(stated.text)
        shorter, longer = sorted((flat, told), key=lambda one: len(one.text))
        same = len(shorter.text) >= _SHORTEST_MATCH and longer.find(shorter.text) >= 0
        if same or any(flat.find(_flat(source.quote).text) >= 0 for source in sources):
            return Sentence(piece, sources, stated.kind)
    return Sentence(piece, [], "claim")
