"""Chooses what to say: the passage that answers, what more a second question needs, and what stays without an answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from conversations.drafting.standin.matching import (
    Fit,
    Passage,
    Sentence,
    fits,
    matched,
    nearly_as_good,
    read_out,
    sentences,
    terms,
)
from conversations.drafting.standin.phrases import ORDER_NUMBER, SEND_US, WISHES
from conversations.drafting.standin.subjects import EVERYWHERE
from conversations.redaction.folding import fold

A_NUMBER: Final = re.compile(
    r"\b[A-Z]{1,4}-?[0-9]{4,}\b|\b[0-9]{5,}\b|\[(?:ORDER|NUMBER|ACCOUNT|ID)[A-Z]*-[0-9A-Z-]+\]"
)
"""A number of an order, or the placeholder of one."""

_FEW_TERMS = 4
_MOST_PASSAGES = 3
_STANDS_OUT, _A_WORD_OR_TWO = 1.45, 2
_GRANTED = 0.5  # of the words of a wish
_LATER = 3  # sentences of a further passage
_LEAST_LATER = 2.8
"""The weight of matched words from which one more passage is worth reading: one in its heading, or two."""
_ANSWERED, _TOUCHED = 0.3, 0.2
"""The parts of a question's words that have to be spoken of, for it to be answered and for the message to be answered at all."""

_ONLY_WRITE = 14  # words


def choose(customer: Sequence[str], subject: str, passages: Sequence[Passage], *, length: int) -> list[list[Sentence]]:
    """The sentences to say, passage by passage; none where nothing really answers."""
    last = customer[-1]
    wanted = terms(f"{subject} {last}")
    if len(wanted) < _FEW_TERMS and len(customer) > 1:
        wanted = terms(f"{subject} {customer[-2]} {last}")
    ranked = fits(wanted, passages)
    if not ranked:
        return []
    if not _is_sure(ranked, wanted, terms(subject), last) or not _touches_any(last, ranked[:1]):
        meant = _meant(ranked, set(_telling(subject)), last)
        if meant is None:
            return []
        ranked.sort(key=lambda fit: fit is not meant)
    best = ranked[0]
    if length == 1:
        return [[_most_telling(best)]]
    taken = [best]
    for ask in [*questions(last), *wishes(last)]:
        covered = {term for fit in taken for term in fit.terms}
        own = [term for term in _telling(ask) if term not in covered]
        for fit in fits(own, [fit.passage for fit in ranked], least=_LEAST_LATER):
            whole = next(each for each in ranked if each.passage == fit.passage)
            if len(taken) < _MOST_PASSAGES and whole not in taken and nearly_as_good(whole, best):
                taken.append(whole)
                break
    if not _touches_any(last, taken):
        return []
    has_number = any(A_NUMBER.search(text) for text in (subject, *customer))
    return _within(length, [_without_asking(read_out(best), has_number), *_later(taken[1:], has_number)])


def _is_sure(ranked: Sequence[Fit], wanted: Sequence[str], subject: Sequence[str], last: str) -> bool:
    """Whether the best passage has all of a question, or stands out: of two that fit alike by a word, neither may be meant."""
    best = ranked[0]
    about = {term for term in best.terms if term not in EVERYWHERE}
    telling = [term for term in wanted if term not in EVERYWHERE]
    named = [term for term in subject if term not in EVERYWHERE]
    stands_out = len(ranked) == 1 or best.score >= _STANDS_OUT * ranked[1].score
    if _has_all_of_one(last, best):
        return True
    if not stands_out and best.rank > 0:
        return False
    if named and about.issuperset(named) and best.rank == 0:
        return True
    little = len(about) < _TOUCHED * len(telling) and len(about.intersection(named)) < len(named) / 2
    return not little and (stands_out or len(about) > _A_WORD_OR_TWO)


def _meant(ranked: Sequence[Fit], subject: set[str], last: str) -> Fit | None:
    """Where none stands out: what has all of the subject and of a question, or else what was found first."""
    named = [fit for fit in ranked if subject and subject <= fit.terms]
    whole = [fit for fit in ranked if _has_all_of_one(last, fit)]
    both = [fit for fit in named if fit in whole]
    first = [fit for fit in named if fit.rank == 0]
    alone = whole if len(questions(last)) == 1 else []
    return next(iter([*both, *first, *alone]), None)


def _has_all_of_one(text: str, fit: Fit) -> bool:
    """Whether a passage has all that one of the questions is about."""
    return any(asked and asked <= fit.terms for asked in (set(_telling(question)) for question in questions(text)))


def questions(text: str) -> list[str]:
    return [sentence for sentence in sentences(text) if sentence.endswith("?")]


def wishes(text: str) -> list[str]:
    """What somebody is asked to do, as statements."""
    return [sentence for sentence in sentences(text) if not sentence.endswith("?") and WISHES.search(fold(sentence))]


def is_wish(text: str) -> bool:
    """Whether it asks to have something done, and not to be told something."""
    return bool(WISHES.search(fold(text)))


def unanswered(text: str, said: Sequence[Sentence]) -> list[str]:
    """Questions that what is said has nothing to do with, and whatever somebody is asked to do."""
    spoken_of = terms(" ".join(f"{each.passage.title} {each.passage.heading} {each.text}" for each in said))
    left = []
    for question in questions(text):
        telling = _telling(question)
        known = matched(telling, spoken_of)
        if telling and len(known) < (_GRANTED if is_wish(question) else _ANSWERED) * len(telling):
            left.append(question)
    return [*left, *wishes(text)]


def _touches_any(text: str, taken: Sequence[Fit]) -> bool:
    """Whether a question, where there are any, has something to do with what would be said."""
    spoken_of = terms(" ".join(f"{fit.passage.title} {fit.passage.heading} {fit.passage.text}" for fit in taken))
    asked = [_telling(question) for question in questions(text)]
    return not asked or any(len(matched(telling, spoken_of)) >= _TOUCHED * len(telling) for telling in asked)


def _telling(text: str) -> list[str]:
    return [term for term in terms(text) if term not in EVERYWHERE]


def _most_telling(fit: Fit) -> Sentence:
    return max(read_out(fit), key=lambda each: (len(matched(fit.terms, terms(each.text))), -each.place))


def _later(fits_taken: Sequence[Fit], has_number: bool) -> list[list[Sentence]]:
    return [_without_asking(read_out(fit, most=_LATER), has_number) for fit in fits_taken]


def _without_asking(part: list[Sentence], has_number: bool) -> list[Sentence]:
    """Who has given the number of the order is not told to write with it."""
    return [each for each in part if not (has_number and _only_asks_for_number(fold(each.text))) or len(part) == 1]


def _only_asks_for_number(text: str) -> bool:
    return bool(ORDER_NUMBER.search(text) and SEND_US.search(text)) and len(text.split()) <= _ONLY_WRITE


def _within(length: int, parts: list[list[Sentence]]) -> list[list[Sentence]]:
    kept: list[list[Sentence]] = []
    for part in parts:
        room = length - sum(map(len, kept))
        if room > 0 and part:
            kept.append(part[:room])
    return kept
