"""What somebody who owns the tables can do to them, past every trigger; and how it is undone for the next attempt."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from desk.ledger.append import canonical, leaf_hash
from desk.ledger.models import Entry
from desk.ledger.verify import Brought, Report, verify_ledger
from tests.ledger.conftest import statement


@contextmanager
def changed(table: str, where: str, column: str, to: str) -> Iterator[None]:
    """Put another value into one column of one row; afterwards it is what it was."""
    ((place, before),) = statement(f"SELECT ctid::text, {column}::text FROM {table} WHERE {where}")
    ((kind,),) = statement(
        "SELECT format_type(atttypid, atttypmod) FROM pg_attribute "
        f"WHERE attrelid = '{table}'::regclass AND attname = '{column.strip(chr(34))}'"
    )
    ((there,),) = statement(f"UPDATE {table} SET {column} = {to} WHERE ctid = '{place}'::tid RETURNING ctid::text")
    try:
        yield
    finally:
        statement(f"UPDATE {table} SET {column} = %s::{kind} WHERE ctid = '{there}'::tid", before)


@contextmanager
def taken_out(table: str, where: str) -> Iterator[None]:
    """Rows that are not there while the block runs."""
    statement(f"CREATE TEMP TABLE kept AS SELECT * FROM {table} WHERE {where}")
    statement(f"DELETE FROM {table} WHERE {where}")
    try:
        yield
    finally:
        statement(f"INSERT INTO {table} SELECT * FROM kept")
        statement("DROP TABLE kept")


@contextmanager
def put_in(table: str, where: str, **columns: str) -> Iterator[None]:
    """A row that does not belong there while the block runs; columns are SQL, as is where to find it again."""
    names = ", ".join(f'"{name}"' for name in columns)
    statement(f"INSERT INTO {table} ({names}) VALUES ({', '.join(columns.values())})")
    try:
        yield
    finally:
        statement(f"DELETE FROM {table} WHERE {where}")


@contextmanager
def retold(seq: int, text: str, **columns: str) -> Iterator[None]:
    """Another text of an entry while the block runs, with the leaf that it makes and these columns."""
    entry = Entry.objects.get(seq=seq)
    was = {"canonical": entry.canonical, "leaf": bytes(entry.leaf), **{name: getattr(entry, name) for name in columns}}
    told = ", ".join(f"{name} = %s" for name in was)
    statement(f"UPDATE ledger_entry SET {told} WHERE seq = %s", text, leaf_hash(text), *columns.values(), seq)
    try:
        yield
    finally:
        statement(f"UPDATE ledger_entry SET {told} WHERE seq = %s", *was.values(), seq)


def rewrite(seq: int, **members: Any) -> None:
    """Change an entry as a thorough forger does: text, columns and leaf say the same."""
    told = json.loads(Entry.objects.get(seq=seq).canonical) | members
    store(seq, told)


def store(place: int, told: dict[str, Any]) -> None:
    text = canonical(told)
    statement(
        "UPDATE ledger_entry SET seq = %s, at = %s, kind = %s, actor = %s, subject = %s, thread = %s, facts = %s::jsonb, "
        "commitments = %s::jsonb, canonical = %s, leaf = %s WHERE seq = %s",
        told["seq"], told["at"], told["kind"], told["actor"], told["subject"], told["thread"], json.dumps(told["facts"]),
        json.dumps(told["commitments"]), text, leaf_hash(text), place,
    )  # fmt: skip


def cut(last: int) -> None:
    """The ledger as it was after `last` entries: what a restored dump is, or a cut tail."""
    statement("DELETE FROM ledger_cosignature WHERE checkpoint_id > %s", last)
    statement("DELETE FROM ledger_checkpoint WHERE size > %s", last)
    statement("DELETE FROM ledger_salt WHERE seq > %s", last)
    statement("DELETE FROM ledger_entry WHERE seq > %s", last)
    statement("UPDATE ledger_counter SET value = %s", last)


def verified(**brought: Any) -> Report:
    return verify_ledger(Brought(**brought))


def wrong(**brought: Any) -> str:
    """The first thing that is wrong, with its entry; "" when the ledger holds."""
    first = verified(**brought).first
    return f"{first.seq}: {first.what}" if first else ""


def said(**brought: Any) -> list[str]:
    """All that is wrong, each with its entry, in their order."""
    return [f"{each.seq}: {each.what}" for each in sorted(verified(**brought).findings)]
