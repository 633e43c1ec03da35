"""Where the time of an action goes: each statement, the commit, and what is left for Python."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection


@dataclass
class Watched:
    """Milliseconds by step, in the order in which steps first came."""

    steps: dict[str, float] = field(default_factory=dict)
    calls: dict[str, int] = field(default_factory=dict)
    total: float = 0.0
    runs: int = 0

    def add(self, step: str, began: float) -> None:
        self.steps[step] = self.steps.get(step, 0.0) + (time.perf_counter() - began) * 1000
        self.calls[step] = self.calls.get(step, 0) + 1

    def lines(self) -> list[str]:
        """One line a step: its milliseconds in a run, and its share of the whole."""
        mean = self.total / self.runs
        steps = {step: spent / self.runs for step, spent in self.steps.items()}
        steps["(Python, between the statements)"] = mean - sum(steps.values())
        lines = [
            f"{spent:6.2f} ms {spent / mean:4.0%}  {self.calls.get(step, self.runs) / self.runs:3.1f} x  {step}"
            for step, spent in steps.items()
        ]
        return [*lines, f"{mean:6.2f} ms 100%        the whole action, mean of {self.runs}, watched"]


def watch(what: Callable[[], object], *, times: int) -> Watched:
    """Run something a few times and see where its time goes."""
    seen = Watched()
    with _watching(seen):
        for _ in range(times):
            began = time.perf_counter()
            what()
            seen.total += (time.perf_counter() - began) * 1000
            seen.runs += 1
    return seen


@contextmanager
def _watching(seen: Watched) -> Iterator[None]:
    commit = connection._commit

    def execute(run: Callable[..., Any], sql: str, parameters: Any, many: bool, context: dict[str, Any]) -> Any:
        began = time.perf_counter()
        try:
            return run(sql, parameters, many, context)
        finally:
            seen.add(_name(sql), began)

    def timed_commit() -> None:
        began = time.perf_counter()
        commit()
        seen.add("COMMIT", began)

    connection._commit = timed_commit
    try:
        with connection.execute_wrapper(execute):
            yield
    finally:
        del connection._commit


def _name(sql: str) -> str:
    """A statement's verb and what it is about."""
    sql = re.sub(r"\s+", " ", sql).strip()
    if found := re.match(r'SELECT "?\w+"?.*? FROM "(\w+)"', sql):
        joins = re.findall(r'JOIN "(\w+)"', sql)
        return f"SELECT {found[1]}" + (f" with {', '.join(dict.fromkeys(joins))}" if joins else "")
    if found := re.match(r'(INSERT INTO|UPDATE) "?(\w+)"?', sql):
        return f"{found[1].split()[0]} {found[2]}"
    return re.sub(r'"s\d+_x\d+"', "...", sql)[:100]
