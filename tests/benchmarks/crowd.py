"""Two desks on one server, alike but for how many tickets they have, and the way from one to the other."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from psycopg import sql

from accounts.actions import add_person, add_team, join_team
from accounts.models import Person, Team
from conversations.drafting.models import SettingsVersion
from conversations.drafting.versions import current
from desk import kept
from desk.actions import SYSTEM
from tests.benchmarks.staging import cast

FEW = 10_000
MANY = int(os.environ.get("BENCH_TICKETS", "200000"))
EMPTY = "bench_empty"
SEES_ALL = "sam@desk.test"
STATEMENTS = Path(__file__).with_name("crowd.sql")


@dataclass(frozen=True)
class Desk:
    """A database with so many tickets, and somebody who may see all of them, signed in there."""

    name: str
    client: Client
    person: Person


@dataclass(frozen=True)
class Desks:
    """Both sizes; their people are the same."""

    few: Desk
    many: Desk

    @property
    def person(self) -> Person:
        return self.many.person


def go_to(name: str) -> None:
    """From here on Django speaks with this database."""
    _let_go()
    connection.settings_dict["NAME"] = name
    connection.ensure_connection()


@contextmanager
def to_and_fro(*names: str) -> Iterator[Callable[[str], None]]:
    """Yields what takes this process to one of these databases: each has a connection that stays, and what is kept of it."""
    here = str(connection.settings_dict["NAME"])
    options = connection.settings_dict["OPTIONS"]
    pool, connections = options.pop("pool", None), {}
    known = {name: (kept._Place(), [{} for _ in kept._all]) for name in names}
    try:
        for name in names:
            go_to(name)
            connections[name], connection.connection = connection.connection, None

        def turn_to(name: str) -> None:
            connection.settings_dict["NAME"], connection.connection = name, connections[name]
            kept._place, values = known[name]
            for each, its in zip(kept._all, values, strict=True):
                each._values = its

        yield turn_to
    finally:
        connection.connection = None
        for one in connections.values():
            one.close()
        options |= {"pool": pool} if pool else {}
        go_to(here)


@lru_cache
def desk_of(count: int) -> Desk:
    """The desk with so many tickets, loaded once a run; it goes with the run's server, unless that is kept (BENCH_VAR)."""
    stage, name, began = str(connection.settings_dict["NAME"]), f"bench_{count}", time.monotonic()
    with psycopg.connect(url_of("postgres"), autocommit=True) as server:
        # What is measured is not to meet the tidying after what was loaded; that is done here, before.
        server.execute("ALTER SYSTEM SET autovacuum = off")
        server.execute("SELECT pg_reload_conf()")
        there = {found for (found,) in server.execute("SELECT datname FROM pg_database")}
        if EMPTY not in there:
            _staff()
            _let_go()
            _copy(server, stage, EMPTY)
        if name not in there:
            # Under its own name when it is whole.
            server.execute("DROP DATABASE IF EXISTS bench_loading WITH (FORCE)")
            _copy(server, EMPTY, "bench_loading")
            _load("bench_loading", count)
            server.execute(_named("ALTER DATABASE bench_loading RENAME TO {}", name))
        go_to(name)
        call_command("migrate", verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        server.execute("CHECKPOINT")
    client, person = Client(headers={"accept-encoding": "gzip"}), Person.objects.get(email=SEES_ALL)
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    go_to(stage)
    print(f"  {count:,} tickets there after {time.monotonic() - began:.0f} s", flush=True)
    return Desk(name, client, person)


@contextmanager
def at_both() -> Iterator[Desks]:
    """The desks; afterwards Django speaks with the run's own database again."""
    stage = str(connection.settings_dict["NAME"])
    try:
        yield Desks(desk_of(FEW), desk_of(MANY))
    finally:
        go_to(stage)


def _staff() -> None:
    """As many people and teams as such a desk has."""
    people = cast()
    for n in range(5):
        join_team(add_team(name=f"Team {n}", lead=None, by=SYSTEM), people.ana, by=SYSTEM)
    for n in range(9):
        add_person(email=f"crowd-{n}@desk.test", name=f"Crowd {n}", roles=["agent"], password="", by=SYSTEM)
    current()


def _load(name: str, count: int) -> None:
    go_to(name)
    values: dict[str, Any] = {
        "count": count,
        "teams": [*Team.objects.order_by("pk").values_list("pk", flat=True)[:6], None],
        "people": [*Person.objects.filter(roles__contains=["agent"]).order_by("pk").values_list("pk", flat=True)],
        "settings": SettingsVersion.objects.values_list("pk", flat=True).latest("pk"),
    }
    _let_go()
    with psycopg.connect(url_of(name), autocommit=True, cursor_factory=psycopg.ClientCursor) as server:
        for statement in re.split(r";\n", STATEMENTS.read_text(encoding="utf-8")):
            if statement.strip():
                server.execute(statement, values)  # type: ignore[arg-type]


def _copy(server: psycopg.Connection, old: str, new: str) -> None:
    server.execute(_named("CREATE DATABASE {} TEMPLATE {}", new, old))


def _named(statement: str, *names: str) -> sql.Composed:
    return sql.SQL(statement).format(*map(sql.Identifier, names))  # type: ignore[arg-type]


def _let_go() -> None:
    connection.close()
    connection.close_pool()


def url_of(name: str) -> str:
    return settings.ENV.database_url.rpartition("/")[0] + f"/{name}"
