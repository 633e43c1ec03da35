"""Where the benchmarks play: durable servers of their own, the cast, and as many drafts before people as are wanted."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from desk.embedded import PostgresServer, ValkeyServer
from tests.servers import remove_var, temporary_var

if TYPE_CHECKING:
    from tests.cast import Cast


@contextmanager
def stage() -> Iterator[None]:
    """A desk's PostgreSQL and Valkey as `make run` starts them, migrated; Django is set up for them as for the tests.

    They go with the run; those in the folder BENCH_VAR are there again for the next one.
    """
    kept = os.environ.get("BENCH_VAR")
    var = Path(kept).absolute() if kept else temporary_var()
    postgres, valkey = PostgresServer(var, durable=True), ValkeyServer(var)
    try:
        postgres.start()
        if kept:
            _begin_anew(postgres.url)
        valkey.start()
        os.environ["COUNTERSIGN_TEST_SERVERS"] = f"{postgres.url} {valkey.url}"
        import_module("tests.first")
        _set_up()
        yield
    finally:
        valkey.stop()
        postgres.stop()
        if not kept:
            remove_var(var)


def _begin_anew(url: str) -> None:
    """The run's own database empty again; those of tests.benchmarks.crowd stay."""
    with psycopg.connect(url.rpartition("/")[0] + "/postgres", autocommit=True) as server:
        server.execute("DROP DATABASE IF EXISTS countersign WITH (FORCE)")
        server.execute("CREATE DATABASE countersign")


def _set_up() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "desk.settings"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


@lru_cache(maxsize=1)
def cast() -> Cast:
    """The people, in this one run's database."""
    from tests.cast import Cast

    with unhurried():
        return Cast.enter()


@contextmanager
def unhurried() -> Iterator[None]:
    """Staging need not survive a power cut; what is measured does."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET synchronous_commit")
