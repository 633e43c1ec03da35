"""Real servers for the tests: one PostgreSQL and one Valkey, started once and shared by every pytest-xdist worker.

`start()` has to run before Django's settings are read, so tests/conftest.py calls it as its first act. It overrules
DATABASE_URL and REDIS_URL of the environment: tests never touch a database that somebody uses.

`python -m tests.servers COMMAND ...` runs a command with such servers of its own.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from desk.embedded import PostgresServer, ValkeyServer
from desk.var import closed_home

_SHARED = "COUNTERSIGN_TEST_SERVERS"
_PREFIX = "countersign-tests-"
_MEMORY = Path("/dev/shm")  # noqa: S108 - each VAR in it is a folder of our own, made by mkdtemp
PLACES = (Path(tempfile.gettempdir()), _MEMORY)
"""Where a VAR may be."""
_ROOM = 6 * 2**30
"""Bytes that have to be free there: PostgreSQL keeps up to a gigabyte of its log, and several run at a time."""


@dataclass(frozen=True)
class Servers:
    """Where the servers are; `stop` ends them in the process that started them, and does nothing elsewhere."""

    database_url: str
    redis_url: str
    stop: Callable[[], None]


def start() -> Servers:
    """Start the servers, or find those that the process above this one has started; both go into the environment."""
    if _SHARED in os.environ:
        database_url, redis_url = os.environ[_SHARED].split()
        servers = Servers(database_url, redis_url, lambda: None)
    else:
        servers = _start()
        os.environ[_SHARED] = f"{servers.database_url} {servers.redis_url}"
    os.environ["DATABASE_URL"], os.environ["REDIS_URL"] = servers.database_url, servers.redis_url
    return servers


def temporary_var() -> Path:
    """A new VAR for tests that another user may pass through, so that PostgreSQL's files stay inside also for root.

    Tests have it in memory where there is room: a copy of the migrated database, which hundreds of them want, takes a fifth
    of the time there (measured). Benchmarks have it on the disk, as desks do.
    """
    var = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=_place()))
    var.chmod(0o711)
    return var


def _place() -> Path:
    in_memory = "PYTEST_VERSION" in os.environ and _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK)
    return _MEMORY if in_memory and shutil.disk_usage(_MEMORY).free > _ROOM else Path(tempfile.gettempdir())


def remove_var(var: Path) -> None:
    """Remove a VAR whose servers have stopped."""
    shutil.rmtree(var, ignore_errors=True)
    shutil.rmtree(closed_home(var), ignore_errors=True)


def _start() -> Servers:
    _remove_what_killed_runs_left()
    var = temporary_var()
    postgres, valkey = PostgresServer(var, durable=False), ValkeyServer(var)

    def stop() -> None:
        atexit.unregister(stop)
        os.environ.pop(_SHARED, None)
        valkey.stop()
        postgres.stop()
        remove_var(var)

    atexit.register(stop)
    postgres.start()
    valkey.start()
    return Servers(postgres.url, valkey.url, stop)


def _remove_what_killed_runs_left() -> None:
    for left in (found for place in PLACES for found in place.glob(f"{_PREFIX}*")):
        with contextlib.suppress(ValueError, PermissionError):
            if left.stat().st_uid != os.geteuid():
                continue
            try:
                os.kill(int(left.name.removeprefix(_PREFIX).partition("-")[0]), 0)
            except ProcessLookupError:
                remove_var(left)


def main() -> int:
    servers = start()
    try:
        return subprocess.run(sys.argv[1:], check=False).returncode
    finally:
        servers.stop()


if __name__ == "__main__":
    sys.exit(main())
