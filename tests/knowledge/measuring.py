"""How much of the labelled questions each way of searching finds; the benchmark prints it, a test holds it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Final

from conversations.knowledge.models import Passage
from conversations.knowledge.queries import Candidate, candidates, own_language, retrieve, weigh
from conversations.knowledge.vectors import nearest
from tests.knowledge.paraphrases import PARAPHRASES
from tests.knowledge.questions import QUESTIONS, Question

LABELLED: Final = [*QUESTIONS, *PARAPHRASES]


def recall_by_language(method: str, *, at: int = 3) -> dict[str, float]:
    """Share of the questions in each language one of whose articles is among the first `at` passages."""
    hits: dict[str, list[bool]] = defaultdict(list)
    slugs = dict(Passage.objects.values_list("id", "article__slug"))
    for question in LABELLED:
        found = METHODS[method](question)[:at]
        hits[question.language].append(bool(question.slugs & {slugs[each] for each in found}))
    return {language: sum(each) / len(each) for language, each in hits.items()}


def _by_full_text(question: Question) -> list[int]:
    return _weighed(question, lambda each: each.alike.clear() or each.like_heading.clear())


def _by_trigrams(question: Question) -> list[int]:
    return _weighed(question, lambda each: each.lexemes.clear())


def _by_words(question: Question) -> list[int]:
    return _weighed(question, lambda _each: None)


def _weighed(question: Question, without: Callable[[Candidate], None]) -> list[int]:
    own = own_language(question.language)
    found = candidates(question.text, own)
    for each in found:
        without(each)
    weigh(found, own)
    return [each.id for each in sorted(found, key=lambda each: (-each.score, each.id)) if each.score > 0]


def _by_meaning(question: Question) -> list[int]:
    return [each.id for each in nearest(question.text, [question.language, "en"])]


def _by_both(question: Question) -> list[int]:
    return [each.passage.pk for each in retrieve(text=question.text, language=question.language)]


METHODS: Final[Mapping[str, Callable[[Question], list[int]]]] = {
    "full text": _by_full_text,
    "trigrams": _by_trigrams,
    "full text and trigrams": _by_words,
    "meaning": _by_meaning,
    "all of them": _by_both,
}
