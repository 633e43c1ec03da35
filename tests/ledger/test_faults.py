"""The sealer is killed at every step, has a rival, meets a full disk and clocks that jump: one history, and it goes on."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection

from desk.ledger import anchors, keys, seal
from desk.ledger.models import Checkpoint, Counter, Entry, Node
from desk.ledger.notes import Checkpoint as Said
from desk.ledger.notes import Note
from desk.ledger.state import sealing
from desk.ledger.tree import Frontier, leaf_hash
from tests.cast import Cast
from tests.ledger.conftest import statement
from tests.ledger.test_seal import fill, head

STEPS: list[tuple[Any, str]] = [
    (seal, "_as_signed"),
    (keys, "read_signers"),
    (anchors, "check_file"),
    (seal, "_extended"),
    (seal, "check_consistency"),
    (seal, "_signed"),
    (Checkpoint.objects, "create"),
    (Node.objects, "bulk_create"),
    (seal, "tell"),
    (anchors, "append_to_file"),
    (anchors, "_write_whole"),
    (os, "fsync"),
    (anchors, "_reached"),
]


def forked(what: Callable[[], object]) -> int:
    """A process of its own that does this; it never comes back into the tests. Returns its number."""
    connection.close()
    connection.close_pool()
    child = os.fork()
    if child:
        return child
    try:
        what()
    finally:
        os._exit(0)


def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(60)


def dies_at(where: Any, name: str, *, before: bool) -> Callable[[], object]:
    """One round of the sealer that is killed just before or just after a step."""
    real = getattr(where, name)

    def step(*args: Any, **more: Any) -> Any:
        if before:
            killed()
        result = real(*args, **more)
        killed()
        return result

    def attempt() -> None:
        with patch.object(where, name, step):
            seal.attempt()

    return attempt


class History:
    """Every checkpoint that anybody could have seen, in the database or in the anchor file; one root for each size."""

    def __init__(self, outside: Path) -> None:
        self._file = outside / "checkpoints"
        self.seen: dict[int, bytes] = {}

    def look(self) -> None:
        texts = list(Checkpoint.objects.values_list("note", flat=True))
        if self._file.exists():
            texts += [found[0] for found in anchors._NOTE.finditer(self._file.read_text())]
        for text in texts:
            said = Said.parse(Note.parse(text).text)
            assert self.seen.setdefault(said.size, said.root) == said.root, f"two roots for {said.size}"

    def check(self) -> None:
        """Everything is sealed, and what was ever seen stands in one tree over the entries."""
        self.look()
        frontier, roots = Frontier(), {}
        for text in Entry.objects.order_by("seq").values_list("canonical", flat=True):
            frontier.add(leaf_hash(text.encode()))
            roots[frontier.size] = frontier.root()
        assert {size: roots[size] for size in self.seen} == self.seen
        assert set(Checkpoint.objects.values_list("size", flat=True)) == set(self.seen)
        sizes = [0, *sorted(self.seen)]
        assert list(Checkpoint.objects.order_by("size").values_list("previous", flat=True)) == sizes[:-1]
        assert sizes[-1] == head()


def seal_everything() -> None:
    while seal.attempt():
        pass


def kill_at_every_step(history: History) -> None:
    """Before and after each step, which is 26 kills; now and then all is sealed in between."""
    for where, name in STEPS:
        for before in (True, False):
            fill(random.randrange(256, 300))
            # The lock of one that was killed goes when PostgreSQL notices, and until then nobody else seals.
            for _ in range(100):
                _, status = os.waitpid(forked(dies_at(where, name, before=before)), 0)
                if os.WTERMSIG(status) == signal.SIGKILL:
                    break
                time.sleep(0.1)
            else:
                pytest.fail(f"{name} was never reached")
            history.look()
            if random.random() < 0.5:
                seal_everything()


def test_killed_before_and_after_every_step_it_goes_on_with_one_history(keyed: Cast, outside: Path) -> None:
    history = History(outside)
    kill_at_every_step(history)
    seal_everything()
    history.check()
    assert str(anchors.last_note(outside / "checkpoints")) == Checkpoint.objects.latest("size").note


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_killed_at_every_step_two_hundred_times(keyed: Cast, outside: Path) -> None:
    history = History(outside)
    for _ in range(8):  # of 26
        kill_at_every_step(history)
    seal_everything()
    history.check()


def rounds(says: int) -> None:
    """Seal for ever; each round tells that it has begun."""
    real = seal._as_signed

    def begun(*args: Any) -> Any:
        os.write(says, b".")
        return real(*args)

    with patch.object(seal, "_as_signed", begun):
        while True:
            seal.attempt()


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_killed_two_hundred_times_at_any_moment_of_a_round(keyed: Cast, outside: Path) -> None:
    history, killed_ones, finished = History(outside), 0, 0
    fill(400)
    began = time.monotonic()
    assert seal.attempt()
    whole = time.monotonic() - began  # what a round takes on this machine, now
    while killed_ones < 200:
        fill(random.randrange(1, 400))
        ready, says = os.pipe()
        child = forked(lambda says=says: rounds(says))
        os.close(says)
        begun = os.read(ready, 1)
        time.sleep(random.uniform(0, 3 * whole))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(ready)
        # A fork keeps no other thread, but what one of the connection pool's had locked: such a child never gets to work.
        if begun:
            killed_ones += 1
            finished += sealing().size == head()
        history.look()
    seal_everything()
    history.check()
    assert 0 < finished < 200, "some die before their checkpoint is there, some after it"


def test_two_sealers_at_once_make_one_history(keyed: Cast, outside: Path) -> None:
    def a_while() -> None:
        deadline = time.monotonic() + 2
        while time.monotonic() < deadline:
            seal.attempt()

    history = History(outside)
    children = [forked(a_while) for _ in range(2)]
    deadline = time.monotonic() + 1.5
    while time.monotonic() < deadline:
        fill(random.randrange(1, 50))
        history.look()
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0]
    seal_everything()
    history.check()
    assert sealing().refuses == ""
    assert len(history.seen) > 3


@pytest.fixture
def running() -> Any:
    """The sealer as the scheduler runs it."""
    stop = threading.Event()
    thread = threading.Thread(target=seal.run, args=(stop,))
    thread.start()
    yield
    stop.set()
    thread.join(10)


def until(holds: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def sealed() -> bool:
    return sealing().size == head()


def test_a_database_whose_disk_is_full_holds_sealing_up_and_nothing_else(keyed: Cast, outside: Path) -> None:
    statement(
        """CREATE FUNCTION disk_full() RETURNS trigger LANGUAGE plpgsql AS $$
           BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$"""
    )
    statement("CREATE TRIGGER full_now BEFORE INSERT ON ledger_node FOR EACH STATEMENT EXECUTE FUNCTION disk_full()")
    fill(300)
    stop = threading.Event()
    thread = threading.Thread(target=seal.run, args=(stop,))
    thread.start()
    try:
        keyed.ticket()
        time.sleep(1)
        assert not Checkpoint.objects.exists()
        assert not (outside / "checkpoints").exists()
        statement("DROP TRIGGER full_now ON ledger_node")
        until(sealed)
    finally:
        stop.set()
        thread.join(10)
    history = History(outside)
    history.check()


def test_many_entries_do_not_wait_for_the_next_two_seconds(
    keyed: Cast, outside: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setattr(seal, "EVERY", 6.0)
    request.getfixturevalue("running")
    until(sealed)
    began = time.monotonic()
    keyed.ticket()
    time.sleep(1)
    assert 0 < sealing().entries < seal.SOON
    fill(seal.SOON)
    until(sealed, 10)
    assert time.monotonic() - began < 5


def test_of_two_sealers_one_leads_until_it_is_gone(
    keyed: Cast, outside: Path, request: pytest.FixtureRequest, own_database: str
) -> None:
    import psycopg

    with psycopg.connect(own_database, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [seal._LOCK])
        request.getfixturevalue("running")
        time.sleep(1)
        assert not Checkpoint.objects.exists()
        assert sealing().refuses == ""
    until(sealed)
    with psycopg.connect(own_database, autocommit=True) as other:
        assert other.execute("SELECT pg_try_advisory_lock(%s)", [seal._LOCK]).fetchone() == (False,)
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database d ON d.oid = database "
            "WHERE locktype = 'advisory' AND objid = %s AND datname = current_database()",
            [seal._LOCK],
        )
    fill(5)
    until(sealed)


def test_clocks_that_jump_change_nothing(keyed: Cast, outside: Path) -> None:
    for shift in ("1 year", "-1 year", "0"):
        fill(10)
        statement(
            "UPDATE ledger_entry SET at = now() + %s::interval WHERE seq = %s", shift, Counter.objects.get().value
        )
        assert sealing().seconds >= 0
        assert seal.attempt()
    statement("UPDATE ledger_checkpoint SET at = now() + interval '1 year'")
    fill(10)
    assert seal.attempt()
    assert all(each.seconds >= 0 for each in sealing().anchors)
    History(outside).check()
