"""What nobody needs any more is deleted, so that tables which only serve the work of the moment do not grow for good."""

from __future__ import annotations

from importlib import import_module

from django.conf import settings
from django.db import connection

EVERY = 3600.0  # seconds
JOBS_KEPT = 7  # days
AT_ONCE = 1_000  # rows a transaction


def forget_done_jobs() -> int:
    """Delete jobs that are done and were due over a week ago. Dead ones stay, for people to see. Returns how many."""
    forgotten = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                DELETE FROM desk_job WHERE id IN (
                    SELECT id FROM desk_job WHERE state = 'done' AND run_after < statement_timestamp() - make_interval(days => %s)
                    LIMIT %s FOR UPDATE SKIP LOCKED
                )
                """,
                [JOBS_KEPT, AT_ONCE],
            )
            gone = int(cursor.rowcount)
            forgotten += gone
            if gone < AT_ONCE:
                return forgotten


def forget_expired_sessions() -> None:
    """Delete the sessions of pages that nobody can go on with."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
