"""GET tickets/."""

from __future__ import annotations

from typing import Any

import pytest

from conversations.models import Ticket
from conversations.tickets.actions import assign, set_status, set_tags
from desk.actions import SYSTEM
from tests.api.calls import Caller, caller, problem
from tests.cast import Cast
from tests.drafts import pending_draft


def numbers(answer: Any) -> list[int]:
    assert answer.status_code == 200, answer.content
    return [each["number"] for each in answer.json()["results"]]


def test_the_newest_come_first_without_their_messages(ana: Caller, cast: Cast) -> None:
    first, second = cast.ticket(), cast.ticket()
    answer = ana.get("tickets/")
    assert numbers(answer) == [second.number, first.number]
    assert all("messages" not in each for each in answer.json()["results"])
    assert {"next", "previous", "results"} == set(answer.json())


def test_each_has_its_draft_and_the_number_of_its_last_entry(ana: Caller, cast: Cast) -> None:
    drafted, plain = cast.ticket(), cast.ticket()
    draft = pending_draft(drafted, flags=[("link", "blocker", "https://example.com")])
    told = {each["number"]: each for each in ana.get("tickets/").json()["results"]}
    assert told[drafted.number]["draft"]["id"] == draft.pk
    assert told[drafted.number]["draft"]["flags"][0]["words"] == "https://example.com"
    assert told[plain.number]["draft"]["state"] == "queued"
    assert told[drafted.number]["seq"] > told[plain.number]["seq"] > 0


def test_nobody_sees_the_tickets_of_teams_that_are_not_theirs(
    ana: Caller, olga: Caller, shop: Caller, cast: Cast
) -> None:
    orders, returns, nobodys = cast.ticket(), cast.ticket(team=cast.returns), cast.ticket(team=None)
    assert numbers(ana.get("tickets/")) == [nobodys.number, orders.number]
    assert numbers(olga.get("tickets/")) == [nobodys.number]
    assert len(numbers(shop.get("tickets/"))) == 3
    assert returns.number not in numbers(ana.get("tickets/", team=cast.returns.pk))


def test_pages_follow_each_other_and_stay_put_while_tickets_arrive(ana: Caller, cast: Cast) -> None:
    made = [cast.ticket().number for _ in range(5)]
    first = ana.get("tickets/", page_size=2).json()
    assert first["previous"] is None
    cast.ticket()
    second = ana.get(_path(first["next"])).json()
    third = ana.get(_path(second["next"])).json()
    found = [each["number"] for each in (*first["results"], *second["results"], *third["results"])]
    assert found == made[::-1]
    assert third["next"] is None
    back = ana.get(_path(third["previous"])).json()
    assert back["results"] == second["results"]


def _path(url: str) -> str:
    return url.removeprefix("http://testserver")


def test_filters_narrow_it_down(ana: Caller, cast: Cast) -> None:
    solved, mine, tagged = cast.ticket(), cast.ticket(), cast.ticket(subject="About the tent poles")
    set_status(solved, "solved", by=SYSTEM)
    assign(mine, cast.ana, by=SYSTEM)
    set_tags(tagged, ["tents"], by=SYSTEM)
    assert numbers(ana.get("tickets/", status="solved")) == [solved.number]
    assert numbers(ana.get("tickets/", assignee=str(cast.ana.pk))) == [mine.number]
    assert numbers(ana.get("tickets/", assignee="me")) == [mine.number]
    assert numbers(ana.get("tickets/", tag="tents")) == [tagged.number]
    assert numbers(ana.get("tickets/", team=cast.orders.pk)) == [tagged.number, mine.number, solved.number]
    assert numbers(ana.get("tickets/", q="TENT")) == [tagged.number]
    assert numbers(ana.get("tickets/", q=f"#{mine.number}")) == [mine.number]
    assert len(numbers(ana.get("tickets/", q="carla@"))) == 3
    assert numbers(ana.get("tickets/", q="nothing has this")) == []
    assert numbers(ana.get("tickets/", q="tent", status="solved")) == []


def test_views_of_the_queue_are_the_same_as_on_the_page(ana: Caller, shop: Caller, cast: Cast) -> None:
    drafted, solved, mine = cast.ticket(), cast.ticket(), cast.ticket()
    pending_draft(drafted)
    set_status(solved, "solved", by=SYSTEM)
    assign(mine, cast.ana, by=SYSTEM)
    assert numbers(ana.get("tickets/", view="review")) == [drafted.number]
    assert numbers(ana.get("tickets/", view="solved")) == [solved.number]
    assert numbers(ana.get("tickets/", view="mine")) == [mine.number]
    assert numbers(shop.get("tickets/", view="mine")) == []
    assert numbers(shop.get("tickets/", assignee="me")) == []


@pytest.mark.parametrize(
    "query",
    [
        {"status": "gone"},
        {"view": "nobody's"},
        {"team": "Orders"},
        {"team": 2**63},
        {"assignee": "Ana"},
        {"page_size": 0},
        {"page_size": 1000},
        {"cursor": "nonsense"},
        {"cursor": "cD1hYmM="},
        {"cursor": "cD0lMDA="},
    ],
)
def test_what_cannot_be_asked_is_said(ana: Caller, query: dict[str, Any]) -> None:
    told = problem(ana.get("tickets/", **query), 400, "invalid")
    assert next(iter(query)) in told["errors"]


def test_a_null_byte_in_a_search_finds_nothing_and_breaks_nothing(ana: Caller) -> None:
    assert numbers(ana.get("tickets/", q="\0", tag="a\0")) == []


def test_it_wants_the_scope_for_reading(cast: Cast) -> None:
    problem(caller(cast, cast.ana, "tickets:write").get("tickets/"), 403, "scope_missing")


def test_a_page_of_many_takes_as_many_queries_as_one_of_few(
    ana: Caller, cast: Cast, django_assert_max_num_queries: Any
) -> None:
    for _ in range(8):
        pending_draft(cast.ticket(), flags=[("link", "hint", "x")])
    assert Ticket.objects.count() == 8
    # The token with its person, the page of tickets, their drafts, the flags of these.
    with django_assert_max_num_queries(5):
        assert len(numbers(ana.get("tickets/"))) == 8
