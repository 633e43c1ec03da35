"""A desk of one's own with a key, and how its ledger is sealed in tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from desk.actions import SYSTEM
from desk.ledger import keys
from tests.cast import Cast


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder outside the database: the key file and the anchor file are named there, neither exists yet."""
    monkeypatch.setattr(settings.ENV, "ledger_key", str(tmp_path / "key"))
    monkeypatch.setattr(settings.ENV, "ledger_anchor_file", str(tmp_path / "checkpoints"))
    monkeypatch.setattr(settings.ENV, "ledger_origin", "desk.test/ledger")
    return tmp_path


@pytest.fixture
def keyed(company: Cast, outside: Path) -> Cast:
    """The cast in a database of its own, whose ledger has a key."""
    keys.make(by=SYSTEM)
    return company


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
