"""Finding the passages that bear on what a customer wrote.

A whole message is the query, so any of its words may match, stemmed; what decides is how rare the matched words are
among the passages. Words that no passage has (slips, missing accents, compounds) are looked up by their trigrams. Beside
that a passage counts by what it means (`vectors`), in whichever words. Where there are no vectors, words alone decide.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from conversations.knowledge.models import Passage
from conversations.knowledge.search import FIND, Audience
from conversations.knowledge.vectors import Near, Nearness
from conversations.knowledge.words import EMPTY, asked_words
from desk import statements
from desk.rows import Asked, Reading, one_of
from desk.statements import Question

FALLBACK = "en"
FALLBACK_WORTH = 0.8
"""What a passage in English counts for beside one in the customer's own language."""

REPEATED_WORTH = 0.7
"""What the second passage of an article counts for, the third that much of this: other articles come in between."""

WORTH_READING = 0.3
"""Passages below this part of the best one are left out."""

LEAST, LEAST_PER_WORD, ENOUGH = 0.4, 0.1, 3.3
"""The score from which the best passage has to do with the text; a long text shares some words with everything."""

NAMED = 0.45
"""The score from which a word of an article's title means that article, also when it is said in a long story."""

LONE_MATCH = 0.28
"""One matched word alone is enough if it is in an article's title or makes up this part of what was asked."""

MOST_FOR_WORDS, HALF_FOR_WORDS = 3.0, 2.0
"""What words count for beside the meaning: at most so much, and half of it for a score of so much."""

OWN_LANGUAGE = 0.4
"""What a passage in the customer's own language has before one in English that is as near."""

WORTH_READING_TOO = 0.6
"""The same as WORTH_READING once meaning counts, which is never far from everything."""

ABOUT_IT, LONG_STORY = 3.0, 40
"""How near a passage has to be to bear on a text that shares no words with it; of more words than that, some always are near."""

IN_HEADING, IN_TEXT, IN_ANOTHER_PART = 1.0, 0.9, 0.15
ARTICLE_WORTH, LIKENESS_WORTH = 0.3, 0.5
LIKE_A_HEADING, ALIKE = 0.4, 0.65  # least likeness of a word to a heading or to a text; 1 is the same word
MOST_MET, MOST_RANKED, MOST_UNMET = 2000, 50, 3


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that bears on what was asked, with its article's title; `score` compares those of one answer."""

    passage: Passage
    title: str
    score: float


@dataclass(slots=True)
class Candidate:
    """A passage that one of the ways found, and how it came to its score."""

    id: int
    language: str
    article: int
    passages: int = 0  # current ones in its language
    asked: int = 0  # words
    lexemes: dict[str, str] = field(default_factory=dict)  # with the parts that have them: B title, A heading, C text
    like_heading: dict[str, float] = field(default_factory=dict)
    alike: dict[str, float] = field(default_factory=dict)
    parts: dict[str, float] = field(default_factory=dict)
    score: float = 0.0


def retrieve(*, text: str, language: str, limit: int = 5, audience: Audience = Audience.DRAFTS) -> list[Found]:
    """The current passages that bear on a text, best first; none where nothing really does.

    Those in the customer's language (two letters) count for more than those in English; other languages are not looked
    at. Of a long text the first 10,000 characters count, and of these at most 64 words.
    """
    with statements.read_together():
        search = Search(text=text, language=language, audience=audience)
        with statements.meanwhile():
            search.think()
        return search.best(limit)


class Search:
    """The same in steps, inside `statements.read_together`: PostgreSQL looks while there is something else to do."""

    def __init__(self, *, text: str, language: str, audience: Audience = Audience.DRAFTS) -> None:
        """Ask along with the next statement."""
        self._text, self._own = text, own_language(language)
        self._by_words = ask_for_candidates(text, self._own, audience)
        self._near = Nearness(text, _languages(self._own), audience)

    def think(self) -> None:
        """Do what needs no answer."""
        self._near.think()

    def best(self, limit: int) -> list[Found]:
        by_words, near = met(self._by_words), self._near.found()
        weigh(by_words, self._own)
        bears = bool(by_words) and _bears_on(max(by_words, key=lambda each: each.score))
        ranked = _spread(fused(by_words, near, self._own))
        if not bears and not _means(near, self._text):
            return []
        worth = WORTH_READING_TOO if near else WORTH_READING
        chosen = [each for each in ranked if each.score >= worth * ranked[0].score][:limit]
        passages = {passage.pk: passage for passage in _passages.all(ids=[each.id for each in chosen])}
        return [
            Found(passages[each.id], passages[each.id].article.title, round(each.score, 3))
            for each in chosen
            if each.id in passages
        ]


_passages = Reading(Passage.objects.select_related("article").filter(one_of("pk", Asked("ids"))))


def own_language(language: str) -> str:
    """The language to look in before English, as a two-letter code."""
    return language[:2].lower() if language[:2].isascii() and language[:2].isalpha() else FALLBACK


