"""A view means the same to the database, to a ticket at hand, to the counts and to the order of rows in a browser."""

from __future__ import annotations

from collections import Counter as Tally
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.access import sight_of
from conversations.review.actions import undo, write_reply
from conversations.tickets import actions, rows
from conversations.tickets.built_in import VIEWS
from conversations.tickets.models import Customer, Ticket
from conversations.tickets.rows import counts, lists_of, rows_for
from conversations.tickets.states import Lane, Status, Why
from desk.actions import SYSTEM
from desk.feed import registry
from desk.rows import Asked, Reading, one_of
from tests.cast import Cast
from tests.invariants.test_walls import careless

NOW = datetime(2025, 11, 22, 12, tzinfo=UTC)
moments = st.integers(-3, 3).map(lambda hours: NOW + timedelta(hours=hours, microseconds=hours % 2))
some_tickets = st.lists(
    st.fixed_dictionaries(
        {
            "lane": st.sampled_from(Lane.values),
            "lane_why": st.sampled_from(Why.values),
            "status": st.sampled_from(Status.values),
            "snoozed_until": st.none() | moments,
            "breaching_at": st.none() | moments,
            "due_at": moments,
            "updated_at": moments,
            "assignee": st.sampled_from([None, "ana", "ben"]),
            "team": st.sampled_from([None, "orders", "returns"]),
        }
    ),
    min_size=1,
    max_size=8,
)


@given(drawn=some_tickets)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_filter_predicate_order_and_counts_of_every_view_agree(cast: Cast, drawn: list[dict[str, Any]]) -> None:
    with transaction.atomic():
        tickets = [a_ticket(cast, **each) for each in drawn]
        people = (cast.ana.pk, cast.ben.pk)
        for view in VIEWS.values():
            for person in people if view.personal else (None,):
                found = list(Ticket.objects.filter(view.filter(person)).order_by(*view.ordering))
                name = f"{view.topic}:{person}" if view.personal else view.topic
                held = [ticket for ticket in tickets if name in lists_of(ticket)]
                assert {ticket.number for ticket in found} == {ticket.number for ticket in held}, name
                keys = [lists_of(ticket)[name] for ticket in found]
                assert keys == sorted(keys, reverse=view.order == "descending"), name
                if view.counted:
                    by_team = Tally(f"team:{ticket.team_id}" if ticket.team_id else None for ticket in held)
                    assert counts().get(name, {}) == dict(by_team), name
        transaction.set_rollback(True)


def a_ticket(cast: Cast, *, assignee: str | None, team: str | None, **fields: Any) -> Ticket:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('countersign.action', 'test', true)")
    customer, _ = Customer.objects.get_or_create(email="carla@example.com", defaults={"created_at": NOW})
    return Ticket.objects.create(
        customer=customer,
        subject="Anything",
        channel="api",
        created_at=NOW,
        assignee=getattr(cast, assignee) if assignee else None,
        team=getattr(cast, team) if team else None,
        **fields,
    )


def test_a_ticket_goes_through_the_views_as_people_work_on_it(cast: Cast) -> None:
    ticket = cast.ticket()

    def views() -> set[str]:
        return {name.removeprefix("queue:") for name in lists_of(Ticket.objects.get(pk=ticket.number))}

    by = cast.ana.actor()
    assert {"todo", "unassigned", "all"} <= views()
    actions.assign(ticket, cast.ana, by=by)
    assert {"todo", "all", f"mine:{cast.ana.pk}"} <= views()
    assert "unassigned" not in views()
    actions.snooze(ticket, timezone.now() + timedelta(hours=1), by=by)
    assert {"snoozed", "all", f"mine:{cast.ana.pk}"} == views()
    careless(lambda: Ticket.objects.filter(pk=ticket.pk).update(snoozed_until=timezone.now()), by=SYSTEM)
    actions.wake(ticket, by=by)
    assert "todo" in views()
    actions.set_status(ticket, "pending", by=by)
    assert {"waiting", "all", f"mine:{cast.ana.pk}"} == views()
    actions.set_status(ticket, "solved", by=by)
    assert {"solved", "all"} == views()


def test_rows_of_many_tickets_cost_as_many_queries_as_one(cast: Cast) -> None:
    numbers = [cast.ticket().number for _ in range(12)]
    with CaptureQueriesContext(connection) as one:
        rows_for(numbers[:1])
    with CaptureQueriesContext(connection) as many:
        assert list(rows_for(numbers)) == numbers
    assert len(many) == len(one) <= 4


def test_a_row_is_safe_to_show_whatever_a_customer_writes(cast: Cast) -> None:
    ticket = cast.ticket(subject='"><img src=x data-key="">', name="<b>Carla</b>")
    actions.add_note(ticket, text="<script>alert(1)</script>\n\n" + "x" * 500, by=cast.ana.actor())
    row = rows_for([ticket.number])[ticket.number]
    html = row.keyed("2025")
    assert "<script>" not in html
    assert "<img" not in html
    assert "<b>Carla" not in html
    assert html.startswith("<article")
    assert 'data-key="2025"' in html[:300]
    assert html.count("2025") == 1
    assert "data-key=&quot;&quot;" in html
    assert "x" * 200 not in html


def test_a_row_ends_with_what_was_said_last_not_with_our_canned_words_or_what_was_taken_back(cast: Cast) -> None:
    ticket = cast.ticket("The zip of my jacket broke.")
    assert ticket.messages.latest("id").notice
    row = rows_for([ticket.number])[ticket.number].html()
    assert "The zip of my jacket broke." in row
    assert "thank you for writing" not in row
    decision = write_reply(ticket, text="Send it to us.", by=cast.ana.actor())
    assert "Send it to us." in rows_for([ticket.number])[ticket.number].html()
    undo(decision, by=cast.ana.actor())
    assert "The zip of my jacket broke." in rows_for([ticket.number])[ticket.number].html()


def test_a_row_shows_what_upper_rooms_know_of_its_ticket(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = cast.ticket()
    of_all = Reading(Ticket.objects.filter(one_of("number", Asked("numbers"))).values_list("number"))
    part = (of_all, lambda found: {number: {"blockers": 2} for (number,) in found})
    monkeypatch.setattr(rows, "_parts", [part])
    assert "2 blockers" in rows_for([ticket.number])[ticket.number].html()


def test_numbers_that_do_not_exist_have_no_row(cast: Cast) -> None:
    ticket = cast.ticket()
    assert list(rows_for([1, ticket.number, 2])) == [ticket.number]
    assert rows_for([]) == {}


def test_viewers_see_what_the_door_lets_them_see(cast: Cast) -> None:
    from accounts.feed import viewer_of

    for person in (cast.ana, cast.ben, cast.sam, cast.olga):
        sight = sight_of(person)
        viewer = viewer_of(person, sight)
        for team in (None, cast.orders, cast.returns):
            assert viewer.sees(team.ref if team else None) == sight.sees(team.pk if team else None)
    assert viewer_of(cast.ana, sight_of(cast.ana)).own == {
        "queue:mine": f"queue:mine:{cast.ana.pk}",
        "bell": f"bell:{cast.ana.pk}",
    }


def test_every_list_has_a_topic_that_pages_can_follow() -> None:
    assert registry.noun == "ticket"
    assert registry.lists == tuple(f"queue:{name}" for name in VIEWS)
    assert list(VIEWS) == [
        "todo",
        "review",
        "write",
        "trouble",
        "mine",
        "unassigned",
        "waiting",
        "snoozed",
        "breaching",
        "solved",
        "all",
    ]
