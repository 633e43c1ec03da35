"""Sealing a backlog, proving entries in a large ledger. SEAL_ENTRIES says how large: 1000000 is that of the goal."""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection

from desk.actions import SYSTEM
from desk.ledger import keys, seal
from desk.ledger.models import Checkpoint, Key
from desk.ledger.prove import prove_consistency, prove_inclusion
from tests.benchmarks.measuring import Times
from tests.benchmarks.staging import cast, unhurried
from tests.benchmarks.table import Figure

ENTRIES = int(os.environ.get("SEAL_ENTRIES", "100000"))
PROOFS = 300

# Entries of the size that real ones have (430 bytes), written at once and past the triggers that make one wait for another.
_FILL = """
    INSERT INTO ledger_entry (seq, at, kind, actor, subject, thread, facts, commitments, canonical, leaf)
    SELECT seq, now(), 'draft.approved', 'person:x', 'draft:1', 'ticket:1', '{}', '{}', text,
           sha256('\\x00'::bytea || convert_to(text, 'UTF8'))
    FROM (SELECT value FROM ledger_counter) head, generate_series(value + 1, value + %s) seq,
         LATERAL (SELECT '{"actor":"person:x","facts":{"text":"' || repeat(md5(seq::text), 11) || '"},"seq":' || seq || '}')
         AS said (text)
"""


def use_key() -> Path:
    """The ledger gets a key, once; the folder that holds it."""
    if not Key.objects.exists():
        settings.ENV.ledger_key = str(Path(tempfile.mkdtemp(prefix="countersign-bench-")) / "key")
        cast()
        keys.make(by=SYSTEM)
    return Path(settings.ENV.ledger_key).parent


def fill(many: int) -> None:
    with unhurried(), connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(_FILL, [many])
        cursor.execute("UPDATE ledger_counter SET value = value + %s", [many])
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("ANALYZE ledger_entry")


def measure() -> Iterator[Figure]:
    use_key()
    fill(ENTRIES)
    began, sealed = time.perf_counter(), 0
    while many := seal.seal():
        sealed += many
    rate = sealed / (time.perf_counter() - began)
    yield Figure(name="sealing a backlog", ours=rate, unit="entries/s", at_least=20_000, note=f"{sealed:,} entries")

    checkpoint = Checkpoint.objects.latest("size")
    inclusion, consistency, small = Times(), Times(), Times()
    for _ in range(PROOFS):
        seq, size = random.randrange(1, checkpoint.size + 1), random.randrange(1, checkpoint.size)
        inclusion.take(lambda seq=seq: prove_inclusion(seq, checkpoint, checkpoint.note))  # type: ignore[misc]
        consistency.take(lambda size=size: prove_consistency(size, checkpoint.size))  # type: ignore[misc]
    at = f"at {checkpoint.size:,} entries"
    yield Figure(name="inclusion proof, median", ours=inclusion.median, unit="ms", at_most=20, note=at)
    yield Figure(name="inclusion proof, p99", ours=inclusion.p99, unit="ms", at_most=20, note=at)
    yield Figure(name="consistency proof, median", ours=consistency.median, unit="ms", note=at)
    for _ in range(20):
        fill(1)
        small.take(seal.seal)
    yield Figure(name="sealing one entry more", ours=small.median, unit="ms", note=at)
