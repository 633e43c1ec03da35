"""The floor: what this machine's PostgreSQL takes for the same rows when nothing watches over them.

The tables are copies of the desk's without foreign keys, checks, triggers and further indexes.
"""

from __future__ import annotations

import os
import uuid
from datetime import UTC, datetime, timedelta
from itertools import cycle

import psycopg

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
            "ticket_id, last_message_id, state, version, text, sentences, unanswered, passages, language, risk, failure, "
            "instruction, returned_because, created_at"
        )
        connection.execute(
            f"INSERT INTO bare_drafting_draft ({columns}) SELECT {columns} FROM (SELECT * FROM drafting_draft LIMIT 1) one, "
            "generate_series(1, %s)",
            [clients * DRAFTS],
        )


class Bare:
    """One client: a transaction of four statements, an update and three inserts, as psycopg does it by itself."""

    def __init__(self, text: str, *, client: int = 0) -> None:
        self._connection = psycopg.connect(os.environ["DATABASE_URL"])
        self._text = text
        self._drafts = cycle(range(client * DRAFTS + 1, (client + 1) * DRAFTS + 1))
        self._person = uuid.uuid4()

    def decide(self) -> None:
        now, draft, text = datetime.now(UTC), next(self._drafts), self._text
        with self._connection.transaction():
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
