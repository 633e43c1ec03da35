"""`ledger verify` against bare SHA-256 over the same canonical texts, read by the same cursor; and how much memory it takes.

VERIFY_ENTRIES=1000000 is the size that the goal of a minute is about; the default takes a tenth of the time.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import time
from collections.abc import Iterator
from hashlib import sha256
from tempfile import TemporaryDirectory

from tests.benchmarks.staging import cast, unhurried
from tests.benchmarks.table import Figure

ENTRIES = int(os.environ.get("VERIFY_ENTRIES", "100000"))
TEXTS = 20_000
SECONDS = 60 * ENTRIES / 1_000_000

_MESSAGES = """
    INSERT INTO tickets_message (ticket_id, direction, customer_id, notice, text, text_hash, disclosure_kind, disclosure_text,
                                 mail_id, in_reply_to, created_at)
    SELECT %s, 'in', %s, '', 'Where is my parcel number ' || n || '? I have waited for ' || n || ' days.', '', '', '', '', '', now()
    FROM generate_series(1, %s) n RETURNING id
"""
# A third of the entries commits to a text; the rest are like what a desk mostly writes.
_ENTRIES = """
    WITH counted AS (
        UPDATE ledger_counter SET value = value + %(many)s WHERE id = 1 RETURNING value - %(many)s AS last
    ), planned AS (
        SELECT last + n AS seq, clock_timestamp() AS at, n %% 3 = 0 AS commits, sha256(('salt' || n)::bytea) AS salt,
               %(first)s + n %% %(texts)s AS message
        FROM counted, generate_series(1, %(many)s) n
    ), kept AS (
        INSERT INTO ledger_salt (seq, field, salt, source)
        SELECT seq, 'text', salt, 'message:' || message || ':text' FROM planned WHERE commits
    ), told AS (
        SELECT seq, at, '{"actor":"person:3f2b8c1e-7c1d-4c57-9f0a-2f6f1f1f7c11","at":"'
            || to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '","commitments":'
            || CASE WHEN commits THEN '{"text":"' || encode(sha256(salt || convert_to(text, 'UTF8')), 'hex') || '"}'
                    ELSE '{}' END
            || ',"facts":' || CASE WHEN commits THEN '{"automatic":false,"channel":"form","length":' || length(text) || '}'
                ELSE '{"attempt":1}' END
            || ',"kind":"' || CASE WHEN commits THEN 'message.received' ELSE 'sending.begun' END || '","seq":' || seq
            || ',"subject":"message:' || message || '","thread":"ticket:' || seq / 8 || '"}' AS canonical
        FROM planned JOIN tickets_message ON id = message
    )
    INSERT INTO ledger_entry (seq, at, kind, actor, subject, thread, facts, commitments, canonical, leaf)
    SELECT seq, at, said ->> 'kind', said ->> 'actor', said ->> 'subject', said ->> 'thread', said -> 'facts',
           said -> 'commitments', canonical, sha256('\\x00'::bytea || convert_to(canonical, 'UTF8'))
    FROM told, LATERAL (SELECT canonical::jsonb) AS parsed (said) ORDER BY seq
"""


def measure() -> Iterator[Figure]:
    with TemporaryDirectory() as folder:
        _fill(folder)
        bare = min(_bare() for _ in range(3))
        seconds, peak, broken = _child()
    if broken:
        raise AssertionError(broken)
    note = f"{ENTRIES:,} entries"
    yield Figure(name="ledger verify, time", ours=seconds, unit="s", at_most=SECONDS, note=note)
    yield Figure(
        name="ledger verify", ours=seconds, floor=bare, unit="s", at_most=12, note=f"{note}; floor: bare SHA-256"
    )
    yield Figure(name="ledger verify, memory", ours=peak, unit="MB", at_most=200, note=note)


def _fill(folder: str) -> None:
    from django.conf import settings
    from django.db import connection, transaction

    from desk.actions import SYSTEM
    from desk.ledger import keys
    from desk.ledger.models import Key
    from desk.ledger.seal import seal

    settings.ENV.ledger_key, settings.ENV.ledger_anchor_file = f"{folder}/key", ""
    ticket = cast().ticket()
    if not Key.objects.exists():
        keys.make(by=SYSTEM)
    with unhurried(), transaction.atomic(), connection.cursor() as cursor:
        # Past the triggers: what a ticket is found by would be made anew for each of its messages.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(_MESSAGES, [ticket.number, ticket.customer_id, TEXTS])
        first = min(row[0] for row in cursor.fetchall())
        cursor.execute("SET LOCAL session_replication_role = origin")
        cursor.execute(_ENTRIES, {"many": ENTRIES, "first": first, "texts": TEXTS})
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE ledger_entry, ledger_salt, tickets_message")
    while seal():
        pass


def _bare() -> float:
    """The floor: the same texts by the same cursor, hashed and forgotten."""
    from django.db import transaction

    from desk.ledger.verify.contents import streamed

    began = time.perf_counter()
    with transaction.atomic():
        for (text,) in streamed("SELECT canonical FROM ledger_entry ORDER BY seq"):
            sha256(b"\x00" + text.encode()).digest()
    return time.perf_counter() - began


def _child() -> tuple[float, float, str]:
    """In a process of its own, whose memory is all that it ever took."""
    from django.db import connections

    connections.close_all()
    for each in connections.all():
        each.close_pool()
    context = multiprocessing.get_context("fork")
    ours, its = context.Pipe(duplex=False)
    child = context.Process(target=_verify, args=(its,))
    child.start()
    result: tuple[float, float, str] = ours.recv()
    child.join()
    return result


def _verify(pipe: object) -> None:
    from desk.ledger.verify import Brought, verify_ledger

    began = time.perf_counter()
    report = verify_ledger(Brought())
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    pipe.send((seconds, peak, report.first.what if report.first else ""))  # type: ignore[attr-defined]
