"""The list at 100,000 tickets against django-helpdesk's on the same server, in turns.

Only where HELPDESK_PYTHON names a Python that has django-helpdesk and psycopg: an environment of its own, as it wants other
versions than this desk (`python3 -m venv /tmp/helpdesk && /tmp/helpdesk/bin/pip install django-helpdesk 'psycopg[binary]'`).
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.db import connection

from accounts.actions import issue_token
from accounts.models import Person
from tests.benchmarks.crowd import desk_of, go_to, url_of
from tests.benchmarks.measuring import Times, in_turns
from tests.benchmarks.table import Figure

TICKETS = 100_000
SIDE = Path(__file__).with_name("helpdesk_side.py")


def measure() -> Iterator[Figure]:
    python = os.environ.get("HELPDESK_PYTHON")
    if not python:
        print("  passed over: HELPDESK_PYTHON names no Python with django-helpdesk (see tests/benchmarks/helpdesk.py)")
        return
    stage = str(connection.settings_dict["NAME"])
    ours = desk_of(TICKETS)
    go_to(ours.name)
    try:
        with _other_desk(python) as ask:

            def page() -> None:
                assert ours.client.get("/queue/todo/").status_code == 200

            def rows() -> None:
                assert ours.client.get("/queue/todo/rows/").status_code == 200

            for name, act in (("whole page", page), ("list alone", rows)):
                mine, theirs = in_turns(act, lambda: ask("open list"), times=30, warm=3)
                yield _figure(name, mine, theirs)
            token = _token(ours.person)

            def api() -> None:
                answer = ours.client.get("/api/v1/tickets/?page_size=50", headers={"authorization": f"Bearer {token}"})
                assert answer.status_code == 200

            api()
            # Once: it takes the better part of a minute.
            mine, theirs = in_turns(api, lambda: ask("api"), times=1, warm=0)
            yield _figure("API page", mine, theirs)
    finally:
        go_to(stage)


def _figure(name: str, ours: Times, theirs: Times) -> Figure:
    note = f"{TICKETS:,} tickets, of django-helpdesk page and rows of its open list"
    return Figure(name=f"{name}, median", ours=ours.median, floor=theirs.median, unit="ms", at_most=1 / 20, note=note)


def _token(person: Person) -> str:
    return issue_token(person, scopes=["tickets:read"], by=person.actor())[1]


@contextmanager
def _other_desk(python: str) -> Iterator[Callable[[str], None]]:
    """django-helpdesk in a process of its own, and how to ask it for something and wait."""
    name = f"bench_helpdesk_{TICKETS}"
    with psycopg.connect(url_of("postgres"), autocommit=True) as server:
        if not server.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone():
            server.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
    command = [python, str(SIDE), url_of(name), str(TICKETS)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as other:
        assert other.stdin
        assert other.stdout
        try:
            assert other.stdout.readline() == "ready\n"

            def ask(what: str) -> None:
                print(what, file=other.stdin, flush=True)
                float(other.stdout.readline())

            yield ask
        finally:
            other.stdin.close()