def _languages(own: str) -> list[str]:
    return list(dict.fromkeys([own, FALLBACK]))


def fused(by_words: list[Candidate], near: list[Near], own: str) -> list[Candidate]:
    """What words found and what meaning found, with one score each. One whose vector is still to come is as near as most."""
    if not near:
        return by_words
    both = {each.id: each for each in by_words}
    worth = {each.id: each.worth for each in near}
    for each in near:
        if each.id not in both:
            both[each.id] = Candidate(each.id, each.language, each.article)
    least = near[-1].worth
    for found in both.values():
        words = MOST_FOR_WORDS * found.score / (found.score + HALF_FOR_WORDS)
        found.score = words + worth.get(found.id, least) + (OWN_LANGUAGE if found.language == own else 0.0)
    return list(both.values())


def _means(near: list[Near], text: str) -> bool:
    return bool(near) and near[0].worth >= ABOUT_IT and len(text.split()) <= LONG_STORY


def candidates(text: str, own: str, audience: Audience = Audience.DRAFTS) -> list[Candidate]:
    """Passages that share words with a text, or letters of words that no passage has; not weighed yet."""
    return met(ask_for_candidates(text, own, audience))


def ask_for_candidates(text: str, own: str, audience: Audience) -> Question | None:
    """The question for them; None where there is no word to look for."""
    if not (words := asked_words(text, own)):
        return None
    languages = _languages(own)
    asked: dict[str, Any] = {
        "words": words,
        "language": own,
        "languages": languages,
        "own": [language == own for language in languages],
        "empty": [" ".join(EMPTY.get(language, ())) for language in languages],
        "most_met": MOST_MET,
        "most_ranked": MOST_RANKED,
        "most_unmet": MOST_UNMET,
        "like_a_heading": LIKE_A_HEADING,
        "alike": ALIKE,
    }
    return statements.ask(FIND[audience], asked)


def met(question: Question | None) -> list[Candidate]:
    """The passages that were found."""
    return [
        Candidate(
            id=row[0],
            language=row[1],
            article=row[2],
            passages=row[3],
            asked=row[4],
            lexemes=_pairs(row[5]),
            like_heading=_numbers(row[6]),
            alike=_numbers(row[7]),
        )
        for row in (question.rows() if question else ())
    ]


def _pairs(texts: Iterable[str]) -> dict[str, str]:
    return {word: what for word, _, what in (text.partition(" ") for text in texts)}


def _numbers(texts: Iterable[str]) -> dict[str, float]:
    return {word: float(number) for word, number in _pairs(texts).items()}


def weigh(found: list[Candidate], own: str) -> None:
    """Weigh each candidate: 1 for a word that stands in its passage alone, less for words that more of them have."""
    having = Counter((each.language, word) for each in found for word in each.lexemes)
    likening = Counter((each.language, word) for each in found for word in each.alike)
    heading = Counter((each.language, word) for each in found for word in each.like_heading)
    in_article: dict[int, dict[str, float]] = {}
    for each in found:
        for word, labels in each.lexemes.items():
            place = (IN_HEADING if "A" in labels else IN_TEXT) + IN_ANOTHER_PART * (len(set(labels)) - 1)
            each.parts[word] = place * _rarity(each.passages, having[each.language, word])
        for word, likeness in each.alike.items():
            each.parts[f"~{word}"] = likeness * _rarity(each.passages, likening[each.language, word])
        best = in_article.setdefault(each.article, {})
        for word, part in each.parts.items():
            best[word] = max(best.get(word, 0.0), part)
    for each in found:
        each.score = sum(each.parts.values()) + ARTICLE_WORTH * sum(in_article[each.article].values())
        for word, likeness in each.like_heading.items():
            like = (likeness - LIKE_A_HEADING) / (1 - LIKE_A_HEADING)
            each.score += LIKENESS_WORTH * like * _rarity(each.passages, heading[each.language, word])
        if each.language != own:
            each.score *= FALLBACK_WORTH


def _rarity(passages: int, having: int) -> float:
    """1 for a word that one passage of many has, near 0 for a word that all of them have."""
    return max(0.0, 1 - math.log(having) / math.log(passages + 1))


def _spread(candidates: list[Candidate]) -> list[Candidate]:
    """Best first, with other articles before the second and third passage of one, unless these are much better."""
    seen: Counter[int] = Counter()
    for each in sorted(candidates, key=lambda each: (-each.score, each.id)):
        each.score *= REPEATED_WORTH ** seen[each.article]
        seen[each.article] += 1
    return sorted(candidates, key=lambda each: (-each.score, each.id))


def _bears_on(best: Candidate) -> bool:
    in_title = any("B" in labels for labels in best.lexemes.values())
    if in_title and best.score >= NAMED:
        return True
    if best.score < min(LEAST + LEAST_PER_WORD * best.asked, ENOUGH):
        return False
    return in_title or len(best.parts) >= 2 or best.score >= LONE_MATCH * best.asked
