"""How lists and counts are looked up, however many tickets there are: which index serves them, and how far."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from conversations.tickets.actions import set_priority, set_tags
from conversations.tickets.built_in import VIEWS
from conversations.tickets.counting import counts_for
from conversations.tickets.listing import Listing
from conversations.tickets.models import Ticket
from conversations.tickets.queries import used_tags
from conversations.tickets.rows import _made, rows_for
from desk.actions import SYSTEM
from tests.cast import Cast


@pytest.fixture
def as_with_many_tickets(cast: Cast) -> None:
    """Few rows would be read as they lie, and of one all indexes are alike. Until the end of the test's transaction."""
    cast.ticket()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
        cursor.execute("ANALYZE tickets_ticket")
        cursor.execute(
            "UPDATE pg_class SET reltuples = 100000, relallvisible = relpages WHERE oid = 'tickets_ticket'::regclass"
        )


def plan_of(act: Any, statement: str) -> str:
    """How PostgreSQL does the one statement that begins so."""
    with CaptureQueriesContext(connection) as asked:
        act()
    (sql,) = (each["sql"] for each in asked if each["sql"].startswith(statement))
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(line for (line,) in cursor.fetchall())


@pytest.mark.usefixtures("as_with_many_tickets")
@pytest.mark.parametrize("who", ["sam", "ana"])
def test_counts_come_from_indexes_alone(cast: Cast, who: str) -> None:
    person: Person = getattr(cast, who)
    plan = plan_of(lambda: counts_for(person), "SELECT (SELECT count")
    counted = [view for view in VIEWS.values() if view.counted]
    # With one ticket it is all the same by which index those that wait and those that nobody has are counted.
    assert plan.count("Index Only Scan using") >= len(counted) - 2, plan
    assert plan.count("Index") >= len(counted), plan
    assert not re.findall(r"Seq Scan|Bitmap", plan), plan


@pytest.mark.usefixtures("as_with_many_tickets")
@pytest.mark.parametrize("view", list(VIEWS))
def test_each_view_is_read_in_its_order_from_an_index(cast: Cast, view: str) -> None:
    plan = plan_of(lambda: Listing.of(view, {}).read(cast.sam), 'SELECT "tickets_ticket"')
    assert re.search(r"Index Scan (Backward )?using", plan), plan
    assert "Sort" not in plan, plan


@pytest.mark.usefixtures("as_with_many_tickets")
@pytest.mark.parametrize(
    "narrowed",
    [
        {"priority": "urgent"},
        {"channel": "mail", "sort": "oldest"},
        {"team": "none", "priority": "low", "sort": "newest"},
    ],
    ids=str,
)
def test_what_waits_is_narrowed_within_the_index(cast: Cast, narrowed: dict[str, str]) -> None:
    """A list that is nearly empty passes over all that waits; none of it is fetched."""
    plan = plan_of(lambda: Listing.of("todo", narrowed).read(cast.sam), 'SELECT "tickets_ticket"')
    assert re.search(r"using tickets_waits_(due|updated)", plan), plan
    assert "Filter:" not in plan, plan


def test_a_row_is_rendered_once_until_it_looks_different(cast: Cast) -> None:
    ticket = cast.ticket()

    def html() -> str:
        return rows_for([ticket.number])[ticket.number].html()

    first, made = html(), _made.cache_info().misses
    assert html() == first
    assert _made.cache_info().misses == made
    set_priority(ticket, "urgent", by=SYSTEM)
    assert "urgent" in html()
    assert _made.cache_info().misses == made + 1


def test_the_tags_that_are_offered_are_those_used_most(cast: Cast) -> None:
    for tags in (["b", "a"], ["b"], ["c", "b"], ["c"]):
        set_tags(cast.ticket(), tags, by=SYSTEM)
    assert used_tags(Ticket.objects.all()) == ["a", "b", "c"]
    assert used_tags(Ticket.objects.all(), most=2) == ["b", "c"]
