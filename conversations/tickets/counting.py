"""How many tickets somebody has in each view. Counting ends at `MOST`: a number above it tells nobody more, and costs."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Value
from psycopg import ClientCursor

from accounts.access import Sight, sight_of
from accounts.models import Person
from conversations.tickets.access import visible
from conversations.tickets.models import Ticket
from conversations.tickets.rows import VIEWS
from desk.statements import run

MOST = 1_000


def counts_for(person: Person) -> dict[str, int]:
    """What is in each counted view of what this person sees, `MOST` at most, by topic. One statement."""
    statement, topics = _statement(sight_of(person), person.pk, MOST)
    return dict(zip(topics, run(statement).fetchone(), strict=True))


@lru_cache(maxsize=500)
def _statement(sight: Sight, person_id: UUID, most: int) -> tuple[str, tuple[str, ...]]:
    """The statement and what it counts. Making it, and planning it, is most of what counting costs: so its values are
    written into it, and PostgreSQL plans it once for each connection, by indexes of just these values."""
    parts: list[str] = []
    values: list[Any] = []
    topics: list[str] = []
    for view in VIEWS.values():
        if not view.counted:
            continue
        some = (
            Ticket.objects.filter(visible(sight)).filter(view.filter(person_id)).order_by().values_list(Value(1))[:most]
        )
        sql, given = some.query.sql_with_params()
        parts.append(f"(SELECT count(*) FROM ({sql}) AS counted)")  # noqa: S608 - Django's own statement
        values += given
        topics.append(view.topic)
    connection.ensure_connection()
    return ClientCursor(connection.connection).mogrify("SELECT " + ", ".join(parts), values), tuple(topics)


def told(count: int | None) -> str:
    """A count as people read it; live-counts.js says it the same way."""
    return "" if not count else f"{MOST - 1}+" if count >= MOST else str(count)
