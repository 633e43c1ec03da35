"""Two desks on one server, alike but for how many tickets they have, and the way from one to the other."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from django.test import Client
from psycopg import sql

from accounts.actions import add_person, add_team, join_team
from accounts.models import Person, Team
from conversations.drafting.models import SettingsVersion
from conversations.drafting.versions import current
from desk.actions import SYSTEM
from tests.benchmarks.staging import cast

FEW = 10_000
MANY = int(os.environ.get("BENCH_TICKETS", "200000"))
STATEMENTS = Path(__file__).with_name("crowd.sql")


@dataclass(frozen=True)
class Desks:
    """The names of the two databases, and somebody who may see everything in both, signed in."""

    few: str
    many: str
    client: Client
    person: Person

    @staticmethod
    def go_to(name: str) -> None:
        """From here on Django speaks with this desk."""
        connection.close()
        connection.close_pool()
        connection.settings_dict["NAME"] = name
        connection.ensure_connection()


@lru_cache(maxsize=1)
def desks() -> Desks:
    """Both, loaded once a run; they go with the run's server."""
    people = cast()
    for n in range(5):
        join_team(add_team(name=f"Team {n}", lead=None, by=SYSTEM), people.ana, by=SYSTEM)
    for n in range(9):
        add_person(email=f"crowd-{n}@desk.test", name=f"Crowd {n}", roles=["agent"], password="", by=SYSTEM)
    current()
    client = Client()
    client.force_login(people.sam, backend=settings.AUTHENTICATION_BACKENDS[0])
    stage = str(connection.settings_dict["NAME"])
    connection.close()
    connection.close_pool()
    names = {FEW: "bench_few", MANY: "bench_many"}
    with psycopg.connect(_url("postgres"), autocommit=True) as server:
        for name in names.values():
            server.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(stage))
            )
    for count, name in names.items():
        began = time.monotonic()
        _load(name, count)
        print(f"  {count:,} tickets loaded in {time.monotonic() - began:.0f} s", flush=True)
    connection.settings_dict["NAME"] = stage
    return Desks(names[FEW], names[MANY], client, people.sam)


@contextmanager
def at_both() -> Iterator[Desks]:
    """The desks; afterwards Django speaks with the run's own database again."""
    found, stage = desks(), str(connection.settings_dict["NAME"])
    try:
        yield found
    finally:
        found.go_to(stage)


def _load(name: str, count: int) -> None:
    Desks.go_to(name)
    values: dict[str, Any] = {
        "count": count,
        "teams": [*Team.objects.order_by("pk").values_list("pk", flat=True)[:6], None],
        "people": [*Person.objects.filter(roles__contains=["agent"]).order_by("pk").values_list("pk", flat=True)],
        "settings": SettingsVersion.objects.values_list("pk", flat=True).latest("pk"),
    }
    connection.close()
    connection.close_pool()
    with psycopg.connect(_url(name), autocommit=True, cursor_factory=psycopg.ClientCursor) as server:
        for statement in re.split(r";\n", STATEMENTS.read_text(encoding="utf-8")):
            if statement.strip():
                server.execute(statement, values)  # type: ignore[arg-type]


def _url(name: str) -> str:
    return settings.ENV.database_url.rpartition("/")[0] + f"/{name}"
