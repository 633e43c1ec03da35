"""What clients do at the same time, by name: actions of ours, and what they are held against."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from desk import actions
from desk.actions import Actor
from desk.statements import finish, write
from tests.benchmarks.approve import decide
from tests.benchmarks.floor import Bare, Counted, CountedAndFreed
from tests.drafts import TEXT

Side = Callable[[int, Iterator[int], str], Callable[[], object]]
"""Makes the work of one client from its number, the drafts that are left to it, and its person."""

_append = actions.append
_left_out = threading.local()


def _approve(_number: int, left: Iterator[int], person: str) -> Callable[[], object]:
    by = Actor("person", person)
    return lambda: decide(next(left), by)


def _approve_without_entries(number: int, left: Iterator[int], person: str) -> Callable[[], object]:
    approve = _approve(number, left, person)
    actions.append = _append_or_not  # type: ignore[attr-defined]

    def act() -> None:
        _left_out.now = True
        try:
            approve()
        finally:
            _left_out.now = False

    return act


def _append_or_not(records: Sequence[Any]) -> int:
    """The action with everything but its entries: it commits in the same round trip."""
    if not getattr(_left_out, "now", False):
        return _append(records)
    write("SET CONSTRAINTS ALL IMMEDIATE")
    return int(finish("SELECT 0", {}).fetchall()[-1][0])


SIDES: dict[str, Side] = {
    "approve": _approve,
    "approve without entries": _approve_without_entries,
    "bare": lambda number, _left, _person: Bare(TEXT, client=number).decide,
    "bare with entries": lambda number, _left, _person: Counted(TEXT, client=number).decide,
    "bare with entries, freed": lambda number, _left, _person: CountedAndFreed(TEXT, client=number).decide,
}
