"""Mentions, followers and what people are told: never of their own acts, never of what they do not see."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from conversations.review.actions import Seen, approve
from conversations.teamwork import notices
from conversations.teamwork.actions import follow, unfollow
from conversations.teamwork.models import Follower, Notice
from conversations.teamwork.queries import mentioned, unseen_count
from conversations.tickets.actions import add_note, assign, finish_sending, receive_message, set_team
from conversations.tickets.models import Sending, Ticket
from conversations.tickets.states import SendingState
from desk.actions import SYSTEM
from desk.ledger.models import Entry
from tests.cast import FORM, Cast
from tests.drafts import pending_draft
from tests.invariants.test_walls import careless


def told(person: Any) -> list[str]:
    return list(Notice.objects.filter(person=person).order_by("id").values_list("kind", flat=True))


def following(ticket: Ticket) -> set[str]:
    return set(Follower.objects.filter(ticket=ticket).values_list("person__name", flat=True))


def kinds_after(seq: int) -> list[str]:
    return list(Entry.objects.filter(seq__gt=seq).order_by("seq").values_list("kind", flat=True))


def head() -> int:
    return Entry.objects.latest("seq").seq


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@Ben Okafor, please look", ["Ben Okafor"]),
        ("(@ben okafor)", ["Ben Okafor"]),
        ("ask @Ben\nOkafor", ["Ben Okafor"]),
        ("@Ana Ruiz and @Sam Lindqvist, @Ana Ruiz", ["Ana Ruiz", "Sam Lindqvist"]),
        ("ana@ben okafor.example", []),
        ("@Ben Okaforsson", []),
        ("@Ben", []),
    ],
)
def test_who_is_mentioned(cast: Cast, text: str, names: list[str]) -> None:
    assert [person.name for person in mentioned(text, [cast.ana, cast.ben, cast.sam])] == names


def test_a_mention_tells_and_makes_follow(cast: Cast) -> None:
    ticket = cast.ticket()
    seq = head()
    add_note(ticket, text="@Ben Okafor do you know this? @Ana Ruiz", by=cast.ana.actor())
    assert (told(cast.ben), told(cast.ana)) == (["mentioned"], [])
    assert following(ticket) == {"Ana Ruiz", "Ben Okafor"}
    assert kinds_after(seq) == ["message.noted", "person.mentioned"]
    assert "Okafor" not in str(list(Entry.objects.values_list("facts", flat=True)))
    add_note(ticket, text="I do.", by=cast.ben.actor())
    assert (told(cast.ben), told(cast.ana)) == (["mentioned"], ["noted"])


def test_who_does_not_see_the_ticket_is_not_told(cast: Cast) -> None:
    ticket = cast.ticket()
    add_note(ticket, text="@Olga Petrova?", by=cast.ana.actor())
    assert told(cast.olga) == []
    assert following(ticket) == {"Ana Ruiz"}


def test_followers_hear_of_the_customer_and_of_the_reply(cast: Cast) -> None:
    draft = pending_draft(cast.ticket())
    follow(draft.ticket, cast.ana, by=cast.ana.actor())
    follow(draft.ticket, cast.sam, by=cast.sam.actor())
    decision = approve(draft, by=cast.ana.actor(), seen=Seen(draft.version))
    assert told(cast.sam) == [], "it may still be taken back"
    sending = Sending.objects.get(decision=decision)
    careless(lambda: Sending.objects.filter(pk=sending.pk).update(state="sending"), by=SYSTEM)
    finish_sending(sending, None, end=SendingState.SENT, by=SYSTEM)
    receive_message(draft.ticket, text="And now?", channel="mail", by=FORM)
    assert told(cast.ana) == ["customer_wrote"]
    assert told(cast.sam) == ["replied", "customer_wrote"]
    unfollow(draft.ticket, cast.sam, by=cast.sam.actor())
    receive_message(draft.ticket, text="Well?", channel="mail", by=FORM)
    assert told(cast.sam) == ["replied", "customer_wrote"]


def test_who_is_assigned_is_told_once_of_each_thing(cast: Cast) -> None:
    ticket = cast.ticket()
    assign(ticket, cast.ana, by=cast.ana.actor())
    assert told(cast.ana) == []
    assign(ticket, cast.ben, by=cast.ana.actor())
    follow(ticket, cast.ben, by=cast.ben.actor())
    receive_message(ticket, text="Hello?", channel="mail", by=FORM)
    assert told(cast.ben) == ["assigned", "customer_wrote"]


def test_the_page_lists_and_the_ticket_settles_them(cast: Cast, client: Client) -> None:
    ticket, other = cast.ticket(), cast.ticket()
    for each in (ticket, other):
        add_note(each, text="@Ben Okafor", by=cast.ana.actor())
    client.force_login(cast.ben)
    page = client.get("/notices/").content.decode()
    assert page.count("Ana Ruiz mentioned you in a note.") == 2
    assert unseen_count(cast.ben) == 2
    client.get(f"/tickets/{ticket.number}/")
    assert unseen_count(cast.ben) == 1
    assert client.post("/notices/seen/", {"ticket": other.number}).json() == {"bell": 0}
    client.post("/notices/seen/")
    assert Notice.objects.filter(seen_at=None).count() == 0


def test_what_one_may_no_longer_see_is_neither_listed_nor_counted(cast: Cast, client: Client) -> None:
    ticket = cast.ticket()
    add_note(ticket, text="@Ana Ruiz", by=cast.ben.actor())
    set_team(ticket, cast.returns, by=cast.ben.actor())
    client.force_login(cast.ana)
    assert unseen_count(cast.ana) == 0
    assert "mentioned you" not in client.get("/notices/").content.decode()


def test_colleagues_are_suggested_who_see_the_ticket(cast: Cast, client: Client) -> None:
    client.force_login(cast.ana)
    at = f"/tickets/{cast.ticket().number}/colleagues/"
    names = [person["name"] for person in client.get(at).json()["people"]]
    assert names == ["Ada Novak", "Aud Berger", "Ben Okafor", "Sam Lindqvist", "Orders", "Returns"]
    assert [person["name"] for person in client.get(at, {"q": "ok"}).json()["people"]] == ["Ben Okafor"]
    assert client.get(f"/tickets/{cast.ticket(team=cast.returns).number}/colleagues/").status_code == 404


def test_following_by_the_form(cast: Cast, client: Client) -> None:
    ticket = cast.ticket()
    client.force_login(cast.ana)
    client.post(f"/tickets/{ticket.number}/following/", {"follow": "yes"})
    assert following(ticket) == {"Ana Ruiz"}
    client.post(f"/tickets/{ticket.number}/following/", {"follow": "no"})
    assert following(ticket) == set()


def test_old_notices_go(cast: Cast) -> None:
    add_note(cast.ticket(), text="@Ana Ruiz", by=cast.ben.actor())
    Notice.objects.update(created_at=timezone.now() - timedelta(days=61))
    assert notices.forget_old() == 1


def test_a_note_that_names_a_team_tells_its_members(cast: Cast) -> None:
    ticket = cast.ticket()
    before = head()
    add_note(ticket, text="@orders can somebody look? cc @Sam Lindqvist", by=cast.ana.actor())
    assert told(cast.ana) == [], "never of one's own acts"
    assert (told(cast.ben), told(cast.sam)) == (["team_mentioned"], ["mentioned"])
    assert kinds_after(before) == ["message.noted", "person.mentioned", "team.mentioned"]
    assert following(ticket) == {"Ana Ruiz", "Sam Lindqvist"}, "a team does not follow for being named"


def test_members_of_a_team_who_do_not_see_the_ticket_are_not_told(cast: Cast) -> None:
    ticket = cast.ticket(team=cast.returns)
    add_note(ticket, text="@Orders, is this yours?", by=cast.ben.actor())
    assert told(cast.ana) == []


def test_who_is_named_and_in_the_team_is_told_once(cast: Cast) -> None:
    add_note(cast.ticket(), text="@Ben Okafor @Orders", by=cast.ana.actor())
    assert told(cast.ben) == ["mentioned"]
