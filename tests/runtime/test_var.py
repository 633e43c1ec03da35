"""VAR: the folder that says what runs, keeps the secret key, and is emptied by `make reset`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from desk import var as state
from desk.var import REPOSITORY, CannotStart, hold, open_var, read_run, read_secret_key, reset, secret_key, write_run


@pytest.fixture
def var(tmp_path: Path) -> Path:
    open_var(tmp_path / "var")
    return tmp_path / "var"


def test_a_run_is_found_while_its_supervisor_lives(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_run(var, {"database_url": "postgresql://x"})
    monkeypatch.setenv("VAR", str(var))
    run = read_run()
    assert run is not None
    assert (run["database_url"], run["pid"]) == ("postgresql://x", os.getpid())
    assert (var / "run.json").stat().st_mode & 0o777 == 0o600, "it holds passwords"


def test_a_run_whose_supervisor_is_gone_is_none(var: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    (var / "run.json").write_text(json.dumps({"pid": child.pid, "started": "1"}), encoding="utf-8")
    assert read_run(var) is None


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_another_process_with_the_same_number_is_not_taken_for_the_supervisor(var: Path) -> None:
    write_run(var, {})
    run = json.loads((var / "run.json").read_text(encoding="utf-8"))
    (var / "run.json").write_text(json.dumps({**run, "started": "1"}), encoding="utf-8")
    assert read_run(var) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": "x"}', "null"])
def test_a_damaged_run_file_is_no_run(var: Path, text: str) -> None:
    (var / "run.json").write_text(text, encoding="utf-8")
    assert read_run(var) is None


def test_the_secret_key_is_made_once_and_only_its_owner_reads_it(var: Path) -> None:
    assert read_secret_key(var) is None
    key = secret_key(var)
    assert len(key) >= 50
    assert secret_key(var) == read_secret_key(var) == key
    assert (var / "secret_key").stat().st_mode & 0o777 == 0o600


def test_two_runs_cannot_have_one_folder(var: Path) -> None:
    first = hold(var)
    with pytest.raises(CannotStart, match="already runs"):
        hold(var)
    with pytest.raises(CannotStart, match="already runs"):
        reset(var)
    os.close(first)
    os.close(hold(var))


def test_a_folder_that_was_there_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    open_var(tmp_path)
    assert tmp_path.stat().st_mode & 0o777 == 0o750


def test_reset_empties_the_folder_and_it_can_be_reset_again(var: Path) -> None:
    (var / "mail").mkdir()
    (var / "mail" / "1.eml").touch()
    secret_key(var)
    done = subprocess.run(
        [sys.executable, "-m", "desk.var", "reset"],
        cwd=REPOSITORY,
        env={**os.environ, "VAR": str(var)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert "is empty" in done.stdout
    assert [path.name for path in var.iterdir()] == [state.MARK]
    reset(var)


def test_reset_leaves_a_folder_alone_that_holds_other_things(tmp_path: Path) -> None:
    (tmp_path / "thesis.odt").touch()
    open_var(tmp_path)
    secret_key(tmp_path)
    with pytest.raises(CannotStart, match="not made by"):
        reset(tmp_path)
    assert (tmp_path / "thesis.odt").exists()
