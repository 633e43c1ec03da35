"""Who is told what: nobody hears of a ticket that they may not see, and rights that change count at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts.actions import change_person, issue_token, join_team, leave_team, revoke_token, set_password, sign_out
from conversations.tickets import actions
from desk import hints
from desk.actions import SYSTEM
from desk.feed import registry, sessions
from desk.feed.registry import Viewer
from tests.cast import Cast
from tests.feed.live import Live, Page, head, signed_in


def test_agents_hear_of_their_teams_tickets_and_of_those_without_a_team(company: Cast, live: Live) -> None:
    ana, olga, sam = (Page.of(person, live, "queue:all") for person in (company.ana, company.olga, company.sam))
    of_orders, of_returns, of_nobody = (company.ticket(team=team) for team in (company.orders, company.returns, None))
    expected = ((ana, {of_orders, of_nobody}), (olga, {of_nobody}), (sam, {of_orders, of_returns, of_nobody}))
    for page, tickets in expected:
        page.hear_up_to(head())
        assert {frame["ticket"] for frame in page.told if "ticket" in frame} == {ticket.number for ticket in tickets}


def test_following_a_ticket_that_is_not_ones_own_to_see_is_as_if_it_did_not_exist(company: Cast, live: Live) -> None:
    ticket = company.ticket(team=company.returns)
    page = Page.of(company.ana, live, f"ticket:{ticket.number}", f"ticket:{ticket.number + 1}")
    page.say({"viewing": ticket.number, "typing": ticket.number})
    actions.add_note(ticket, text="Secret", by=company.ben.actor())
    frames = page.hear_up_to(head())
    assert all(frame.keys() == {"seq"} for frame in frames)


def test_a_ticket_that_moves_out_of_sight_is_gone_without_a_row(company: Cast, live: Live) -> None:
    ticket = company.ticket(subject="Refund of the red jacket")
    topics = ("queue:todo", f"ticket:{ticket.number}")
    ana, ben, olga = (Page.of(person, live, *topics) for person in (company.ana, company.ben, company.olga))
    actions.set_team(ticket, company.returns, by=company.ben.actor())
    frame = ana.hear_change(ticket.number)
    assert set(topics) <= set(frame["gone"])
    assert frame["in"] == []
    assert "row" not in frame
    assert "red jacket" not in str(ana.told)
    assert "row" in ben.hear_change(ticket.number)
    assert not any("ticket" in frame for frame in olga.hear_up_to(head()))
    actions.add_note(ticket, text="Now among ourselves", by=company.ben.actor())
    assert not any("ticket" in frame for frame in ana.hear_up_to(head()))


def test_a_move_that_was_missed_is_told_on_return(company: Cast, live: Live) -> None:
    ticket, known = company.ticket(), head()
    actions.add_note(ticket, text="Still here", by=company.ben.actor())
    actions.set_team(ticket, company.returns, by=company.ben.actor())
    page = Page.of(company.ana, live, "queue:todo", after=known)
    page.hear_up_to(head())
    changes = [frame for frame in page.told if "ticket" in frame]
    assert [frame["kind"] for frame in changes] == ["ticket.team_set"]
    assert "queue:todo" in changes[0]["gone"]


def test_a_ticket_that_moves_into_sight_appears(company: Cast, live: Live) -> None:
    ticket = company.ticket(team=company.returns)
    page = Page.of(company.ana, live, "queue:todo")
    actions.set_team(ticket, company.orders, by=company.ben.actor())
    assert "row" in page.hear_change(ticket.number)


def test_leaving_a_team_closes_the_persons_sockets_and_nobody_elses(company: Cast, live: Live) -> None:
    ana, ben = Page.of(company.ana, live, "queue:todo"), Page.of(company.ben, live, "queue:todo")
    leave_team(company.orders, company.ana, by=SYSTEM)
    assert ana.hear_closing(within=3) == 4401
    ben.hear_change(company.ticket().number)


def test_who_left_a_team_while_away_begins_anew(company: Cast, live: Live) -> None:
    """The page shows tickets of that team, and no entry tells of each that it is out of sight now."""
    company.ticket(team=company.orders)
    cookie = signed_in(company.ana)  # an entry, too: not one that the desk may still have to read of at the end
    Page.of(company.ben, live, "queue:todo").hear(lambda frame: "counts" in frame)
    known = head()
    leave_team(company.orders, company.ana, by=SYSTEM)
    Page.of(company.ben, live, "queue:todo").hear_up_to(head())
    again = Page.of(company.ana, live, "queue:todo", after=known, cookie=cookie)
    assert again.hear(lambda frame: "resync" in frame)["seq"] == head()


def test_who_joined_a_team_a_moment_ago_begins_anew_though_the_desk_has_not_read_of_it(
    company: Cast, live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hints, "after_commit", lambda *_: None)
    Page.of(company.ben, live, "queue:todo").hear(lambda frame: "counts" in frame)
    known = head()
    join_team(company.returns, company.ana, by=SYSTEM)
    assert Page.of(company.ana, live, "queue:todo", after=known).hear(lambda frame: "resync" in frame)["seq"] == head()


def test_new_rights_close_as_well_since_the_page_must_begin_anew(company: Cast, live: Live) -> None:
    for change in (
        lambda: join_team(company.returns, company.ana, by=SYSTEM),
        lambda: change_person(company.ana, roles=["supervisor"], by=SYSTEM),
        lambda: change_person(company.ana, active=False, by=SYSTEM),
    ):
        page = Page.of(company.ana, live, "queue:todo")
        page.hear(lambda frame: "counts" in frame)
        change()
        assert page.hear_closing(within=3) == 4401


def test_signing_out_closes_the_sockets_of_that_session_only(company: Cast, live: Live) -> None:
    here, there = Client(), Client()
    here.force_login(company.ana)
    there.force_login(company.ana)
    pages = [Page(live, cookie=f"sessionid={browser.cookies['sessionid'].value}") for browser in (here, there)]
    for page in pages:
        page.follow("queue:todo", after=head())
    here.logout()
    assert pages[0].hear_closing(within=4) == 4401
    pages[1].hear_change(company.ticket().number)


def test_a_session_that_ends_a_moment_after_its_entry_is_closed_all_the_same(company: Cast, live: Live) -> None:
    """Django says that somebody signs out before it ends the session."""
    page = Page.of(company.ana, live, "queue:todo")
    sign_out(company.ana, by=company.ana.actor())
    time.sleep(0.7)
    Session.objects.all().delete()
    assert page.hear_closing(within=3) == 4401


def test_a_new_password_closes_the_sockets_signed_in_with_the_old_one(company: Cast, live: Live) -> None:
    page = Page.of(company.ana, live, "queue:todo")
    set_password(company.ana, "quite another one", by=SYSTEM)
    assert page.hear_closing(within=3) == 4401
    Page.of(company.ana, live, "queue:todo").hear(lambda frame: "counts" in frame)


def test_pages_that_come_at_once_are_recognised_by_one_look(
    company: Cast, live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "GOOD_FOR", 60.0)
    looked: list[str] = []
    look = registry.load_viewers

    def noted(keys: Collection[str]) -> Mapping[str, Viewer]:
        looked.extend(keys)
        return look(keys)

    monkeypatch.setattr(registry, "load_viewers", noted)
    cookies = [signed_in(company.ana), signed_in(company.ben)]
    for cookie in cookies * 3:
        Page(live, cookie=cookie).follow("queue:todo", after=head())
    assert len(looked) == len(set(looked)) == 2


@pytest.mark.parametrize(
    "change",
    [
        lambda company: set_password(company.ana, "quite another one", by=SYSTEM),
        lambda company: change_person(company.ana, active=False, by=SYSTEM),
    ],
    ids=["password", "left"],
)
def test_who_was_recognised_a_moment_ago_is_not_let_in_after_the_change(
    company: Cast, live: Live, monkeypatch: pytest.MonkeyPatch, change: Callable[[Cast], object]
) -> None:
    """However long an answer is good for: an entry about the person ends it."""
    monkeypatch.setattr(sessions, "GOOD_FOR", 60.0)
    monkeypatch.setattr(sessions, "AFTER_AN_ENTRY", (0.0,))
    cookie = signed_in(company.ana)
    page = Page.of(company.ana, live, "queue:todo", cookie=cookie)
    change(company)
    assert page.hear_closing(within=3) == 4401
    assert Page(live, cookie=cookie).hear_closing() == 4401


def test_who_was_let_in_by_an_old_answer_is_looked_at_again(company: Cast, live: Live) -> None:
    """Django ends a session after its entry: what was answered in between still lets a page in, for a moment."""
    cookie, ben = signed_in(company.ana), Page.of(company.ben, live, "queue:todo")
    sign_out(company.ana, by=company.ana.actor())
    ben.hear_up_to(head())
    Page.of(company.ana, live, "queue:todo", cookie=cookie).hear(lambda frame: "counts" in frame)
    Session.objects.all().delete()
    assert Page(live, cookie=cookie).hear_closing(within=3) == 4401


def test_a_token_taken_away_leaves_signed_in_pages_open(company: Cast, live: Live) -> None:
    token, _ = issue_token(company.ana, scopes=["tickets:read"], by=company.ana.actor())
    page = Page.of(company.ana, live, "queue:todo")
    revoke_token(token, by=company.ana.actor())
    time.sleep(1)
    page.hear_change(company.ticket().number)


def test_a_session_that_ends_without_an_entry_is_noticed_at_the_next_look(
    company: Cast, live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sessions.CHECK_EVERY <= 30
    monkeypatch.setattr(sessions, "CHECK_EVERY", 2.0)
    page = Page(live, cookie=signed_in(company.ana))
    page.follow("queue:todo", after=head())
    Session.objects.update(expire_date=timezone.now())
    assert page.hear_closing(within=5) == 4401
