"""A key for each owner, wrapped by one that the database never sees."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from desk.actions import SYSTEM, Actor, action, record
from desk.data_keys import (
    DataKey,
    Unreadable,
    destroy,
    key_for,
    key_of,
    master_keys,
    opened,
    rotate,
    sealed,
    sealed_too,
    sealer,
)
from desk.encryption import name_of, new_key, written
from desk.ledger.models import Entry
from tests.cast import Cast
from tests.chaos.stack import eventually, waits_for
from tests.desk.test_actions import TrialHappened


@action("trial.happened")
def write(what: Any, *, by: Actor) -> Any:
    result = what()
    record(TrialHappened(step=1), by=by, subject="team:0")
    return result


def given(monkeypatch: pytest.MonkeyPatch, *keys: bytes) -> None:
    monkeypatch.setattr(settings, "ENV", settings.ENV.model_copy(update={"data_key": ",".join(map(written, keys))}))


def test_an_owner_has_one_key_and_the_database_only_its_wrapping(db: Any) -> None:
    key = write(lambda: key_for("customer:a"), by=SYSTEM)
    assert write(lambda: key_for("customer:a"), by=SYSTEM) == key_of("customer:a") == key
    assert write(lambda: key_for("customer:b"), by=SYSTEM) != key
    row = DataKey.objects.get(owner="customer:a")
    assert key not in bytes(row.wrapped)
    assert row.master == next(iter(master_keys()))


def test_a_wrapping_that_is_moved_to_another_owner_does_not_open(db: Any) -> None:
    write(lambda: (key_for("customer:a"), key_for("customer:b")), by=SYSTEM)
    wrapped = DataKey.objects.get(owner="customer:a").wrapped
    write(lambda: DataKey.objects.filter(owner="customer:b").update(wrapped=wrapped), by=SYSTEM)
    with pytest.raises(Unreadable):
        key_of("customer:b")


def test_a_text_opens_in_its_place_for_its_owner_until_the_key_is_destroyed(db: Any) -> None:
    kept = write(lambda: sealed("customer:a", "Where is my refund?", "table|column|7"), by=SYSTEM)
    write(lambda: key_for("customer:b"), by=SYSTEM)
    assert opened("customer:a", kept, "table|column|7") == "Where is my refund?"
    for owner, context in (("customer:b", "table|column|7"), ("customer:a", "table|column|8")):
        with pytest.raises(Unreadable):
            opened(owner, kept, context)
    write(lambda: destroy("customer:a"), by=SYSTEM)
    with pytest.raises(Unreadable):
        opened("customer:a", kept, "table|column|7")


def test_two_who_need_the_first_key_at_once_get_the_same(company: Cast, own_database: str) -> None:
    """Whoever comes second finds none, and is held up by the first one's, which it cannot see yet."""
    first = threading.Event()

    def make() -> bytes:
        found = key_for("customer:both")
        if not first.is_set():
            first.set()
            # Asked over another connection: in one transaction PostgreSQL tells of the same sessions each time.
            held_up = partial(waits_for, connection.connection, url=own_database)
            eventually(held_up, within=10, what="the other one waits for this one's key")
        return found

    def one_of_both(_: int) -> bytes:
        try:
            return bytes(write(make, by=SYSTEM))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        keys = list(threads.map(one_of_both, range(2)))
    assert keys == [key_of("customer:both")] * 2


def test_the_key_comes_with_the_next_statement_and_outside_an_action_only_one_that_is_there(db: Any) -> None:
    def seal_two() -> list[bytes]:
        seal = sealer("customer:c")
        return [seal("One", "table|column|1"), seal("Two", "table|column|2")]

    kept = write(seal_two, by=SYSTEM)
    assert [opened("customer:c", text, f"table|column|{place}") for place, text in enumerate(kept, 1)] == ["One", "Two"]
    too = sealed_too("customer:c", "Three", "table|column|3")
    assert opened("customer:c", too, "table|column|3") == "Three"
    with pytest.raises(Unreadable):
        sealed_too("customer:nobody", "Three", "table|column|3")


def test_keys_are_written_by_actions_only(db: Any) -> None:
    with pytest.raises(DatabaseError, match="by actions only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM desk_data_key")


def test_a_new_master_key_takes_over_and_the_old_one_may_leave(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = new_key(), new_key()
    given(monkeypatch, old)
    keys = write(lambda: [key_for(f"customer:{number}") for number in range(5)], by=SYSTEM)
    given(monkeypatch, new, old)
    assert [key_of(f"customer:{number}") for number in range(5)] == keys, "all of them open"
    assert rotate(by=SYSTEM) == 5
    assert rotate(by=SYSTEM) == 0
    entry = Entry.objects.get(kind="data_keys.rewrapped")
    assert entry.facts == {"count": 5, "master": name_of(new)}
    given(monkeypatch, new)
    assert [key_of(f"customer:{number}") for number in range(5)] == keys


def test_rotating_without_the_old_key_says_which_is_missing(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    old = new_key()
    given(monkeypatch, old)
    write(lambda: key_for("customer:a"), by=SYSTEM)
    given(monkeypatch, new_key())
    with pytest.raises(CommandError, match=name_of(old)):
        call_command("data_keys", "rotate")
    with pytest.raises(Unreadable):
        key_of("customer:a")


def test_a_desk_with_the_wrong_key_ends_at_start_with_a_sentence(own_database: str) -> None:
    write(lambda: key_for("customer:a"), by=SYSTEM)
    missing = next(iter(master_keys()))
    for command in (
        ["manage.py", "scheduler"],
        ["manage.py", "prepare"],
        ["-c", "import desk.wsgi"],
        ["-c", "import desk.asgi"],
    ):
        ended = subprocess.run(
            [sys.executable, *command],
            env={**os.environ, "DATABASE_URL": own_database, "DATA_KEY": written(new_key())},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert ended.returncode == 1, command
        assert missing in ended.stderr
        assert "var/data_key" in ended.stderr
        assert "Traceback" not in ended.stderr
