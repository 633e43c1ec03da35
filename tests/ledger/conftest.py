"""A desk of one's own with a key, and how its ledger is sealed in tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction

from conversations.tickets.kinds import TicketWoke
from desk.actions import SYSTEM
from desk.ledger import keys
from desk.ledger.append import Record, append
from desk.ledger.models import Checkpoint
from desk.ledger.notes import COSIGNED, Note, Signer
from desk.ledger.seal import seal
from desk.ledger.witnesses import keep_cosignature
from tests.cast import Cast
from tests.databases import back_at_home, cloned_database, pointed_at
from tests.ledger.made import Log, answered
from tests.ledger.outsiders import Auditor


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder outside the database: the key file and the anchor file are named there, neither exists yet."""
    monkeypatch.setattr(settings.ENV, "ledger_key", str(tmp_path / "key"))
    monkeypatch.setattr(settings.ENV, "ledger_anchor_file", str(tmp_path / "checkpoints"))
    monkeypatch.setattr(settings.ENV, "ledger_origin", "desk.test/ledger")
    monkeypatch.setattr(settings.ENV, "ledger_policy", "")
    return tmp_path


@pytest.fixture
def keyed(company: Cast, outside: Path) -> Cast:
    """The cast in a database of its own, whose ledger has a key."""
    keys.make(by=SYSTEM)
    return company


@pytest.fixture(scope="session")
def standing_database(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[str]:
    """A ledger that stands, made once: two keys, three checkpoints, one with a stored node, a witness, and what is not sealed."""
    folder = tmp_path_factory.mktemp("standing")
    with (
        django_db_blocker.unblock(),
        pytest.MonkeyPatch.context() as patched,
        cloned_database() as url,
    ):
        patched.setattr(settings.ENV, "ledger_key", str(folder / "key"))
        patched.setattr(settings.ENV, "ledger_anchor_file", "")
        patched.setattr(settings.ENV, "ledger_origin", "desk.test/ledger")
        patched.setattr(settings.ENV, "ledger_policy", str(folder / "policy"))
        witness = Signer.new("auditor.example", type=COSIGNED)
        (folder / "policy").write_text(f"witness auditor {witness.verifier}\nquorum auditor\n")
        cast = Cast.enter()
        keys.make(by=SYSTEM)
        ticket = cast.ticket()
        seal()
        keys.rotate("routine", by=SYSTEM)
        with transaction.atomic():
            append([Record(TicketWoke(), "system", ticket.ref, ticket.ref) for _one in range(300)])
        seal()
        cast.ticket()
        seal()
        text = Note.parse(Checkpoint.objects.latest("size").note).text
        keep_cosignature(str(witness.cosign(text, time=1_800_000_000)), by=SYSTEM)
        cast.ticket()
        name = url.rpartition("/")[2]
        # Each test points at it by itself: others of the session are elsewhere.
        with back_at_home():
            yield name


@pytest.fixture
def standing(standing_database: str, django_db_blocker: Any) -> Iterator[None]:
    """The ledger that stands. Whoever damages it mends it."""
    with django_db_blocker.unblock(), pointed_at(standing_database):
        yield


@pytest.fixture
def log() -> Log:
    """A made-up ledger with one request that was answered."""
    return answered()


@pytest.fixture
def auditor(tmp_path: Path) -> Auditor:
    return Auditor(tmp_path)


def statement(sql: str, *values: Any) -> list[Any]:
    """Run SQL as somebody who owns the tables, past the triggers that guard the ledger."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            cursor.execute(sql, values)
            return cursor.fetchall() if cursor.description else []
        finally:
            cursor.execute("SET session_replication_role = origin")
