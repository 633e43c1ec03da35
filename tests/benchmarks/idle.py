"""A whole desk with demo data that nobody uses: what it holds, what it does all the same, and how soon it starts again."""

from __future__ import annotations

import time
from collections.abc import Iterator

from tests.benchmarks.table import Figure
from tests.runtime.running import Running, memory, seconds_of_work
from tests.servers import remove_var, temporary_var

SETTLE, WATCHED = 20, 30  # seconds


def measure() -> Iterator[Figure]:
    """`make run` with its demo, left alone until what it prepares is done."""
    var = temporary_var()
    desk = Running(var, module="desk.supervisor")
    try:
        desk.listen("Ctrl-C stops everything", seconds=180)
        time.sleep(SETTLE)
        parts, began = desk.all_processes(), time.monotonic()
        before = seconds_of_work(parts)
        time.sleep(WATCHED)
        share = (seconds_of_work(parts) - before) / (time.monotonic() - began) * 100
        held = memory(parts)
        desk.stop()
        began = time.monotonic()
        desk = Running(var, module="desk.supervisor")
        desk.listen("Ctrl-C stops everything", seconds=60)
        again = time.monotonic() - began
    finally:
        desk.stop()
        remove_var(var)
    what = f"{len(parts)} processes"
    yield Figure(name="idle desk, memory (PSS)", ours=held, unit="MB", at_most=700, note=what)
    yield Figure(name="idle desk, of one core", ours=share, unit="%", at_most=5, note=what)
    yield Figure(name="second start, until it is ready", ours=again, unit="s", at_most=10)
