"""What each way of searching finds of the labelled questions, and how long a question takes."""

from __future__ import annotations

from collections.abc import Iterator

from desk.actions import SYSTEM
from tests.benchmarks.measuring import Times
from tests.benchmarks.table import Figure

GOALS = {"en": 0.90, "de": 0.75, "es": 0.75, "fr": 0.75}
TIMED = 60


def measure() -> Iterator[Figure]:
    """On the articles of the demo shop, with the embedded model."""
    from conversations.demo.articles import import_articles
    from conversations.knowledge.vectors import write_missing
    from tests.knowledge.measuring import LABELLED, METHODS, recall_by_language

    import_articles(by=SYSTEM)
    passages = sum(write_missing())
    for method in METHODS:
        for language, share in sorted(recall_by_language(method).items()):
            asked = sum(question.language == language for question in LABELLED)
            yield Figure(
                name=f"recall@3, {language}, {method}",
                ours=share,
                unit="",
                at_least=GOALS[language] if method == "all of them" else None,
                note=f"{asked} questions in other words, {passages} passages",
            )
    for method, ask in METHODS.items():
        took = Times()
        for question in LABELLED[:: len(LABELLED) // TIMED]:
            took.take(lambda ask=ask, question=question: ask(question))  # type: ignore[misc]
        yield Figure(name=f"one question, {method}, median", ours=took.median, unit="ms")
