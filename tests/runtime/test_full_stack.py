"""The whole of `make run`: a desk with demo data, on real parts, from its start to its end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psycopg
import pytest

from desk.var import REPOSITORY
from tests.runtime.running import Running, alive, eventually, memory, processes, seconds_of_work
from tests.servers import remove_var, temporary_var

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]
_PARTS = ("uvicorn", "celery", "scheduler", "drafting.standin", "mailroom.catcher", "bin/postgres", "valkey-server")


@pytest.fixture(scope="module")
def var() -> Iterator[Path]:
    found = temporary_var()
    yield found
    remove_var(found)


@pytest.fixture(scope="module")
def desk(var: Path) -> Iterator[Running]:
    """One desk for all of them, with the demo's data; the last test stops it."""
    running = Running(var, module="desk.supervisor")
    running.listen("Ctrl-C stops everything", seconds=180)
    yield running
    if running.process.poll() is None:
        running.process.kill()
        running.process.communicate()


def get(desk: Running, path: str, **headers: str) -> tuple[int, Any]:
    """Status and JSON of one address of the desk; (0, None) when it does not answer."""
    connection = HTTPConnection("127.0.0.1", desk.port, timeout=10)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, json.load(answer)
    except OSError:
        return 0, None
    finally:
        connection.close()


def well(desk: Running) -> bool:
    return get(desk, "/health/ready")[0] == 200


def test_it_greets_with_the_address_and_the_sign_ins(desk: Running) -> None:
    assert f"The desk is ready at http://127.0.0.1:{desk.port}/\n" in desk.said
    for who in ("agent", "second", "supervisor", "admin", "second-admin", "auditor"):
        assert f"{who}@demo.test" in desk.said


def test_an_idle_desk_is_small_and_quiet(desk: Running) -> None:
    time.sleep(12)  # what begins with a start is over
    belonging = [desk.process.pid, *processes(desk.process.pid)]
    before = seconds_of_work(belonging)
    time.sleep(6)
    share = (seconds_of_work(belonging) - before) / 6
    size = memory(belonging)
    assert size < 700, f"{size:.0f} MB"
    assert share < 0.05, f"{share:.1%} of a core"


@pytest.mark.parametrize("part", ["web", "worker", "scheduler", "standin", "catcher"])
def test_each_part_comes_back_when_it_is_killed(desk: Running, part: str) -> None:
    words = dict(zip(("web", "worker", "scheduler", "standin", "catcher"), _PARTS, strict=False))[part]
    first = desk.pid_of(words)
    os.kill(first, signal.SIGKILL)
    desk.listen(f"{part} died (exit -9), started again")
    assert desk.pid_of(words) != first
    assert eventually(lambda: well(desk), seconds=30)


def test_the_desk_is_well_again_after_both_servers_were_killed(desk: Running) -> None:
    os.kill(desk.pid_of("bin/postgres"), signal.SIGKILL)
    os.kill(desk.pid_of("valkey-server"), signal.SIGKILL)
    desk.listen("postgres died")
    desk.listen("valkey died")
    assert eventually(lambda: well(desk), seconds=30), get(desk, "/health/ready")


def test_commands_find_the_running_desk_by_themselves(desk: Running) -> None:
    given = {"PATH": os.environ["PATH"], "VAR": str(desk.var)}
    command = [sys.executable, "manage.py", "issue_token", "agent@demo.test", "--scopes", "tickets:read"]
    done = subprocess.run(command, cwd=REPOSITORY, env=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (token,) = done.stdout.splitlines()
    status, page = get(desk, "/api/v1/tickets/", Authorization=f"Bearer {token}")
    assert status == 200
    assert page["results"]


def test_a_stop_of_the_group_leaves_no_process_and_the_next_start_has_its_data(desk: Running) -> None:
    with psycopg.connect(desk.run_file()["database_url"]) as connection:
        before = connection.execute("SELECT count(*) FROM tickets_ticket").fetchone()
    assert before is not None
    assert before[0] >= 60
    belonging = desk.all_processes()
    for words in _PARTS:
        assert desk.pid_of(words)
    deaths = desk.said.count("died")

    assert desk.stop(signal.SIGINT, group=True) < 10

    assert desk.process.returncode == 0
    assert not alive(belonging)
    assert desk.said.count("died") == deaths
    assert not (desk.var / "run.json").exists()

    again = Running(desk.var, module="desk.supervisor")
    try:
        # Ten seconds where nobody else works: `make bench` measures it.
        assert eventually(lambda: well(again), seconds=30)
        with psycopg.connect(again.run_file()["database_url"]) as connection:
            assert connection.execute("SELECT count(*) FROM tickets_ticket").fetchone() == before
    finally:
        again.stop()
