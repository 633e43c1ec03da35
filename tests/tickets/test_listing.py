"""Lists by their address: narrowed, sorted, page by page, and the same for whoever follows the link."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import Person
from conversations.tickets import listing
from conversations.tickets.actions import assign, set_priority, set_status, set_tags
from conversations.tickets.built_in import VIEWS
from conversations.tickets.counting import MOST, counts_for
from desk.actions import SYSTEM
from tests.cast import Cast
from tests.drafts import pending_draft


@pytest.fixture
def ana(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.ana, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def numbers(html: str) -> list[int]:
    return [int(number) for number in re.findall(r'<article class="row"\s+data-ticket="(\d+)"', html)]


def shown(client: Client, path: str) -> list[int]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.content
    return numbers(answer.content.decode())


def test_each_filter_narrows_and_can_be_taken_away(ana: Client, cast: Cast) -> None:
    mine = cast.ticket("Hier ist Text", language="de", priority="high", channel="mail", tags=["Late delivery"])
    assign(mine, cast.ana, by=cast.ana.actor())
    other = cast.ticket(team=None)
    for parameters in (
        f"team={cast.orders.pk}", "assignee=me", f"assignee={cast.ana.pk}", "priority=high", "tag=late-delivery",
        "language=de", "channel=mail", "priority=high&language=de",
    ):  # fmt: skip
        assert shown(ana, f"/queue/todo/?{parameters}") == [mine.number], parameters
    for parameters in ("team=none", "assignee=none", "priority=normal", "language=en", "channel=api"):
        assert shown(ana, f"/queue/todo/?{parameters}") == [other.number], parameters
    page = ana.get("/queue/todo/?priority=high&language=de").content.decode()
    chips = re.findall(r'class="chip chip-here"\s+href="([^"]+)"', page)
    assert chips == ["/queue/todo/?language=de", "/queue/todo/?priority=high"]


def test_drafts_in_review_narrow_by_risk_and_settings(ana: Client, cast: Cast) -> None:
    draft = pending_draft(cast.ticket())
    cast.ticket()
    assert shown(ana, f"/queue/todo/?risk={draft.risk}&settings={draft.settings_id}") == [draft.ticket_id]
    other = {"low": "high"}.get(draft.risk, "low")
    assert shown(ana, f"/queue/todo/?risk={other}") == shown(ana, "/queue/todo/?settings=99999") == []


def test_what_is_narrowed_wrongly_is_said(ana: Client, cast: Cast) -> None:
    cast.ticket()
    for parameters, words in (
        ("priority=huge", "Priority: there is no “huge”."),
        ("team=x", "Team: there is no “x”."),
        ("assignee=nobody", "Assigned to: there is no “nobody”."),
        ("sort=size", "This list cannot be sorted by “size”."),
        ("q=form:carla", "Did you mean from:?"),
    ):
        answer = ana.get(f"/queue/todo/?{parameters}")
        assert answer.status_code == 400
        assert words in answer.content.decode()
        assert numbers(answer.content.decode()) == []
    assert ana.get("/queue/todo/?after=nonsense").status_code == 404
    assert ana.get("/queue/nothing/").status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/queue/todo/?",
        "/queue/all/?",
        "/queue/all/?sort=oldest&",
        "/queue/all/?q=refund&",
        "/queue/all/?q=refund&sort=best&",
    ],
)
def test_pages_follow_each_other_without_gap_or_doubles(
    ana: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr(listing, "PAGE", 2)
    tickets = [cast.ticket(f"Where is my refund {n}?") for n in range(5)]
    seen: list[int] = []
    path = address
    for _ in range(3):
        html = ana.get(path).content.decode()
        seen += numbers(html)
        further = re.findall(r'<p class="list-more"><a class="btn btn-sm" href="([^"]+)">Further', html)
        path = further[0].replace("&amp;", "&") if further else ""
    assert not path
    assert sorted(seen) == [ticket.number for ticket in tickets]
    if "best" not in address:
        backwards = "all" in address and "oldest" not in address
        assert seen == sorted(seen, reverse=backwards)


def test_the_list_says_which_of_the_tickets_asked_about_belong_to_it(ana: Client, cast: Cast) -> None:
    high, normal = cast.ticket(priority="high"), cast.ticket()
    hidden = cast.ticket(priority="high", team=cast.returns)
    path = f"/queue/todo/rows/?priority=high&only={high.number},{normal.number},{hidden.number}"
    assert shown(ana, path) == [high.number]
    set_priority(normal, "high", by=cast.ana.actor())
    set_status(high, "solved", by=cast.ana.actor())
    assert shown(ana, path) == [normal.number]


def test_a_narrowed_list_asks_and_a_plain_one_does_not(ana: Client, cast: Cast) -> None:
    cast.ticket()
    assert "data-asks" not in ana.get("/queue/todo/").content.decode()
    for parameters in ("priority=high", "sort=newest", "q=refund", "after=2025-01-01T00:00:00%2B00:00_1"):
        html = ana.get(f"/queue/todo/?{parameters}").content.decode()
        assert "data-asks" in html, parameters
        assert f"/queue/todo/rows/?{parameters}".replace("%2B00:00", "%2B00%3A00")[:30] in html


def test_the_list_beside_a_ticket_is_the_one_it_was_opened_from(ana: Client, cast: Cast) -> None:
    high, _normal = cast.ticket(priority="high"), cast.ticket()
    html = ana.get(f"/tickets/{high.number}/?view=todo&priority=high").content.decode()
    assert numbers(html) == [high.number]
    assert 'href="/queue/todo/?priority=high"' in html
    assert 'data-query="view=todo&amp;priority=high"' in html


@pytest.mark.parametrize("who", ["ana", "ben", "sam", "olga", "aud"])
def test_counts_are_those_of_the_lists(cast: Cast, who: str) -> None:
    person: Person = getattr(cast, who)
    for team in (cast.orders, cast.returns, None):
        ticket = cast.ticket(team=team)
        assign(ticket, cast.ana, by=SYSTEM)
    set_status(cast.ticket(), "pending", by=SYSTEM)
    set_tags(cast.ticket(), ["x"], by=SYSTEM)
    counted = counts_for(person)
    for view in VIEWS.values():
        if view.counted:
            assert counted[view.topic] == len(listing.Listing.of(view.name, {}).read(person).tickets), view.name


def test_a_count_ends_where_it_tells_nobody_more(ana: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conversations.tickets.views.counts_for", lambda _person: {"queue:todo": MOST})
    assert '<b data-count="queue:todo">500+</b>' in ana.get("/queue/todo/").content.decode()


def test_the_api_searches_as_the_page_does(cast: Cast) -> None:
    token = cast.token(cast.ana, "tickets:read")
    ticket = cast.ticket("A gooseberry")

    def asked(q: str) -> Any:
        return Client().get("/api/v1/tickets/", {"q": q}, headers={"Authorization": f"Bearer {token}"})

    assert [each["number"] for each in asked("is:todo gooseberry").json()["results"]] == [ticket.number]
    refused = asked("is:nothing")
    assert refused.status_code == 400
    assert refused.json()["code"] == "invalid"
    assert "is:nothing is not known" in refused.json()["detail"]
