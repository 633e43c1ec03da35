"""Jobs that are due and that nobody came for, because a nudge was lost or a worker vanished: workers are nudged again."""

from __future__ import annotations

from django.db import connection

from desk import hints
from desk.jobs import DUE, LEFT

SWEPT_AT_ONCE = 8  # of a kind: a worker that is woken goes on by itself


def sweep() -> int:
    """Nudge workers about jobs that are due and that nobody has, or whose worker stopped renewing. Returns how many.

    The first few of each kind are enough: a worker that is woken goes on by itself, and nudging about all of a long
    backlog again and again would bury the workers under messages.
    """
    due = _first_of_each_kind(DUE) + _first_of_each_kind(LEFT)
    hints.nudge_about(due)
    return len(due)


def sweep_put_off() -> int:
    """The same at once for jobs that were put off until now (a reply whose time for undo is over). Returns how many."""
    due = _first_of_each_kind(
        f"{DUE} AND run_after > created_at + interval '0.1 s' AND run_after > statement_timestamp() - interval '2 s'"
    )
    hints.nudge_about(due)
    return len(due)


def _first_of_each_kind(which: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT kind FROM (
                SELECT kind, row_number() OVER (PARTITION BY kind ORDER BY run_after) AS place FROM desk_job WHERE {which}
            ) AS due WHERE place <= %s
            """,  # noqa: S608 - fixed text
            [SWEPT_AT_ONCE],
        )
        return [row[0] for row in cursor.fetchall()]
