"""How many tickets somebody has in each view. Counting ends at `MOST`: a number above it tells nobody more, and costs."""

from __future__ import annotations

from functools import lru_cache
from uuid import UUID

from django.db.models import Value

from accounts.access import Sight, sight_of
from accounts.models import Person
from conversations.tickets.access import visible
from conversations.tickets.built_in import VIEWS
from conversations.tickets.models import Ticket
from desk.rows import written_out
from desk.statements import run

MOST = 501


def counts_for(person: Person) -> dict[str, int]:
    """What is in each counted view of what this person sees, `MOST` at most, by topic. One statement."""
    sight = sight_of(person)
    if sight.none:
        return {}
    statement, topics = _statement(sight, person.pk, MOST)
    return dict(zip(topics, run(statement).fetchone(), strict=True))


@lru_cache(maxsize=500)
def _statement(sight: Sight, person_id: UUID, most: int) -> tuple[str, tuple[str, ...]]:
    """The statement and what it counts."""
    parts: list[str] = []
    topics: list[str] = []
    for view in VIEWS.values():
        if not view.counted:
            continue
        some = (
            Ticket.objects.filter(visible(sight)).filter(view.filter(person_id)).order_by().values_list(Value(1))[:most]
        )
        parts.append(f"(SELECT count(*) FROM ({written_out(some)}) AS counted)")  # noqa: S608 - Django's own statement
        topics.append(view.topic)
    return "SELECT " + ", ".join(parts), tuple(topics)


def told(count: int | None) -> str:
    """A count as people read it; live-counts.js says it the same way."""
    return "" if not count else f"{MOST - 1}+" if count >= MOST else str(count)
