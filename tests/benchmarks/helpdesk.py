"""The list of open tickets beside django-helpdesk's, with as many tickets in the same PostgreSQL, in turns."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.db import connection

from accounts.actions import issue_token
from tests.benchmarks.crowd import desk_of, go_to, url_of
from tests.benchmarks.measuring import Times
from tests.benchmarks.table import Figure

TICKETS = 100_000
TIMES, WARM, API_TIMES = 15, 3, 2  # a page of its API takes most of a minute
AT_MOST = 1 / 20
WANTED = ("django-helpdesk==2.6.1", "psycopg[binary]==3.3.9")
DATABASE = "bench_helpdesk"


def measure() -> Iterator[Figure]:
    python = _installed()
    if python is None:
        print("  left out: django-helpdesk could not be installed; pip says why")
        return
    stage = str(connection.settings_dict["NAME"])
    desk = desk_of(TICKETS)
    with _helpdesk(python) as theirs:
        try:
            go_to(desk.name)
            _, secret = issue_token(desk.person, scopes=["tickets:read"], by=desk.person.actor())
            said = {"authorization": f"Bearer {secret}"}
            page, rows, api = Times(), Times(), Times()
            their_page, their_rows, their_api = Times(), Times(), Times()
            for turn in range(WARM + TIMES):
                found = [
                    (page, lambda: desk.client.get("/queue/todo/")),
                    (rows, lambda: desk.client.get("/queue/todo/rows/")),
                    (api, lambda: desk.client.get("/api/v1/tickets/?status=open", headers=said)),
                ]
                for times, ask in found:
                    times.take(lambda ask=ask: _fine(ask()))  # type: ignore[misc]
                their_page.each.append(theirs("list"))
                their_rows.each.append(theirs("rows"))
                if turn < API_TIMES:
                    their_api.each.append(theirs("api"))
            for each in (page, rows, api, their_page, their_rows):
                del each.each[:WARM]
        finally:
            go_to(stage)
    note = f"{TICKETS:,} tickets; theirs is the page and then its rows"
    yield Figure(
        name="list of open tickets",
        ours=page.median,
        floor=their_page.median + their_rows.median,
        unit="ms",
        at_most=AT_MOST,
        note=note,
    )
    yield Figure(
        name="rows of the list alone",
        ours=rows.median,
        floor=their_rows.median,
        unit="ms",
        at_most=AT_MOST,
        note="what theirs asks for on each change of it",
    )
    yield Figure(name="list over the API", ours=api.median, floor=their_api.median, unit="ms", at_most=AT_MOST)


def _fine(answer: object) -> None:
    assert getattr(answer, "status_code", 0) == 200, answer


def _installed() -> Path | None:
    """The Python of an environment that has django-helpdesk; made once, HELPDESK_ENVIRONMENT says where. None without one."""
    place = Path(os.environ.get("HELPDESK_ENVIRONMENT") or Path(tempfile.gettempdir(), "countersign-helpdesk"))
    python = place / "bin" / "python"
    if not python.exists():
        venv.create(place, with_pip=True)
    has = [str(python), "-c", "import helpdesk, psycopg"]
    if subprocess.run(has, capture_output=True, check=False).returncode == 0:
        return python
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *WANTED]
    return python if subprocess.run(install, check=False).returncode == 0 else None


@contextmanager
def _helpdesk(python: Path) -> Iterator[_Site]:
    with psycopg.connect(url_of("postgres"), autocommit=True) as server:
        there = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if not there:
            server.execute(f"CREATE DATABASE {DATABASE}")
    site = _Site(python)
    try:
        yield site
    finally:
        site.end()


class _Site:
    """It in a process of its own. Called with the name of a page it says how many milliseconds that took."""

    def __init__(self, python: Path) -> None:
        # -P: what lies beside the program has the same names as what it imports.
        program = Path(__file__).with_name("helpdesk_site.py")
        self._process = subprocess.Popen(
            [str(python), "-P", str(program), url_of(DATABASE), str(TICKETS)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=tempfile.gettempdir(),
            env={name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "PYTHON"))},
        )
        self._hear("ready")

    def __call__(self, page: str) -> float:
        assert self._process.stdin
        self._process.stdin.write(f"{page}\n")
        self._process.stdin.flush()
        return float(self._hear())

    def _hear(self, word: str = "") -> str:
        assert self._process.stdout
        said = self._process.stdout.readline().strip()
        if not said or (word and said != word):
            sys.exit(f"django-helpdesk ended: {said or self._process.wait(10)}")
        return said

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
