"""Where the time of an action goes: each statement, the answers that are waited for, and what is left for Python."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from django.db import connection

from desk import statements

GOES_TOGETHER = "answers to what went together"


@dataclass
class Watched:
    """Milliseconds by step, in the order in which steps first came."""

    steps: dict[str, float] = field(default_factory=dict)
    calls: dict[str, int] = field(default_factory=dict)
    total: float = 0.0
    here: float = 0.0
    runs: int = 0

    def add(self, step: str, spent: float) -> None:
        self.steps[step] = self.steps.get(step, 0.0) + spent
        self.calls[step] = self.calls.get(step, 0) + 1

    @property
    def spent(self) -> float:
        return sum(self.steps.values())

    def lines(self) -> list[str]:
        """One line a step: its milliseconds in a run, its share of the whole, and how often it came in a run."""
        mean = self.total / self.runs
        found = [(step, spent / self.runs, self.calls[step] / self.runs) for step, spent in self.steps.items()]
        found.append(("Python between the statements", mean - self.spent / self.runs, 1))
        return [
            *(f"{spent:6.2f} ms {spent / mean:4.0%} {calls:4.1f} x  {step}" for step, spent, calls in found),
            f"{mean:6.2f} ms 100%         mean of {self.runs}, of which {self.here / self.runs:.2f} ms of processor time here",
        ]


def watch(what: Callable[[], object], *, times: int) -> Watched:
    """Run something a few times and see where its time goes."""
    seen = Watched()
    with _watching(seen):
        for _ in range(times):
            began, here = time.perf_counter(), time.thread_time()
            what()
            seen.total += (time.perf_counter() - began) * 1000
            seen.here += (time.thread_time() - here) * 1000
            seen.runs += 1
    return seen


@contextmanager
def _watching(seen: Watched) -> Iterator[None]:
    send = statements._send

    def timed_send(*args: Any, **kwargs: Any) -> Any:
        began, before = time.perf_counter(), seen.spent
        try:
            return send(*args, **kwargs)
        finally:
            seen.add(GOES_TOGETHER, (time.perf_counter() - began) * 1000 - (seen.spent - before))

    def timed(run: Callable[..., Any], sql: str, *more: Any) -> Any:
        began = time.perf_counter()
        try:
            return run(sql, *more)
        finally:
            seen.add(_name(sql), (time.perf_counter() - began) * 1000)

    with patch.object(statements, "_send", timed_send), connection.execute_wrapper(timed):
        yield


def _name(sql: str) -> str:
    """A statement's verb and what it is about."""
    sql = re.sub(r"\s+", " ", sql).strip()
    if sql.startswith("WITH counted"):
        return "WITH ... INSERT ledger_entry"
    if found := re.match(r"(?:SELECT|WITH) .*? FOR ", sql):
        return f"{found[0][:60]}..."
    if found := re.match(r'SELECT "(\w+)"\.', sql):
        return f"SELECT {found[1]}" + "".join(f", {table}" for table in dict.fromkeys(re.findall(r'JOIN "(\w+)"', sql)))
    if found := re.match(r'(INSERT INTO|UPDATE) "?(\w+)"?', sql):
        return f"{found[1].split()[0]} {found[2]}"
    return sql[:80]
