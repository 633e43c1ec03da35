"""Words meant for a model: in what a customer wrote they may have steered the draft, in a draft they leaked into it."""

from __future__ import annotations

from collections.abc import Iterator

from conversations.drafting.checks.following import LONGEST
from conversations.drafting.checks.grounds import Said
from conversations.drafting.checks.leads import OWN_WORDS, SECRETS
from conversations.drafting.checks.readings import decoded, hidden, readings, turned
from conversations.drafting.checks.signs import MARKS, OVERRIDES, PRIES, SURE
from conversations.drafting.sentences import split_sentences
from conversations.redaction.folding import fold

_MOST = 3  # signs of one text that are shown


def injections(said: Said) -> Iterator[str]:
    """Sure signs in the draft and the thread; mere leads in the thread where the draft says what no source supports."""
    found = False
    own = "".join(sentence for sentence in split_sentences(said.text) if not said.stands_in_source(sentence))
    for text in (own, *said.read_by_model):
        for sign in sure_signs(text):
            found = True
            yield sign[:LONGEST]
    for sentence in split_sentences(said.text):
        words = " ".join(fold(sentence).split())
        if not said.is_sourced(sentence) and (SECRETS.search(words) or OWN_WORDS.search(words)):
            found = True
            yield sentence.strip()[:LONGEST]
    if not found:
        yield from said.followed


def unsupported(said: Said) -> Iterator[str]:
    """What a model stated and no passage supports, where it still stands in the text."""
    for sentence in said.grounds.unsupported:
        words = sentence.strip()
        if words in said.text and words[:LONGEST] not in said.followed:
            yield words[:LONGEST]


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
