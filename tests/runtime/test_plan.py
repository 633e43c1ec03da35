"""What `make run` makes of its environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
import uvicorn

from desk.children import free_port
from desk.embedded import PostgresServer, ValkeyServer
from desk.encryption import read_key
from desk.plan import Plan, desk_parts, early_parts, environment, read_plan, run_file
from desk.supervisor import check_environment
from desk.var import REPOSITORY, CannotStart, open_var
from tests.runtime.running import Running
from tests.servers import PLACES, remove_var, temporary_var


@pytest.fixture
def var(tmp_path: Path) -> Path:
    open_var(tmp_path / "var")
    return tmp_path / "var"


def plan(var: Path, **given: str) -> Plan:
    return read_plan({"PORT": str(free_port()), "PATH": os.environ["PATH"], **given}, var=var)


def found(read: Plan) -> dict[str, str]:
    return environment(read, database_url="postgresql://db", redis_url="redis://hints")


def test_with_nothing_given_everything_comes_along(var: Path) -> None:
    read = plan(var)
    assert read.own_database
    assert read.own_redis
    assert read.demo
    assert [part.name for part in early_parts(read, found(read))] == ["standin", "catcher"]
    assert [part.name for part in desk_parts(read, found(read))] == ["web", "worker", "scheduler"]
    assert found(read)["OPENAI_MODEL"] == "countersign-standin-1"
    assert found(read)["EMAIL_URL"] == f"smtp://127.0.0.1:{read.catcher_port}"
    assert found(read)["PUBLIC_URL"] == f"http://127.0.0.1:{read.port}"


def test_the_web_server_says_who_really_asks(var: Path) -> None:
    """Else whoever is on this machine, or a proxy there, could name any address; see desk.middleware.client_address."""
    read = plan(var)
    web = desk_parts(read, found(read))[0]
    understood = uvicorn.main.make_context("uvicorn", web.command[3:]).params
    assert understood["proxy_headers"] is False
    assert understood["port"] == read.port


@pytest.mark.parametrize(
    ("given", "passed_on"),
    [
        ({"OPENAI_API_KEY": "sk-mine"}, {"OPENAI_API_KEY": "sk-mine"}),
        ({"OPENAI_BASE_URL": "http://127.0.0.1:11434/v1"}, {"OPENAI_BASE_URL": "http://127.0.0.1:11434/v1"}),
        ({"OPENAI_API_KEY": ""}, {"OPENAI_API_KEY": ""}),
    ],
    ids=["a key", "an address", "no key, on purpose"],
)
def test_the_stand_in_never_answers_for_a_provider(var: Path, given: dict[str, str], passed_on: dict[str, str]) -> None:
    read = plan(var, **given)
    assert {name: value for name, value in found(read).items() if name.startswith("OPENAI_")} == passed_on
    assert run_file(read, found(read))["standin_url"] is None
    assert [part.name for part in early_parts(read, found(read))] == ["catcher"]


def test_a_mail_server_that_is_given_replaces_the_catcher(var: Path) -> None:
    read = plan(var, EMAIL_URL="smtp://mail.test:25")
    assert found(read)["EMAIL_URL"] == "smtp://mail.test:25"
    assert run_file(read, found(read))["mail_dir"] is None
    assert [part.name for part in early_parts(read, found(read))] == ["standin"]


@pytest.mark.parametrize(("text", "demo"), [("", True), ("1", True), ("on", True), ("0", False), ("False", False)])
def test_the_demo_is_on_unless_it_is_put_off(var: Path, text: str, demo: bool) -> None:
    assert plan(var, DEMO=text).demo is demo
    assert found(plan(var, DEMO=text))["DEMO"] == ("1" if demo else "0")


def test_every_part_gets_the_same_secret_key_on_every_start(var: Path) -> None:
    assert found(plan(var))["SECRET_KEY"] == found(plan(var))["SECRET_KEY"]
    assert found(plan(var, SECRET_KEY="mine"))["SECRET_KEY"] == "mine"


def test_the_key_of_personal_data_is_made_once_and_nobody_else_reads_it(var: Path) -> None:
    key = found(plan(var))["DATA_KEY"]
    assert len(read_key(key)) == 32
    assert found(plan(var))["DATA_KEY"] == key
    assert (var / "data_key").stat().st_mode & 0o777 == 0o600
    assert found(plan(var, DATA_KEY="mine"))["DATA_KEY"] == "mine"


def test_stand_in_and_catcher_are_told_no_secret(var: Path) -> None:
    read = plan(var, MY_TOKEN="x")
    for part in early_parts(read, found(read)):
        assert not {"SECRET_KEY", "DATA_KEY", "DATABASE_URL", "REDIS_URL", "MY_TOKEN"} & set(part.environment)


def test_servers_that_are_given_replace_the_embedded_ones() -> None:
    var, elsewhere = temporary_var(), temporary_var()
    postgres, valkey = PostgresServer(elsewhere, durable=False), ValkeyServer(elsewhere)
    try:
        postgres.start()
        valkey.start()
        given = {"DATABASE_URL": postgres.url, "REDIS_URL": valkey.url, "OPENAI_API_KEY": ""}
        desk = Running(var, module="tests.runtime.small_desk", **given)
        desk.listen("Ctrl-C stops everything")
        run = desk.run_file()
        assert (run["database_url"], run["redis_url"]) == (postgres.url, valkey.url)
        desk.stop()
        assert desk.process.returncode == 0
        assert not (var / "postgres").exists()
        assert postgres.pid, "somebody else's server is not stopped"
        assert valkey.pid
    finally:
        valkey.stop()
        postgres.stop()
        remove_var(elsewhere)
        remove_var(var)


def test_a_command_with_test_servers_gets_them_and_leaves_nothing() -> None:
    script = "import os; print(os.environ['DATABASE_URL'], os.environ['COUNTERSIGN_TEST_SERVERS']); raise SystemExit(3)"
    given = {name: value for name, value in os.environ.items() if name != "COUNTERSIGN_TEST_SERVERS"}
    command = [sys.executable, "-m", "tests.servers", sys.executable, "-c", script]
    done = subprocess.Popen(command, cwd=REPOSITORY, env={**given, "DATABASE_URL": "postgresql://precious"}, stdout=-1)
    said = done.communicate()[0].decode()
    assert done.returncode == 3
    assert said.startswith("postgresql://countersign:")
    assert not [left for place in PLACES for left in place.glob(f"countersign-tests-{done.pid}-*")]


def test_every_wrong_value_is_said_before_anything_starts(var: Path) -> None:
    wrong = {"DEMO": "perhaps", "UNDO_SECONDS": "x", "LOG_LEVEL": "loud", "TIME_ZONE": "Mars", "MAIL_FROM": "x"}
    with pytest.raises(CannotStart) as refused:
        check_environment(read_plan({"PORT": str(free_port()), **wrong}, var=var))
    assert {line.split(":")[0].strip() for line in str(refused.value).splitlines()[1:]} == {*wrong}
    check_environment(read_plan({"PORT": str(free_port())}, var=var))


@pytest.mark.parametrize("command", ["standin", "receive_mail", "issue_token", "add_person"])
def test_commands_say_what_they_do_where_no_desk_is(command: str) -> None:
    said = subprocess.run(
        [sys.executable, "manage.py", command, "--help"],
        cwd=REPOSITORY,
        env={"PATH": os.environ["PATH"], "VAR": "/nowhere"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert said.returncode == 0
    assert said.stdout.startswith(f"usage: manage.py {command} ")


def test_the_stand_in_is_a_command_of_its_own() -> None:
    process = subprocess.Popen(
        [sys.executable, "manage.py", "standin", "--port", "0"],
        cwd=REPOSITORY,
        env={"PATH": os.environ["PATH"], "VAR": "/nowhere"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        address = process.stdout.readline().strip().rpartition(" ")[2]
        models = urllib.request.Request(f"{address}/models", headers={"Authorization": "Bearer any"})
        with urllib.request.urlopen(models, timeout=10) as answer:
            assert json.load(answer)["data"][0]["id"] == "countersign-standin-1"
    finally:
        process.terminate()
        process.wait(10)
