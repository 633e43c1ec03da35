"""What happens because time passes: rooms register ticks, one leader among the schedulers runs them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from django.db import connection

log = structlog.get_logger(__name__)

LEADER_LOCK = 0x0C0FFEE  # one number for all schedulers of a database


@dataclass(slots=True)
class _Tick:
    name: str
    seconds: float
    run: Callable[[], object]
    due: float = 0.0


_ticks: list[_Tick] = []


def every(seconds: float) -> Callable[[Callable[[], object]], Callable[[], object]]:
    """Run a function about every so many seconds, in one process of the installation."""

    def register(run: Callable[[], object]) -> Callable[[], object]:
        _ticks.append(_Tick(f"{run.__module__}.{run.__name__}", seconds, run))
        return run

    return register


def lead() -> bool:
    """Whether this process is the leader: a session-level advisory lock, lost with its connection."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() "
            "AND classid = 0 AND objid = %s AND granted) OR pg_try_advisory_lock(%s)",
            [LEADER_LOCK, LEADER_LOCK],
        )
        return bool(cursor.fetchone()[0])


def tick() -> None:
    """Run what is due; one that fails is logged and does not hold up the others."""
    now = time.monotonic()
    for each in _ticks:
        if each.due <= now:
            each.due = now + each.seconds
            try:
                each.run()
            except Exception:  # the next tick must come, whatever this one met
                log.exception("tick_failed", tick=each.name)
                if connection.connection is None or not connection.is_usable():
                    connection.close()
                    raise
