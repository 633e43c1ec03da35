"""The floor: what this machine's PostgreSQL takes for the same rows when nothing watches over them.

The tables are copies of the desk's without foreign keys, checks, triggers and further indexes.
"""

from __future__ import annotations

import os
import uuid
from datetime import UTC, datetime, timedelta
from itertools import cycle

import psycopg

COUNTED = ("ledger_counter", "ledger_entry")
TABLES = ("review_decision", "drafting_draft", "tickets_message", "tickets_sending")
DRAFTS = 200
"""Of one client; it goes round, as an update costs the same the second time."""


def lay(clients: int) -> None:
    """Make the tables, with drafts to decide for so many clients."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        for table in TABLES:
            connection.execute(f"CREATE TABLE bare_{table} (LIKE {table} INCLUDING DEFAULTS, PRIMARY KEY (id))")
            connection.execute(f"CREATE SEQUENCE bare_{table}_seq")
            connection.execute(
                f"ALTER TABLE bare_{table} ALTER id SET DEFAULT nextval('bare_{table}_seq'), "
                "ALTER id DROP IDENTITY IF EXISTS"
            )
        columns = (
            "ticket_id, last_message_id, state, version, text, sentences, unanswered, risks, passages, language, risk, failure, "
            "instruction, returned_because, created_at"
        )
        connection.execute(
            f"INSERT INTO bare_drafting_draft ({columns}) SELECT {columns} FROM (SELECT * FROM drafting_draft LIMIT 1) one, "
            "generate_series(1, %s)",
            [clients * DRAFTS],
        )


def is_laid() -> bool:
    """Whether an earlier benchmark of this run made the tables."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        return connection.execute("SELECT to_regclass('bare_drafting_draft') IS NOT NULL").fetchone()[0]


def lay_ledger() -> None:
    """Make the bare counter and entries."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        for table in COUNTED:
            key = "id" if table == "ledger_counter" else "seq"
            connection.execute(f"CREATE TABLE bare_{table} (LIKE {table} INCLUDING DEFAULTS, PRIMARY KEY ({key}))")
        connection.execute("INSERT INTO bare_ledger_counter (id, value) VALUES (1, 0)")


class Bare:
    """One client: a transaction of four statements, an update and three inserts, as psycopg does it by itself."""

    def __init__(self, text: str, *, client: int = 0) -> None:
        self._connection = psycopg.connect(os.environ["DATABASE_URL"])
        self._text = text
        self._drafts = cycle(range(client * DRAFTS + 1, (client + 1) * DRAFTS + 1))
        self._person = uuid.uuid4()

    def decide(self) -> None:
        with self._connection.transaction():
            self._four_statements()

    def _four_statements(self) -> None:
        now, draft, text = datetime.now(UTC), next(self._drafts), self._text
        execute = self._connection.execute
        execute("UPDATE bare_drafting_draft SET state = 'approved' WHERE id = %s", [draft])
        decision = execute(
            "INSERT INTO bare_review_decision (ticket_id, draft_id, draft_version, kind, person_id, via, text, text_hash, "
            "reason, note, next, instruction, standing, ended_because, created_at) "
            "VALUES (%s, %s, 2, 'approved', %s, 'page', %s, '', '', '', '', '', true, '', %s) RETURNING id",
            [draft, draft, self._person, text, now],
        ).fetchone()[0]
        message = execute(
            "INSERT INTO bare_tickets_message (ticket_id, direction, person_id, notice, text, text_hash, decision_id, "
            "draft_id, disclosure_kind, disclosure_text, mail_id, in_reply_to, created_at) "
            "VALUES (%s, 'out', %s, '', %s, '', %s, %s, 'drafted', '', '', '', %s) RETURNING id",
            [draft, self._person, text, decision, draft, now],
        ).fetchone()[0]
        execute(
            "INSERT INTO bare_tickets_sending (message_id, decision_id, state, release_at, attempts, last_error, "
            "withdrawn_because, changed_at) VALUES (%s, %s, 'queued', %s, 0, '', '', %s)",
            [message, decision, now + timedelta(seconds=10), now],
        )

    def close(self) -> None:
        self._connection.close()


class Counted(Bare):
    """The same, and an entry with the next number of a counter, as whoever writes a dense log by hand does it."""

    def decide(self) -> None:
        with self._connection.transaction():
            self._four_statements()
            self._entry()

    def _entry(self) -> None:
        execute = self._connection.execute
        seq = execute("UPDATE bare_ledger_counter SET value = value + 1 WHERE id = 1 RETURNING value").fetchone()[0]
        execute(
            "INSERT INTO bare_ledger_entry (seq, at, kind, actor, subject, thread, facts, commitments, canonical, leaf) "
            "VALUES (%s, now(), 'draft.approved', %s, '', '', '{}', '{}', %s, sha256(convert_to(%s, 'UTF8')))",
            [seq, str(self._person), self._text, self._text],
        )


class CountedAndFreed(Counted):
    """The counter is free before the disk has the transaction; whoever asked waits for the disk all the same."""

    def decide(self) -> None:
        self._connection.autocommit = True
        with self._connection.transaction():
            self._connection.execute("SET LOCAL synchronous_commit = off")
            self._four_statements()
            self._entry()
        # A commit that waits for the disk, and with it for all before it.
        self._connection.execute("SELECT pg_logical_emit_message(true, 'countersign', '')")
