"""Work on tickets by the menus: one or many at once, refusals named, taken back as one where nobody touched it since."""

from __future__ import annotations

import re
import threading
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.actions import add_person
from accounts.models import Person
from conversations.drafting.models import Draft
from conversations.drafting.states import DraftState
from conversations.review.actions import raise_concern
from conversations.tickets.actions import (
    ChangedSince,
    assign,
    change,
    keep_for_people,
    mark_spam,
    receive_message,
    set_priority,
    set_status,
    set_tags,
    set_team,
    snooze,
    undo_change,
    unmark_spam,
)
from conversations.tickets.models import Ticket
from conversations.tickets.queries import times
from conversations.tickets.states import Lane, Status
from conversations.tickets.wishes import fulfil, outcome_of, take_back, wish_of
from desk.actions import SYSTEM, Actor, action
from desk.ledger.kinds import sentences
from desk.ledger.models import Entry
from desk.problems import Invalid
from tests.cast import FORM, Cast
from tests.drafts import pending_draft

HTMX = {"HX-Request": "true"}


@pytest.fixture
def ana(cast: Cast, client: Client) -> Client:
    client.force_login(cast.ana)
    return client


def now(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def kinds(ticket: Ticket) -> list[str]:
    return list(Entry.objects.filter(thread=ticket.ref).order_by("seq").values_list("kind", flat=True))


def undo_token(answer: Any) -> str:
    found = re.search(r'name="undo" value="([^"]+)"', words(answer))
    assert found, words(answer)
    return found[1]


def wish(cast: Cast, person: Person | None = None, **form: str) -> Any:
    return wish_of(form, person or cast.ana)


def test_a_menu_sets_its_field_by_a_plain_form(cast: Cast, ana: Client) -> None:
    ticket = cast.ticket()
    for form, field, value, kind in (
        ({"set": "status:on_hold"}, "status", "on_hold", "ticket.status_set"),
        ({"set": "priority:urgent"}, "priority", "urgent", "ticket.priority_set"),
        ({"set": "tags:typed", "tags": "Refund, late parcel"}, "tags", ["refund", "late-parcel"], "ticket.tags_set"),
        ({"set": "typed", "tags": "vip"}, "tags", ["refund", "late-parcel", "vip"], "ticket.tags_set"),
        ({"set": "untag:refund"}, "tags", ["late-parcel", "vip"], "ticket.tags_set"),
        ({"set": "spam:yes"}, "before_spam", "on_hold", "ticket.marked_spam"),
    ):
        answer = ana.post(f"/tickets/{ticket.number}/set/", form)
        assert answer.headers["Location"] == f"/tickets/{ticket.number}/"
        assert getattr(now(ticket), field) == value
        assert kind in kinds(ticket)[-2:]


def test_assigning_to_oneself_to_a_colleague_by_name_or_address_and_to_nobody(cast: Cast, ana: Client) -> None:
    ticket = cast.ticket()
    path = f"/tickets/{ticket.number}/set/"
    ana.post(path, {"set": "assignee:me"})
    assert now(ticket).assignee == cast.ana
    ana.post(path, {"set": "assignee:typed", "assignee": " ben  OKAFOR "})
    assert now(ticket).assignee == cast.ben
    ana.post(path, {"set": "typed", "assignee": "sam@desk.test"})
    assert now(ticket).assignee == cast.sam
    ana.post(path, {"set": "assignee:nobody"})
    assert now(ticket).assignee is None


def test_nobody_is_given_what_they_do_not_see_and_who_cannot_be_told_apart_is_asked_for(
    cast: Cast, ana: Client
) -> None:
    ticket = cast.ticket()
    path = f"/tickets/{ticket.number}/set/"
    page = ana.post(path, {"set": "assignee:typed", "assignee": "Olga Petrova"})
    assert page.status_code == 400
    assert "Olga Petrova does not see this ticket" in words(page)
    assert "Nobody called “Aud Berger” works on tickets" in words(
        ana.post(path, {"set": "assignee:typed", "assignee": "Aud Berger"})
    )
    add_person(email="ben2@desk.test", name="Ben Okafor", roles=("agent",), password="x", languages=["en"], by=SYSTEM)
    assert "Type the mail address" in words(ana.post(path, {"set": "assignee:typed", "assignee": "Ben Okafor"}))
    assert now(ticket).assignee is None


def test_giving_a_ticket_to_a_team_out_of_sight_leads_back_to_the_list(cast: Cast, ana: Client) -> None:
    ticket = cast.ticket()
    answer = ana.post(f"/tickets/{ticket.number}/set/", {"set": f"team:{cast.returns.pk}"}, follow=True)
    assert answer.redirect_chain == [("/queue/", 302)]
    assert f"Ticket {ticket.number} is another team" in words(answer)


def test_putting_off_and_bringing_back(cast: Cast, ana: Client, settings: Any) -> None:
    ticket = cast.ticket()
    path = f"/tickets/{ticket.number}/set/"
    ana.post(path, {"set": "snooze:monday"})
    assert now(ticket).snoozed_until == times()["monday"]
    ana.post(path, {"set": "snooze:wake"})
    assert now(ticket).snoozed_until is None
    assert kinds(ticket)[-1] == "ticket.woken"
    later = timezone.localtime() + timedelta(days=3)
    ana.post(path, {"set": "snooze:typed", "snooze": later.strftime("%Y-%m-%dT%H:%M")})
    assert now(ticket).snoozed_until == later.replace(second=0, microsecond=0)
    for wrong in ("2020-01-01T10:00", "soon", "9999-99-99T10:00"):
        assert ana.post(path, {"set": "snooze:typed", "snooze": wrong}).status_code == 400


def test_times_to_put_off_to() -> None:
    zone = ZoneInfo("Europe/Berlin")
    with timezone.override(zone):
        thursday = times(datetime(2026, 11, 19, 10, 20, tzinfo=zone))
        assert thursday == {
            "later": datetime(2026, 11, 19, 13, tzinfo=zone),
            "tomorrow": datetime(2026, 11, 20, 9, tzinfo=zone),
            "monday": datetime(2026, 11, 23, 9, tzinfo=zone),
        }
        evening_on_monday = times(datetime(2026, 11, 23, 19, 0, tzinfo=zone))
        assert set(evening_on_monday) == {"tomorrow", "monday"}
        assert evening_on_monday["monday"] == datetime(2026, 11, 30, 9, tzinfo=zone)


UNMEANT: list[dict[str, str]] = [
    {},
    {"set": "typed"},
    {"set": "status:new"},
    {"set": "status:gone"},
    {"set": "priority:most"},
    {"set": "team:x"},
    {"set": "team:999999999"},
    {"set": "colour:red"},
    {"set": "tags:typed", "tags": " "},
    {"set": "typed", "tags": "a", "assignee": "b"},
    {"set": "tags:typed", "tags": ",".join(f"tag{n}" for n in range(30))},
]


def test_what_nobody_can_mean_is_refused_in_words(cast: Cast, ana: Client) -> None:
    ticket = cast.ticket()
    before = kinds(ticket)
    for form in UNMEANT:
        answer = ana.post(f"/tickets/{ticket.number}/set/", form)
        assert answer.status_code == 400, form
        assert "pane-notice" in words(answer)
    assert kinds(ticket) == before


def test_the_menus_are_there_for_those_who_work_and_for_nobody_else(cast: Cast, client: Client) -> None:
    ticket = cast.ticket()
    client.force_login(cast.aud)
    page = words(client.get(f"/tickets/{ticket.number}/"))
    assert 'class="menu set-menu"' not in page
    for path in (f"/tickets/{ticket.number}/set/", "/tickets/set/", "/tickets/set/undo/"):
        assert client.post(path, {"set": "status:open", "ticket": ticket.number}).status_code == 404
    client.force_login(cast.ana)
    assert 'class="menu set-menu"' in words(client.get(f"/tickets/{ticket.number}/"))
    other = cast.ticket(team=cast.returns)
    assert client.post(f"/tickets/{other.number}/set/", {"set": "status:open"}).status_code == 404


def test_a_kept_ticket_is_released_to_the_model(cast: Cast, ana: Client) -> None:
    ticket = cast.ticket()
    keep_for_people(ticket, "asked_for_person", by=FORM)
    assert "release-form" in words(ana.get(f"/tickets/{ticket.number}/"))
    ana.post(f"/tickets/{ticket.number}/release/")
    assert now(ticket).kept_for_people == ""
    assert "release-form" not in words(ana.get(f"/tickets/{ticket.number}/"))


def test_many_are_done_one_by_one_and_each_refusal_is_named(cast: Cast, ana: Client) -> None:
    good, already, wrong = (cast.ticket(email=f"{name}@example.com") for name in ("one", "two", "three"))
    hidden = cast.ticket(team=cast.returns, email="four@example.com")
    set_status(already, "solved", by=cast.ben.actor())
    raise_concern(wrong, message=None, text="no", by=FORM)
    before = kinds(already)
    numbers = [each.number for each in (good, already, wrong, hidden)]
    page = ana.post("/tickets/set/", {"set": "status:solved", "ticket": numbers, "view": "review"})
    told = words(page)
    assert "1 ticket changed. 1 was so already." in told
    assert f"#{wrong.number}</a> A reply is in trouble, or the customer says that something is wrong." in told
    assert f"#{hidden.number}</a> It does not exist, or it is not yours to see." in told
    assert "/queue/review/" in told
    assert [now(each).status for each in (good, already, wrong)] == [Status.SOLVED, Status.SOLVED, Status.NEW]
    assert kinds(already) == before


def test_portions_add_up_to_one_outcome_with_one_undo(cast: Cast, ana: Client) -> None:
    one, two = cast.ticket(email="one@example.com"), cast.ticket(email="two@example.com")
    first = ana.post("/tickets/set/", {"set": "priority:high", "ticket": one.number}, headers=HTMX)
    so_far = re.search(r'data-so-far="([^"]+)"', words(first))
    assert so_far
    both = ana.post("/tickets/set/", {"set": "priority:high", "ticket": two.number, "so_far": so_far[1]}, headers=HTMX)
    assert "2 tickets changed." in words(both)
    assert "<html" not in words(both)
    undone = ana.post("/tickets/set/undo/", {"undo": undo_token(both)}, headers=HTMX)
    assert "2 tickets are as before." in words(undone)
    assert [now(each).priority for each in (one, two)] == ["normal", "normal"]
    assert kinds(one)[-2:] == ["ticket.priority_set", "ticket.change_undone"]


def test_undo_never_overwrites_what_a_colleague_did_since(cast: Cast, ana: Client) -> None:
    mine, changed, back_again = (cast.ticket(email=f"{name}@example.com") for name in ("one", "two", "three"))
    numbers = [each.number for each in (mine, changed, back_again)]
    token = undo_token(ana.post("/tickets/set/", {"set": "priority:high", "ticket": numbers}))
    ben = cast.ben.actor()
    set_priority(changed, "urgent", by=ben)
    set_priority(back_again, "low", by=ben)
    set_priority(back_again, "high", by=ben)
    told = words(ana.post("/tickets/set/undo/", {"undo": token}))
    assert "1 ticket is as before." in told
    assert f"Ben Okafor set the priority of ticket {changed.number} from high to urgent." in told
    assert [now(each).priority for each in (mine, changed, back_again)] == ["normal", "urgent", "high"]
    again = words(ana.post("/tickets/set/undo/", {"undo": token}))
    assert "0 tickets are as before." in again


def test_a_colleague_who_is_just_changing_it_is_waited_for(company: Cast) -> None:
    ticket, by = company.ticket(), company.ana.actor()
    made = change(ticket, "priority", "high", by=by)
    holds, goes_on = threading.Event(), threading.Event()

    @action("ticket.changed")
    def slowly(*, by: Actor) -> None:
        set_priority(ticket, "urgent", by=by)
        set_priority(ticket, "high", by=by)
        holds.set()
        goes_on.wait(10)

    def colleague() -> None:
        try:
            slowly(by=company.ben.actor())
        finally:
            connection.close()

    one = threading.Thread(target=colleague)
    one.start()
    assert holds.wait(10)
    threading.Timer(0.3, goes_on.set).start()
    with pytest.raises(ChangedSince) as refused:
        undo_change(ticket, made, by=by)
    one.join(10)
    assert "Ben Okafor" in refused.value.detail
    assert now(ticket).priority == "high"
    assert not Entry.objects.filter(kind="ticket.change_undone").exists()


def test_a_message_of_the_customer_keeps_a_status_from_being_taken_back(cast: Cast) -> None:
    ticket, by = cast.ticket(), cast.ana.actor()
    made = fulfil(wish(cast, set="status:pending"), [ticket.number], cast.ana, by=by)
    receive_message(now(ticket), text="One more thing", channel="mail", by=FORM)
    set_status(ticket, "pending", by=cast.ben.actor())
    assert len(take_back(made, cast.ana, by=by).refused) == 1
    assert now(ticket).status == Status.PENDING


def test_taking_back_an_end_brings_the_draft_back_too(cast: Cast) -> None:
    draft = pending_draft(cast.ticket())
    by = cast.ana.actor()
    made = fulfil(wish(cast, set="status:solved"), [draft.ticket_id], cast.ana, by=by)
    assert Draft.objects.get(pk=draft.pk).state == DraftState.SUPERSEDED
    take_back(made, cast.ana, by=by)
    ticket = now(draft.ticket)
    assert (ticket.status, ticket.lane) == (Status.NEW, Lane.REVIEW)
    assert Draft.objects.get(pk=draft.pk).state == DraftState.PENDING_REVIEW
    assert ticket.due_at is not None


@pytest.mark.parametrize(
    ("field", "value"), [("team", ""), ("assignee", "me"), ("tags", "new,old"), ("untag", "old"), ("spam", "yes")]
)
def test_what_is_taken_back_is_what_it_was(cast: Cast, field: str, value: str) -> None:
    ticket, by = cast.ticket(tags=["old"]), cast.ana.actor()
    assign(ticket, cast.ben, by=by)
    kept = ("team_id", "assignee_id", "tags", "status", "lane", "before_spam")
    before = [getattr(now(ticket), name) for name in kept]
    made = change(ticket, field, str(cast.ana.pk) if value == "me" else value, by=by)
    assert [getattr(now(ticket), name) for name in kept] != before
    undo_change(ticket, made, by=by)
    after = [getattr(now(ticket), name) for name in kept]
    assert after[:4] == before[:4]
    assert after[5] == before[5]


def test_a_ticket_given_out_of_sight_can_be_taken_back_and_nothing_of_it_is_told(cast: Cast, ana: Client) -> None:
    one, two = cast.ticket(email="one@example.com"), cast.ticket(email="two@example.com")
    form = {"set": f"team:{cast.returns.pk}", "ticket": [one.number, two.number]}
    token = undo_token(ana.post("/tickets/set/", form))
    set_team(two, None, by=cast.ben.actor())
    set_team(two, cast.returns, by=cast.ben.actor())
    told = words(ana.post("/tickets/set/undo/", {"undo": token}))
    assert now(one).team == cast.orders
    assert now(two).team == cast.returns
    assert "Ben Okafor" not in told.partition("<main")[2].partition("</main")[0]


def test_putting_off_is_taken_back_to_the_time_before_or_to_now(cast: Cast) -> None:
    ticket, by = cast.ticket(), cast.ana.actor()
    first = timezone.now() + timedelta(hours=2)
    snooze(ticket, first, by=by)
    made = fulfil(wish(cast, set="snooze:monday"), [ticket.number], cast.ana, by=by)
    take_back(made, cast.ana, by=by)
    assert now(ticket).snoozed_until == first
    made = fulfil(wish(cast, set="snooze:wake"), [ticket.number], cast.ana, by=by)
    take_back(made, cast.ana, by=by)
    assert now(ticket).snoozed_until == first


def test_nobody_takes_back_what_another_did_and_a_token_of_ones_own_making_counts_for_nothing(
    cast: Cast, client: Client
) -> None:
    ticket = cast.ticket()
    made = fulfil(wish(cast, set="priority:high"), [ticket.number], cast.ana, by=cast.ana.actor())
    token = made.signed(cast.ana)
    assert outcome_of(token, cast.ana) == made
    client.force_login(cast.ben)
    for wrong in (token, token[:-3] + "abc", "", "x"):
        assert client.post("/tickets/set/undo/", {"undo": wrong}).status_code == 400
    assert now(ticket).priority == "high"
    with pytest.raises(Invalid):
        outcome_of("", cast.ana)


def test_a_selection_that_cannot_be_is_refused(cast: Cast, ana: Client) -> None:
    for tickets in ([], ["x"], ["-1"], ["9" * 30], [str(n) for n in range(1, 102)]):
        assert ana.post("/tickets/set/", {"set": "priority:high", "ticket": tickets}).status_code == 400, tickets


def test_the_timeline_says_each_of_it(cast: Cast, ana: Client) -> None:
    ticket, by = cast.ticket(), cast.ana.actor()
    set_tags(ticket, ["a"], by=by)
    snooze(ticket, timezone.now() + timedelta(hours=2), by=by)
    made = change(ticket, "snooze", "", by=by)
    undo_change(ticket, made, by=by)
    mark_spam(ticket, by=by)
    unmark_spam(ticket, by=by)
    page = words(ana.get(f"/tickets/{ticket.number}/"))
    told = sentences(Entry.objects.filter(thread=ticket.ref).order_by("seq"))
    for sentence in (
        f"Ana Ruiz changed the tags of ticket {ticket.number}",
        f"Ana Ruiz brought ticket {ticket.number} back before its time",
        f"Ana Ruiz took back a change of snooze in ticket {ticket.number}",
        f"Ana Ruiz marked ticket {ticket.number} as spam",
        f"Ana Ruiz said that ticket {ticket.number} is no spam",
    ):
        assert sentence in told
        assert sentence in page
