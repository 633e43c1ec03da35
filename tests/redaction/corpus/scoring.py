"""How much of what is marked is found, how much of what is found is marked, and how often what should stay is hit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from conversations.redaction.redact import Known, found_in
from tests.redaction.corpus import STAYS, Example, Mark


@dataclass(slots=True)
class Score:
    """Of one kind: marked places, those found whole, places replaced under this kind, and those that had to be."""

    marked: int = 0
    found: int = 0
    replaced: int = 0
    rightly: int = 0

    @property
    def recall(self) -> float:
        return self.found / self.marked if self.marked else 1.0

    @property
    def precision(self) -> float:
        return self.rightly / self.replaced if self.replaced else 1.0


@dataclass(slots=True)
class Missed:
    """A mark that was not found whole, or a replacement that was not asked for (`kind` then begins with +)."""

    kind: str
    words: str
    example: Example


@dataclass(slots=True)
class Scores:
    by_kind: dict[str, Score] = field(default_factory=dict)
    missed: list[Missed] = field(default_factory=list)

    def __getitem__(self, kind: str) -> Score:
        return self.by_kind.setdefault(kind, Score())

    def over(self, kinds: Iterable[str]) -> Score:
        total = Score()
        for kind in kinds:
            one = self[kind]
            total.marked, total.found = total.marked + one.marked, total.found + one.found
            total.replaced, total.rightly = total.replaced + one.replaced, total.rightly + one.rightly
        return total

    @property
    def false_hits(self) -> float:
        """The share of order numbers and product names of which any part was replaced."""
        stays = self.over(STAYS)
        return stays.found / stays.marked if stays.marked else 0.0


def score(examples: Iterable[Example]) -> Scores:
    """Nothing is known of any customer: what is found, the recognisers found. A name found in parts is found."""
    scores = Scores()
    for example in examples:
        spans = found_in({"message": example.text}, known=Known())["message"]
        covered = bytearray(len(example.text))
        for span in spans:
            covered[span.start : span.end] = b"\x01" * (span.end - span.start)
        for mark in example.marks:
            one = scores[mark.kind]
            one.marked += 1
            hit = _hit(mark, example.text, covered)
            one.found += hit
            if hit == (mark.kind in STAYS):
                scores.missed.append(Missed(mark.kind, example.text[mark.start : mark.end], example))
        for span in spans:
            kind = span.kind.lower() if span.kind else "text"
            scores[kind].replaced += 1
            rightly = any(
                mark.start < span.end and span.start < mark.end and mark.kind not in STAYS for mark in example.marks
            )
            scores[kind].rightly += rightly
            if not rightly:
                scores.missed.append(Missed("+" + kind, example.text[span.start : span.end], example))
    return scores


def _hit(mark: Mark, text: str, covered: bytearray) -> bool:
    places = [place for place in range(mark.start, mark.end) if text[place].isalnum()]
    if mark.kind in STAYS:
        return any(covered[place] for place in places)
    return all(covered[place] for place in places)


def count(examples: Iterable[Example]) -> Counter[str]:
    return Counter(example.language for example in examples)
