"""Reading the database for sockets: in one thread of its own, over one connection of its own.

Not over the pool of the pages: neither shall many pages keep the feed waiting nor a hung feed take theirs away.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.utils import load_backend

T = TypeVar("T")

LIMITS = {
    "connect_timeout": 5,
    # A server that vanished without a word is noticed after ten seconds, not after two hours.
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
PLANNED_ONCE = {
    "server_side_binding": True,
    "prepare_threshold": 2,
    "options": "-c plan_cache_mode=force_generic_plan",
}
"""For the same few statements again and again, whose planning takes longer than their running. Left to itself, PostgreSQL
plans what reads the rows of some keys anew each time: it expects ten keys where one comes. Not for what counts a whole table:
partial indexes serve constants."""

_here = threading.local()


class Reading:
    """A thread that reads one thing after the other. A lost connection fails one reading; the next connects anew."""

    def __init__(self, name: str, options: Mapping[str, Any] | None = None) -> None:
        self._options = {**LIMITS, **(options or {})}
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)

    async def run(self, function: Callable[..., T], *args: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(
            self._thread, partial(_read, self._options, function, *args)
        )

    def stop(self) -> None:
        """End the thread when what it reads now is done; does not wait."""
        self._thread.submit(_close)
        self._thread.shutdown(wait=False)


def _read(options: Mapping[str, Any], function: Callable[..., T], *args: Any) -> T:
    if not getattr(_here, "connected", False):
        _own_connection(options)
    try:
        return function(*args)
    except Error:
        # Lost, or its plans are of tables as they were before a migration: the next reading connects anew.
        connections[DEFAULT_DB_ALIAS].close()
        raise


def _own_connection(more: Mapping[str, Any]) -> None:
    found = connections.settings[DEFAULT_DB_ALIAS]
    options = {**found["OPTIONS"], **more}
    options["options"] = " ".join(filter(None, [found["OPTIONS"].get("options"), more.get("options")]))
    options.pop("pool", None)
    settings = {**found, "OPTIONS": options, "CONN_MAX_AGE": None}
    connections[DEFAULT_DB_ALIAS] = load_backend(found["ENGINE"]).DatabaseWrapper(settings, DEFAULT_DB_ALIAS)
    _here.connected = True


def _close() -> None:
    if getattr(_here, "connected", False):
        connections[DEFAULT_DB_ALIAS].close()
