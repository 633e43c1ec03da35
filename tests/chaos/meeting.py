"""Two people, or programs, who act on the same ticket at the same time, in an order that can be chosen and repeated.

The first is held after its n-th statement, with all the locks that it has by then; the second then runs until it is through
or waits for the first; then both go on. With every n, the two meet in every order of locks that there is.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from desk.jobs import LeaseLost
from desk.problems import Problem

Act = Callable[[], object]


@dataclass
class Meeting:
    """What came of it: `well`, or the name of what was raised."""

    first: str = ""
    second: str = ""
    held: bool = False
    """Whether the first had as many statements."""
    waited: bool = False
    """Whether the second had to wait for the first."""


class _Acting(threading.Thread):
    """One of the two, in a thread with a connection of its own."""

    def __init__(self, act: Act, *, hold_after: int = 0) -> None:
        super().__init__(daemon=True)
        self._act, self._hold_after, self._statements = act, hold_after, 0
        self.held, self.go = threading.Event(), threading.Event()
        self.backend = 0
        self.outcome = ""
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            connection.ensure_connection()
            self.backend = connection.connection.info.backend_pid
            with connection.execute_wrapper(self._hold):
                self._act()
            self.outcome = "well"
        except (Problem, LeaseLost) as refused:
            self.outcome = type(refused).__name__
        except BaseException as error:
            self.outcome, self.error = type(error).__name__, error
        finally:
            self.held.set()
            connection.close()

    def _hold(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        self._statements += 1
        if self._statements == self._hold_after:
            self.held.set()
            assert self.go.wait(20)
        return result


def meet(first: Act, second: Act, *, after: int) -> Meeting:
    """Let them meet after so many statements of the first. What is no refusal with a reason is raised."""
    one, other = _Acting(first, hold_after=after), _Acting(second)
    one.start()
    assert one.held.wait(20)
    meeting = Meeting(held=one.is_alive() and not one.outcome)
    other.start()
    while other.is_alive() and not meeting.waited:
        meeting.waited = bool(other.backend) and _waits(other.backend)
        time.sleep(0.001)
    one.go.set()
    for each in (one, other):
        each.join(20)
        assert not each.is_alive(), "they wait for each other"
        if each.error is not None:
            raise each.error
    meeting.first, meeting.second = one.outcome, other.outcome
    return meeting


def _waits(backend: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [backend])
        return bool(cursor.fetchone()[0])
