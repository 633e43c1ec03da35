"""Redaction: what share of a labelled corpus is found, kind by kind and language by language, and how long a message takes.

The goals are for everything together; single lines of few places say how many they are.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Iterable, Iterator

from conversations.demo.content import tickets
from conversations.redaction.redact import Known, redact
from tests.benchmarks.measuring import Times
from tests.benchmarks.table import Figure
from tests.redaction.corpus import LANGUAGES, STAYS, STRUCTURED, Example, examples
from tests.redaction.corpus.scoring import Score, score

LENGTH, TIMES = 2_000, 25
KINDS = ("name", *STRUCTURED)


def measure() -> Iterator[Figure]:
    corpus = list(examples())
    for language in LANGUAGES:
        yield from _by_kind(language, [example for example in corpus if example.language == language])
    yield from _together("all", corpus)
    yield from _together("by hand", [example for example in corpus if not example.made])
    yield from _together("held out", [example for example in corpus if example.held_out])
    for language in LANGUAGES:
        dense = [example.text for example in corpus if example.language == language]
        yield _speed(f"redaction, {language}, a letter", _letters(language, dense), at_most=10)
        note = "one value in 60 characters, denser than any letter"
        yield _speed(f"redaction, {language}, the corpus", dense, at_most=10, note=note)


def _by_kind(language: str, those: list[Example]) -> Iterator[Figure]:
    scores = score(those)
    for kind in KINDS:
        if scores[kind].marked:
            yield from _both(f"redaction, {language}, {kind}", scores[kind])


def _both(name: str, found: Score) -> Iterator[Figure]:
    yield Figure(name=f"{name}, recall", ours=100 * found.recall, unit="%", note=f"{found.found} of {found.marked}")
    yield Figure(
        name=f"{name}, precision", ours=100 * found.precision, unit="%", note=f"{found.rightly} of {found.replaced}"
    )


def _together(name: str, those: Iterable[Example]) -> Iterator[Figure]:
    scores = score(those)
    structured, names, stays = scores.over(STRUCTURED), scores["name"], scores.over(STAYS)
    for kind, found, goal in (("structured", structured, 97.0), ("names", names, 85.0)):
        yield Figure(
            name=f"redaction, {name}, {kind}, recall",
            ours=100 * found.recall,
            unit="%",
            at_least=goal,
            note=f"{found.found} of {found.marked}",
        )
        yield Figure(
            name=f"redaction, {name}, {kind}, precision",
            ours=100 * found.precision,
            unit="%",
            note=f"{found.rightly} of {found.replaced}",
        )
    yield Figure(
        name=f"redaction, {name}, order numbers and products hit",
        ours=100 * scores.false_hits,
        unit="%",
        at_most=3,
        note=f"{stays.found} of {stays.marked}",
    )


def _letters(language: str, dense: list[str]) -> list[str]:
    """What customers of the demo write, with a message of the corpus after every third of theirs."""
    written = [
        message["text"]
        for ticket in tickets()
        for message in ticket["messages"]
        if ticket["language"] == language and message["from"] == "customer"
    ]
    letters: list[str] = []
    for number in range(3 * len(dense)):
        letters.append(written[number % len(written)])
        if number % 3 == 2:
            letters.append(dense[number // 3])
    return letters


def _speed(name: str, texts: list[str], *, at_most: float | None = None, note: str = "") -> Figure:
    """One message after the other, cut into pieces as long as a long mail.

    In time of the processor: it waits for nothing, and others wait on this machine too.
    """
    whole = "\n\n".join(texts)
    pieces = [whole[start : start + LENGTH] for start in range(0, len(whole) - LENGTH, LENGTH)]
    known = Known(names=["Anna Müller"], emails=["anna.mueller@example.org"], phones=["+49 151 23456789"])
    times = Times()
    for piece in pieces[:TIMES]:
        redact({"message": piece}, known=known)
        gc.collect()
        began = time.process_time()
        redact({"message": piece}, known=known)
        times.each.append((time.process_time() - began) * 1000)
    return Figure(
        name=f"{name}, {LENGTH:,} characters, median",
        ours=times.median,
        unit="ms",
        at_most=at_most,
        note=note or f"{len(pieces[:TIMES])} pieces",
    )
