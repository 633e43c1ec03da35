"""After an erasure nothing of a customer is left in any table, log of the database, file of it, or in Valkey."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection

from conversations.models import Customer, Message, Ticket
from desk.ledger.append import commitment, leaf_hash
from desk.ledger.models import Entry
from tests.cast import Cast
from tests.chaos.stack import eventually
from tests.privacy.due import ask, carry_out
from tests.privacy.planting import EMAIL, MARK, NAME, PHONE, PLACES, everything_planted, plant

SECRETS = (MARK, MARK.capitalize(), MARK.upper(), EMAIL, NAME, PHONE)


def disguises(text: str) -> Iterator[bytes]:
    """A text as it may lie in a dump: plain, as hexadecimal of bytes, or in base64, whatever stands before it."""
    plain = text.encode()
    yield plain
    yield plain.hex().encode()
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + plain)
        yield encoded[4 if shift else 0 : len(encoded) // 4 * 4 - 4]


def places_of_secrets(content: bytes, where: str) -> list[str]:
    found = []
    for secret in SECRETS:
        for disguise in disguises(secret):
            place = content.find(disguise) if len(disguise) >= 8 else -1
            if place >= 0:
                found.append(f"{where}: {content[max(0, place - 60) : place + 80]!r}")
    return found


def dump() -> dict[str, bytes]:
    """Every row of every table, the catalogue's samples of columns (pg_statistic) among them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE c.relkind IN ('r', 'm') AND (n.nspname = 'public' OR c.relname IN ('pg_statistic', 'pg_largeobject'))"
        )
        tables = [name for (name,) in cursor.fetchall()]
        found = {}
        for table in tables:
            with cursor.copy(f"COPY (SELECT * FROM {table}) TO STDOUT") as rows:
                found[table] = b"".join(bytes(row) for row in rows)
    return found


def everywhere(content: dict[str, bytes]) -> list[str]:
    return [said for where, bytes_ in content.items() for said in places_of_secrets(bytes_, where)]


def files_of(url: str) -> dict[str, bytes]:
    """What PostgreSQL has on disk of this database, and its log of writes."""
    with psycopg.connect(url, autocommit=True) as server:
        data = Path(server.execute("SHOW data_directory").fetchone()[0])  # type: ignore[index]
        number = server.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()[0]  # type: ignore[index]
    wanted = [*(data / "base" / str(number)).rglob("*"), *(data / "pg_wal").rglob("*")]
    found = {}
    for path in wanted:
        try:
            found[str(path.relative_to(data))] = path.read_bytes() if path.is_file() else b""
        except FileNotFoundError:
            continue
    return found


def written_out(url: str) -> None:
    """Every page is rewritten, and the log before it is deleted instead of used again."""
    with psycopg.connect(url, autocommit=True) as server:
        server.execute("ALTER SYSTEM SET wal_recycle = off")
        server.execute("ALTER SYSTEM SET autovacuum = off")
        server.execute("SELECT pg_reload_conf()")
        # Whoever looks at an older state, as PostgreSQL itself does to gather statistics, has it kept for them.
        eventually(lambda: not _looked_at(server), within=20, what="nobody looks at an older state")
        server.execute("VACUUM (FULL, ANALYZE)")
        for _ in range(3):
            server.execute("CHECKPOINT")
            server.execute("SELECT pg_switch_wal()")
        server.execute("CHECKPOINT")
        server.execute("ALTER SYSTEM RESET wal_recycle")
        server.execute("ALTER SYSTEM RESET autovacuum")
        server.execute("SELECT pg_reload_conf()")


def _looked_at(server: psycopg.Connection[Any]) -> bool:
    found = server.execute(
        "SELECT 1 FROM pg_stat_activity "
        "WHERE datname = current_database() AND backend_xmin IS NOT NULL AND pid <> pg_backend_pid()"
    )
    return found.fetchone() is not None


def in_valkey() -> bytes:
    client = redis.Redis.from_url(settings.REDIS_URL)
    read = {
        b"string": client.get,
        b"list": lambda key: client.lrange(key, 0, -1),
        b"set": client.smembers,
        b"zset": lambda key: client.zrange(key, 0, -1),
        b"hash": client.hgetall,
        b"stream": client.xrange,
    }
    return b"\n".join(key + repr(read[client.type(key)](key)).encode() for key in client.scan_iter())


def test_nothing_that_a_customer_said_is_left_anywhere(
    company: Cast, own_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = plant(company)
    texts = [
        *Message.objects.values_list("text", flat=True),
        *Ticket.objects.values_list("subject", flat=True),
        EMAIL,
        NAME,
        PHONE,
    ]
    before = dump()
    planted = b"".join(before.values())
    sealed = {"receipt", "answer", "placeholder"}
    assert everything_planted(planted) == set(PLACES) - sealed, (
        "what is planted is found; receipts are sealed from the start"
    )
    assert NAME.encode() in before["tickets_customer"]
    entries = list(Entry.objects.order_by("seq").values_list("seq", "canonical", "leaf"))

    erased = carry_out(ask(customer, monkeypatch))
    assert erased.tickets_erased == 3

    assert everywhere(dump()) == []
    assert [session.get_decoded() for session in Session.objects.all() if MARK in str(session.get_decoded())] == []
    written_out(own_database)
    rows = dump()
    assert everywhere(rows) == []
    assert everywhere(files_of(own_database)) == []
    assert places_of_secrets(in_valkey(), "valkey") == []

    # Nothing is left that would confirm a guess: no bare hash of any of it, and no salt of a commitment.
    everything = b"".join(rows.values())
    for text in texts:
        digest = hashlib.sha256(text.encode())
        assert digest.hexdigest().encode() not in everything, text
        assert digest.digest() not in everything
    salts = [bytes.fromhex(salt.decode()[3:]) for salt in _column(rows["ledger_salt"], 3)]
    commitments = {value for entry in Entry.objects.all() for value in entry.commitments.values()}
    for text in texts:
        assert not {commitment(salt, text) for salt in salts} & commitments, text

    # And every proof stands.
    now = list(Entry.objects.order_by("seq").values_list("seq", "canonical", "leaf"))
    assert now[: len(entries)] == entries
    assert all(bytes(leaf) == leaf_hash(canonical) for _seq, canonical, leaf in now)
    assert Customer.objects.get(pk=customer.pk).erased_at


def _column(rows: bytes, place: int) -> list[bytes]:
    return [row.split(b"\t")[place] for row in rows.splitlines() if row]
