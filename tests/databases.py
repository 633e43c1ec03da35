"""A database for one test: a copy of the migrated one, made and dropped in a fraction of a second."""

from __future__ import annotations

import subprocess
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.test.utils import setup_databases
from psycopg import sql

from desk.wheels import programs

_migrated: dict[str, Any] = {}
_FIRST = "migrated_first"


def migrated_database() -> None:
    """Give this process of the tests its migrated database: the first one migrates, the others copy what it made.

    Where it is is remembered: a test with a whole desk of its own may point Django elsewhere meanwhile.
    """
    here = connections["default"]
    with psycopg.connect(_url("postgres"), autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(hashtext(%s))", [_FIRST])
        if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [_FIRST]).fetchone():
            name = str(here.settings_dict["TEST"]["NAME"])
            _copy(server, name, of=_FIRST)
            here.settings_dict["NAME"] = name
        else:
            setup_databases(verbosity=0, interactive=False, aliases={"default"}, serialized_aliases=set())
            _close()
            _copy(server, _FIRST, of=str(here.settings_dict["NAME"]))
    now = here.settings_dict
    _migrated.update({name: now[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")})


def migrate_elsewhere(url: str) -> None:
    """Have the desk's tables in this empty database of another server, to which Django's default connection is now.

    They are those of the migrated one, if this process has it: a tenth of the work.
    """
    if not _migrated:
        call_command("migrate", verbosity=0)
        return
    folder, there = programs(None, Path()), _url(str(_migrated["NAME"]))
    dump = [folder / "pg_dump", "--no-owner", "--no-privileges", "--dbname", there]
    tables = subprocess.run(dump, check=True, stdout=subprocess.PIPE, timeout=60).stdout
    load = [folder / "psql", "-qX1", "--set=ON_ERROR_STOP=1", "--dbname", url]
    subprocess.run(load, check=True, input=tables, stdout=subprocess.DEVNULL, timeout=60)


@contextmanager
def cloned_database() -> Iterator[str]:
    """Point Django's default connection at a fresh copy of the test database while the block runs."""
    fresh = f"own_{uuid.uuid4().hex[:12]}"
    _close()
    with psycopg.connect(_url("postgres"), autocommit=True) as server:
        _copy(server, fresh, of=str(_migrated["NAME"]))
    try:
        with pointed_at(fresh):
            yield _url(fresh)
    finally:
        with psycopg.connect(_url("postgres"), autocommit=True) as server:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(fresh)))


@contextmanager
def pointed_at(name: str) -> Iterator[None]:
    """Have Django's default connection be to another database of the same server while the block runs."""
    here = connections["default"]
    kept = dict(here.settings_dict)
    _close()
    here.settings_dict.update({**_migrated, "NAME": name})
    try:
        yield
    finally:
        _close()
        here.settings_dict.update(kept)


def back_at_home() -> AbstractContextManager[None]:
    """Have it be to the migrated database again, which is where other tests expect it."""
    return pointed_at(str(_migrated["NAME"]))


def tables_of_before(*versions: tuple[str, str]) -> Any:
    """In a database of the test's own: the tables as these migrations left them, and their models as they were then."""
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    connections["default"].close()
    executor = MigrationExecutor(connection)
    apps = {app for app, _name in versions}
    there = [*versions, *(leaf for leaf in executor.loader.graph.leaf_nodes() if leaf[0] not in apps)]
    executor.migrate(there)
    return executor.loader.project_state(there).apps


def _copy(server: psycopg.Connection[Any], name: str, *, of: str) -> None:
    # Copying files is a fifth of the work of logging their pages.
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
    server.execute(statement.format(sql.Identifier(name), sql.Identifier(of)))


def _close() -> None:
    connections["default"].close()
    connections["default"].close_pool()


def _url(name: str) -> str:
    return urlunsplit(urlsplit(settings.ENV.database_url)._replace(path=f"/{name}"))
