"""Appending: the last statements of every action.

The counter's row lock is taken here and nowhere else, after all else has been checked, and held until the commit that
follows at once: so `seq` is dense, and its order is the order of commits.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import rfc8785
from django.db import connection

from desk.ledger.kinds import Facts, facts_of


@dataclass(frozen=True, slots=True)
class Text:
    """A text that an entry commits to without holding it; `source` says where it is kept."""

    text: str
    source: str


@dataclass(slots=True)
class Record:
    """What an action says happened; becomes an entry when the outermost action finishes."""

    facts: Facts
    actor: str
    subject: str
    thread: str = ""
    commits: Mapping[str, Text] = field(default_factory=dict)
    about: Mapping[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return self.facts.kind


def commitment(salt: bytes, text: str) -> str:
    """`SHA-256(32-byte salt ‖ UTF-8 text)` in hexadecimal."""
    return hashlib.sha256(salt + text.encode()).hexdigest()


def leaf_hash(canonical: str) -> bytes:
    """RFC 6962 §2.1: `SHA-256(0x00 ‖ leaf bytes)`."""
    return hashlib.sha256(b"\x00" + canonical.encode()).digest()


def canonical(*, seq: int, at: datetime, record: Record, facts: Mapping[str, Any], commitments: Mapping[str, str]) -> str:
    """The entry as canonical JSON (RFC 8785); `at` in UTC with microseconds."""
    return rfc8785.dumps(
        {
            "seq": seq,
            "at": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "kind": record.kind,
            "actor": record.actor,
            "subject": record.subject,
            "thread": record.thread,
            "facts": dict(facts),
            "commitments": dict(commitments),
        }
    ).decode()


def append(records: Sequence[Record]) -> int:
    """Write the entries of one finished action; the caller commits next. Returns the last `seq`."""
    prepared = []
    for record in records:
        facts_of(record.kind)
        salts = {name: secrets.token_bytes(32) for name in record.commits}
        commitments = {name: commitment(salts[name], text.text) for name, text in record.commits.items()}
        prepared.append((record, record.facts.model_dump(mode="json"), salts, commitments))
    with connection.cursor() as cursor:
        # Deferred foreign keys checked at COMMIT, with the counter held, deadlock; so they are checked before it is taken.
        cursor.execute(
            "SET CONSTRAINTS ALL IMMEDIATE; "
            f"UPDATE ledger_counter SET value = value + {len(records):d} WHERE id = 1 RETURNING value, clock_timestamp()"
        )
        row = cursor.fetchone() if cursor.description else _last_result(cursor)
        head, at = row
        entries: list[Any] = []
        kept: list[Any] = []
        for seq, (record, facts, salts, commitments) in enumerate(prepared, head - len(records) + 1):
            text = canonical(seq=seq, at=at, record=record, facts=facts, commitments=commitments)
            entries += [seq, at, record.kind, record.actor, record.subject, record.thread, json.dumps(facts),
                        json.dumps(commitments), text, leaf_hash(text)]
            for name, salt in salts.items():
                kept += [seq, name, salt, record.commits[name].source]
        statement = (
            "INSERT INTO ledger_entry (seq, at, kind, actor, subject, thread, facts, commitments, canonical, leaf) VALUES "
            + ", ".join(["(%s, %s, %s, %s, %s, %s, %s::jsonb, %s::jsonb, %s, %s)"] * len(records))
        )
        if kept:
            statement = (
                "WITH kept AS (INSERT INTO ledger_salt (seq, field, salt, source) VALUES "
                + ", ".join(["(%s, %s, %s, %s)"] * (len(kept) // 4)) + ") " + statement
            )
        cursor.execute(statement, [*kept, *entries])
    return int(head)


def _last_result(cursor: Any) -> Any:
    """The counter's row: the second of the two results of one round trip."""
    cursor.nextset()
    return cursor.fetchone()
