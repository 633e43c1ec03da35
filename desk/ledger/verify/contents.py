"""Every entry, re-hashed from its text: in order, without a gap, and with columns that say what the text says.

Nothing stored is believed: the leaf is computed from the text, and the text is composed anew from the columns.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from itertools import count
from typing import Any

from django.db import connection

from desk.ledger.append import canonical
from desk.ledger.verify.report import Report

ROWS = """
    SELECT seq, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), kind, actor, subject, thread,
           facts::text, commitments::text, canonical, leaf
    FROM ledger_entry ORDER BY seq
"""
BATCH = 2_000
UNREADABLE = (ValueError, RecursionError)
"""What Python says to JSON that is none, or that has numbers of thousands of digits, or brackets in brackets without end."""
MEMBERS = ("actor", "at", "commitments", "facts", "kind", "seq", "subject", "thread")

# As desk.ledger.append.canonical; made once, for a million entries.
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode

_cursors = count()  # several are open at once, each by a name of its own

Row = tuple[int, str, str, str, str, str, str, str, str, bytes]


def streamed(query: str) -> Iterator[Any]:
    """Rows through a cursor of the server, so that memory stays flat; inside a transaction."""
    raw: Any = connection.connection
    with raw.cursor(name=f"verify {next(_cursors)}", binary=True) as cursor:
        cursor.itersize = BATCH
        cursor.execute(query)
        yield from cursor


def leaves(report: Report) -> Iterator[tuple[int, bytes]]:
    """Each entry's `seq` and the leaf that its text makes; what is wrong with an entry goes into the report."""
    last = 0
    for row in streamed(ROWS):
        seq, at, kind, actor, subject, thread, facts, commitments, text, stored = row
        if seq != last + 1:
            missing = f"Entry {last + 1} is" if seq == last + 2 else f"Entries {last + 1} to {seq - 1} are"
            report.found(last + 1, f"{missing} missing: after {last} comes {seq}.")
        last = seq
        leaf = sha256(b"\x00" + text.encode()).digest()
        plain = f"{kind}{actor}{subject}{thread}"
        # Composed as the database composed it; 3 µs less than taking the text apart (measured), for a million entries.
        composed = (
            f'{{"actor":"{actor}","at":"{at}","commitments":{_canonical(commitments)},"facts":{_canonical(facts)},'
            f'"kind":"{kind}","seq":{seq},"subject":"{subject}","thread":"{thread}"}}'
        )
        if composed != text or '"' in plain or "\\" in plain:
            for what in _wrong_columns(row):
                report.found(seq, what)
        if leaf != stored:
            report.found(seq, f"The stored leaf of entry {seq} is not the hash of its text.")
        yield seq, leaf
    report.entries = last
    known = counted()
    if known > last:
        report.found(
            last + 1, f"The ledger was cut off: {known} entries were counted, entry {last} is the last one there."
        )
    elif known < last:
        report.found(known + 1, f"Entry {known + 1} was put in: only {known} entries were counted.")


def counted() -> int:
    """How many entries there are, as the counter has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM ledger_counter WHERE id = 1")
        row = cursor.fetchone()
    return int(row[0]) if row else 0


@lru_cache(maxsize=4096)
def _canonical(jsonb: str) -> str:
    try:
        return _encode(json.loads(jsonb))
    except UNREADABLE:
        return ""  # which no entry says


def _wrong_columns(row: Row) -> Iterator[str]:
    seq, at, kind, actor, subject, thread, facts, commitments, text, _leaf = row
    try:
        told = json.loads(text)
        sound = isinstance(told, dict) and canonical(told) == text and tuple(sorted(told)) == MEMBERS
    except UNREADABLE:
        sound = False
    if not sound:
        yield f"The text of entry {seq} is not the canonical text of an entry."
        return
    columns = {
        "actor": _encode(actor),
        "at": _encode(at),
        "commitments": _canonical(commitments),
        "facts": _canonical(facts),
        "kind": _encode(kind),
        "seq": _encode(seq),
        "subject": _encode(subject),
        "thread": _encode(thread),
    }
    for name, value in columns.items():
        if _encode(told[name]) != value:
            yield f"The column {name} of entry {seq} does not say what the entry says."
