"""Measuring two sides of one machine that other work is going on: in turns, so that both meet the same minutes."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass
class Times:
    """Durations of one side, in milliseconds."""

    each: list[float] = field(default_factory=list)

    def take(self, what: Callable[[], object]) -> None:
        began = time.perf_counter()
        what()
        self.each.append((time.perf_counter() - began) * 1000)

    @property
    def median(self) -> float:
        return statistics.median(self.each)

    @property
    def p99(self) -> float:
        return percentile(self.each, 0.99)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of all values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def in_turns(ours: Callable[[], object], floor: Callable[[], object], *, times: int, warm: int) -> tuple[Times, Times]:
    """Run both sides alternately, one after the other, `times` times each, after `warm` that are not counted."""
    for _ in range(warm):
        ours()
        floor()
    left, right = Times(), Times()
    for _ in range(times):
        left.take(ours)
        right.take(floor)
    return left, right
