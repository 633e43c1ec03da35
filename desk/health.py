"""Whether the desk can work, part by part. Rooms register parts of their own."""

from __future__ import annotations

from collections.abc import Callable

import redis
from django.conf import settings
from django.db import connection

Check = Callable[[], str]
"""Returns what is wrong as a short code, or "" when all is well. Takes at most about a second."""

_checks: dict[str, Check] = {}


def part(name: str) -> Callable[[Check], Check]:
    def register(check: Check) -> Check:
        _checks[name] = check
        return check

    return register


def parts() -> dict[str, str]:
    """Every part and its state: "ok" or a code."""
    return {name: _ask(check) for name, check in _checks.items()}


def _ask(check: Check) -> str:
    try:
        return check() or "ok"
    except Exception as error:  # whatever a part raises, its name is the answer
        return type(error).__name__


@part("database")
def database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


@part("migrations")
def migrations() -> str:
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return "pending" if executor.migration_plan(executor.loader.graph.leaf_nodes()) else ""


@part("hints")
def hints() -> str:
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5, retry=None)
    try:
        client.ping()
    finally:
        client.close()
    return ""
