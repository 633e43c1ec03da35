"""Whether the desk can work, part by part. Rooms register parts of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import django.db
import redis
from django.conf import settings
from django.db import connection

Check = Callable[[], str]
"""Returns what is wrong as a short code, or "" when all is well. Takes at most about a second."""

Verdict = Literal["ok", "degraded", "unavailable"]


@dataclass(frozen=True, slots=True)
class _Part:
    check: Check
    vital: bool
    asks_database: bool


_parts: dict[str, _Part] = {}
_migrated = False


def part(name: str, *, vital: bool = True, asks_database: bool = True) -> Callable[[Check], Check]:
    """Register a part. Without one that is not `vital` the desk still works, only more slowly."""

    def register(check: Check) -> Check:
        _parts[name] = _Part(check, vital, asks_database)
        return check

    return register


def parts() -> dict[str, str]:
    """Every part and its state: "ok" or a code; "not_asked" when it would wait for a database that is away."""
    told: dict[str, str] = {}
    away = False
    for name, known in _parts.items():
        if away and known.asks_database:
            told[name] = "not_asked"
            continue
        try:
            told[name] = known.check() or "ok"
        except Exception as error:  # noqa: BLE001 - whatever a part raises, its name is the answer
            told[name] = type(error).__name__
            away = away or isinstance(error, django.db.Error)
    return told


def verdict(told: Mapping[str, str]) -> Verdict:
    """What the states of the parts come to: "degraded" when nothing that is vital is missing."""
    missing = [name for name, state in told.items() if state != "ok"]
    if not missing:
        return "ok"
    return "unavailable" if any(_parts[name].vital for name in missing) else "degraded"


@part("database")
def database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


@part("migrations")
def migrations() -> str:
    """Asked until the answer is good: while a process runs, its migrations do not become fewer."""
    from django.db.migrations.executor import MigrationExecutor

    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return "" if _migrated else "pending"


@part("hints", vital=False, asks_database=False)
def hints() -> str:
    """Valkey; while it is away, workers and pages look for themselves every few seconds."""
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5, retry=None)
    try:
        client.ping()
    finally:
        client.close()
    return ""
