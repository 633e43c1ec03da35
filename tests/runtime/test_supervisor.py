"""The supervisor with a small desk: real servers, and parts that misbehave as the real ones must not."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from desk.var import read_run
from tests.runtime.running import Running, alive, command_line, eventually
from tests.servers import remove_var, temporary_var

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
Start = Callable[..., Running]


@pytest.fixture
def start() -> Iterator[Start]:
    var = temporary_var()
    started: list[Running] = []

    def run(**environment: str) -> Running:
        running = Running(var, module="tests.runtime.small_desk", OPENAI_API_KEY="", **environment)
        started.append(running)
        return running

    yield run
    for running in started:
        if running.process.poll() is None:
            running.process.kill()
            running.process.communicate()
    remove_var(var)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("group", [False, True], ids=["supervisor", "group"])
def test_a_stop_ends_everything_in_order(start: Start, number: signal.Signals, group: bool) -> None:
    desk = start()
    desk.listen("job.dead")
    desk.listen("Ctrl-C stops everything")
    run, belonging = desk.run_file(), desk.all_processes()
    assert run["pid"] == desk.process.pid
    assert read_run(desk.var) == run
    assert len(belonging) >= 9, "supervisor, servers and their own processes, catcher, web, worker"

    assert desk.stop(number, group=group) < 10

    assert desk.process.returncode == 0
    assert not alive(belonging)
    assert not (desk.var / "run.json").exists()
    assert "died" not in desk.said
    still = (desk.var / "worker-ended-well").exists()
    assert still, f"the worker did not have database, hints and mail server to the end:\n{desk.said[-3000:]}"
    assert "received fast shutdown request" in (desk.var / "log" / "postgres.log").read_text(encoding="utf-8")


def test_a_desk_that_says_it_is_ready_takes_mail(start: Start) -> None:
    desk = start()
    desk.listen("The desk is ready")
    catcher = command_line(desk.pid_of("mailroom.catcher")).split()
    with socket.create_connection(("127.0.0.1", int(catcher[catcher.index("--port") + 1])), timeout=5) as connection:
        assert connection.recv(3) == b"220"


def test_a_part_that_will_not_stop_and_its_own_child_are_ended(start: Start) -> None:
    desk = start(MANNERS="stubborn")
    desk.listen("job.dead")
    desk.listen("Ctrl-C stops everything")
    grandchild = int((desk.var / "grandchild").read_text(encoding="ascii"))
    assert alive([grandchild])

    assert desk.stop() < 10

    assert desk.process.returncode == 0
    assert not alive([grandchild])
    assert "died" not in desk.said


def test_a_part_that_dies_is_started_again_and_said_so(start: Start) -> None:
    desk = start()
    desk.listen("Ctrl-C stops everything")
    first = desk.pid_of("small_desk worker")

    os.kill(first, signal.SIGKILL)

    desk.listen("worker died (exit -9), started again")
    second = desk.pid_of("small_desk worker")
    assert second != first
    os.kill(second, signal.SIGKILL)
    desk.listen("worker died (exit -9), starts again in 1 s")
    assert desk.pid_of("small_desk worker") not in (first, second)
    desk.stop()
    assert desk.process.returncode == 0


def test_servers_that_die_come_back_where_they_were(start: Start) -> None:
    desk = start()
    desk.listen("Ctrl-C stops everything")
    run = desk.run_file()
    with psycopg.connect(run["owner_database_url"]) as connection:
        connection.execute("CREATE TABLE kept ()")

    os.kill(desk.pid_of("bin/postgres"), signal.SIGKILL)
    os.kill(desk.pid_of("valkey-server"), signal.SIGKILL)
    desk.listen("postgres died (exit -9), started again")
    desk.listen("valkey died (exit -9), started again")

    def answers() -> bool:
        try:
            psycopg.connect(run["owner_database_url"]).close()
            return bool(redis.Redis.from_url(run["redis_url"]).ping())
        except (psycopg.OperationalError, redis.ConnectionError):
            return False

    assert eventually(answers)
    with psycopg.connect(run["owner_database_url"]) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    belonging = desk.all_processes()
    desk.stop()
    assert desk.process.returncode == 0
    assert not alive(belonging)


def test_a_killed_supervisor_leaves_no_process_and_the_next_start_works(start: Start) -> None:
    desk = start()
    desk.listen("Ctrl-C stops everything")
    belonging = desk.all_processes()

    desk.process.kill()
    desk.process.communicate()

    assert eventually(lambda: not alive(belonging))
    assert read_run(desk.var) is None
    again = start()
    again.listen("Ctrl-C stops everything")
    again.stop()
    assert again.process.returncode == 0


def test_a_stop_while_it_comes_up_ends_everything(start: Start) -> None:
    desk = start()
    desk.listen("Countersign starts")
    assert eventually(lambda: len(desk.all_processes()) > 1)
    belonging = desk.all_processes()

    assert desk.stop() < 10

    assert desk.process.returncode == 0
    assert not alive(belonging)


def test_a_second_desk_in_the_same_folder_is_refused_in_one_sentence(start: Start) -> None:
    first = start()
    first.listen("Ctrl-C stops everything")
    second = start()
    said = second.process.communicate(timeout=20)[0].decode()
    assert said == f"make run: a desk already runs in {first.var}; stop it, or name another folder with VAR=\n"
    assert second.process.returncode == 1
    assert read_run(first.var), "the first goes on"
    first.stop()


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"PORT": "eight"}, "PORT has to be a number from 1 to 65535, not 'eight'"),
        ({"PORT": "70000"}, "PORT has to be a number from 1 to 65535, not '70000'"),
        ({"VAR": "/dev/null/var"}, "the folder /dev/null/var cannot be written; name another one with VAR="),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(start: Start, environment: dict[str, str], sentence: str) -> None:
    desk = start(**environment)
    said = desk.process.communicate(timeout=20)[0].decode()
    assert said == f"make run: {sentence}\n"
    assert desk.process.returncode == 1


def test_a_taken_port_is_said_in_one_sentence(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        desk = start(PORT=str(number))
        said = desk.process.communicate(timeout=20)[0].decode()
    assert said.count("\n") == 1
    assert said.startswith(f"make run: port {number} is taken")


def test_a_preparation_that_fails_says_why_and_nothing_stays(start: Start) -> None:
    desk = start(MANNERS="unprepared")
    said = desk.process.communicate(timeout=30)[0].decode()
    assert desk.process.returncode == 1
    assert "prepare: a migration is missing\n" in said
    assert f"make run: the database could not be prepared (exit 1); see {desk.var}/log/prepare.log\n" in said
    assert not (desk.var / "run.json").exists()


def test_a_part_that_never_stays_up_ends_the_start_with_its_last_words(start: Start) -> None:
    desk = start(MANNERS="broken")
    said = desk.process.communicate(timeout=60)[0].decode()
    assert desk.process.returncode == 1
    assert "web: there is no engine\nweb died (exit 1), started again\n" in said
    assert "web died (exit 1), starts again in 1 s\n" in said
    assert said.endswith(f"make run: web does not stay up; see {desk.var}/log/web.log\n")


def test_people_see_warnings_and_the_log_has_everything(start: Start) -> None:
    desk = start()
    desk.listen('worker: {"event": "job.dead", "level": "warning"}\n')
    desk.stop()
    assert "the worker begins" not in desk.said
    log = desk.var / "log" / "worker.log"
    assert log.read_text(encoding="utf-8").startswith("the worker begins\n")
    again = start()
    again.listen("Ctrl-C stops everything")
    again.stop()
    assert log.with_name("worker.log.1").exists()


def test_a_terminal_that_nobody_reads_stops_nothing(start: Start) -> None:
    desk = start(MANNERS="noisy")
    log = desk.var / "log" / "worker.log"
    assert eventually(lambda: log.exists() and b"job.dead" in log.read_bytes(), seconds=30)
    assert eventually(lambda: len(desk.all_processes()) >= 9)
    # The pipe to this test has been full for long.
    os.kill(desk.process.pid, signal.SIGTERM)
    assert desk.process.wait(timeout=10) == 0
    desk.process.communicate()


def test_an_idle_supervisor_sleeps(start: Start) -> None:
    desk = start()
    desk.listen("Ctrl-C stops everything")

    def turns() -> int:
        status = Path(f"/proc/{desk.process.pid}/status").read_text(encoding="ascii")
        return sum(int(line.split()[1]) for line in status.splitlines() if "ctxt_switches" in line)

    time.sleep(1)
    before = turns()
    time.sleep(3)
    assert turns() - before <= 3
    desk.stop()


def test_the_supervisor_imports_neither_django_nor_asyncio() -> None:
    code = (
        "import sys, desk.supervisor; print([name for name in ('django', 'asyncio', 'psycopg') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
