"""What a benchmark found, and the one table that all of it is printed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One line: our value and the floor's in the same unit, and the goal for their ratio (for `ours` without a floor)."""

    name: str
    ours: float
    unit: str
    floor: float | None = None
    at_most: float | None = None
    at_least: float | None = None
    note: str = ""

    @property
    def judged(self) -> float:
        return self.ours / self.floor if self.floor else self.ours

    @property
    def holds(self) -> bool | None:
        """Whether the goal is met; None when there is none."""
        if self.at_most is not None:
            return self.judged <= self.at_most
        if self.at_least is not None:
            return self.judged >= self.at_least
        return None

    def cells(self) -> list[str]:
        ratio = f"{self.judged:.2f}x" if self.floor else ""
        limit = self.at_most if self.at_most is not None else self.at_least
        sign = "<=" if self.at_most is not None else ">="
        goal = "" if limit is None else f"{sign} {limit:g}{'x' if self.floor else ' ' + self.unit}"
        verdict = {None: "", True: "holds", False: "MISSED"}[self.holds]
        return [
            self.name,
            _number(self.ours, self.unit),
            _number(self.floor, self.unit),
            ratio,
            goal,
            verdict,
            self.note,
        ]


HEAD = ("benchmark", "ours", "floor", "ratio", "goal", "verdict", "")


def table(figures: Sequence[Figure]) -> str:
    """All figures below one head, in columns."""
    rows = [list(HEAD), *(figure.cells() for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD) - 1)]
    lines = [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=True)), row[-1]]) for row in rows
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(line.rstrip() for line in lines)


def _number(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    digits = 0 if value >= 1000 else 1 if value >= 100 else 2
    return f"{value:,.{digits}f} {unit}"
