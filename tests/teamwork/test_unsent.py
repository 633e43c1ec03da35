"""What somebody writes is kept by the desk, for them alone, and two windows of theirs lose nothing to each other."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from conversations.teamwork import unsent
from conversations.teamwork.models import Unsent
from conversations.tickets.actions import receive_message
from conversations.tickets.models import Ticket
from desk.ledger.models import Entry
from tests.cast import FORM, Cast
from tests.drafts import pending_draft


@pytest.fixture
def ana(cast: Cast, client: Client) -> Client:
    client.force_login(cast.ana)
    return client


def save(client: Client, ticket: Ticket, text: str, known: Any = None, what: str = "reply") -> Any:
    row = {"id": known["id"], "revision": known["revision"]} if known else {}
    answer = client.post(f"/tickets/{ticket.number}/unsent/", {"what": what, "text": text, **row})
    assert answer.status_code == 200, answer.content
    return answer.json()


def texts(cast: Cast, what: str = "reply") -> list[str]:
    return list(Unsent.objects.filter(person=cast.ana, what=what).order_by("id").values_list("text", flat=True))


def test_what_is_written_is_on_the_page_again_and_in_no_entry(cast: Cast, ana: Client) -> None:
    ticket = cast.ticket()
    before = Entry.objects.count()
    first = save(ana, ticket, "Dear Car")
    again = save(ana, ticket, "Dear Carla,", first)
    assert (again["id"], again["others"]) == (first["id"], [])
    assert texts(cast) == ["Dear Carla,"]
    assert Entry.objects.count() == before
    page = ana.get(f"/tickets/{ticket.number}/").content.decode()
    assert "Dear Carla," in page


def test_nobody_else_gets_it(cast: Cast, ana: Client) -> None:
    ticket = cast.ticket()
    save(ana, ticket, "Only mine")
    ben = Client()
    ben.force_login(cast.ben)
    assert "Only mine" not in ben.get(f"/tickets/{ticket.number}/").content.decode()
    mine = Unsent.objects.get()
    assert save(ben, ticket, "And mine", {"id": mine.pk, "revision": 1}) == {"gone": True}
    mine.refresh_from_db()
    assert mine.text == "Only mine"


def test_a_ticket_out_of_sight_is_not_there(cast: Cast, ana: Client) -> None:
    ticket = cast.ticket(team=cast.returns)
    assert ana.post(f"/tickets/{ticket.number}/unsent/", {"what": "reply", "text": "x"}).status_code == 404


def test_two_windows_keep_both_texts(cast: Cast, ana: Client) -> None:
    ticket = cast.ticket()
    one = save(ana, ticket, "From the first window")
    two = save(ana, ticket, "From the second window")
    assert [other["text"] for other in two["others"]] == ["From the first window"]
    one = save(ana, ticket, "From the first window, longer", one)
    assert [other["text"] for other in one["others"]] == ["From the second window"]
    newest = unsent.texts_of(cast.ana, ticket)["reply"]
    assert [text["text"] for text in newest] == ["From the first window, longer", "From the second window"]


def test_a_window_that_fell_behind_writes_beside_and_not_over(cast: Cast, ana: Client) -> None:
    ticket = cast.ticket()
    start = save(ana, ticket, "Beginning")
    save(ana, ticket, "Beginning, as the second window went on", start)
    late = save(ana, ticket, "Beginning, as the first did", start)
    assert late["id"] != start["id"]
    assert texts(cast) == ["Beginning, as the second window went on", "Beginning, as the first did"]


def test_an_answer_that_got_lost_makes_no_second_text(cast: Cast, ana: Client) -> None:
    ticket = cast.ticket()
    start = save(ana, ticket, "One")
    save(ana, ticket, "One two", start)
    assert save(ana, ticket, "One two three", start)["others"] == []
    assert texts(cast) == ["One two three"]


def test_what_is_given_up_is_gone(cast: Cast, ana: Client) -> None:
    ticket = cast.ticket()
    kept = save(ana, ticket, "Nonsense")
    save(ana, ticket, " ", kept)
    assert texts(cast) == []


@pytest.mark.parametrize(
    ("fields", "words"),
    [({"what": "../x", "text": "y"}, "no such field"), ({"what": "note", "text": "x" * 100_001}, "long")],
)
def test_what_cannot_be_kept_says_why(cast: Cast, ana: Client, fields: dict[str, str], words: str) -> None:
    answer = ana.post(f"/tickets/{cast.ticket().number}/unsent/", fields)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert words in answer.json()["detail"]


def test_a_note_that_was_kept_leaves_what_other_windows_hold(cast: Cast, ana: Client) -> None:
    ticket = cast.ticket()
    other = save(ana, ticket, "Something else", what="note")
    sent = save(ana, ticket, "Called her", what="note")
    form = {"text": "Called her.", "unsent": sent["id"], "unsent_what": "note"}
    assert ana.post(f"/tickets/{ticket.number}/note/", form).status_code == 302
    left = Unsent.objects.get()
    assert (left.pk, left.aside) == (other["id"], True)


def test_a_save_that_comes_after_the_sending_brings_nothing_back(cast: Cast, ana: Client) -> None:
    ticket = cast.ticket()
    kept = save(ana, ticket, "Called", what="note")
    save(ana, ticket, "Called h", what="note")
    form = {"text": "Called her.", "unsent": kept["id"], "unsent_what": "note"}
    ana.post(f"/tickets/{ticket.number}/note/", form)
    assert save(ana, ticket, "Called he", kept, what="note") == {"gone": True}
    assert not Unsent.objects.exists()


def test_a_refused_reply_stays_kept(cast: Cast, ana: Client) -> None:
    ticket = cast.ticket()
    kept = save(ana, ticket, "Too late")
    seen = cast.last_message(ticket).pk
    receive_message(ticket, text="Never mind.", channel="mail", by=FORM)
    form = {"text": "Too late", "last_seen": seen, "unsent": kept["id"], "unsent_what": "reply"}
    assert ana.post(f"/tickets/{ticket.number}/reply/", form).status_code == 409
    assert texts(cast) == ["Too late"]


def test_approving_as_written_keeps_an_edit_that_was_begun(cast: Cast, ana: Client) -> None:
    draft = pending_draft(cast.ticket())
    what = f"edit:{draft.pk}"
    kept = save(ana, draft.ticket, "Begun to change it", what=what)
    form = {"version": draft.version, "text": draft.text, "unsent": kept["id"], "unsent_what": what}
    assert ana.post(f"/drafts/{draft.pk}/approve/", form).status_code == 302
    (offered,) = unsent.texts_of(cast.ana, draft.ticket)["reply"]
    assert (offered["text"], offered["aside"]) == ("Begun to change it", True)


def test_the_page_carries_it_as_data(cast: Cast, ana: Client) -> None:
    ticket = cast.ticket()
    save(ana, ticket, '</textarea><script>alert("x")</script>')
    page = ana.get(f"/tickets/{ticket.number}/").content.decode()
    assert "<script>alert" not in page
    (held,) = re.findall(r'data-unsent="(\[[^"]+\])"', page)
    assert json.loads(held.replace("&quot;", '"').replace("&lt;", "<").replace("&gt;", ">"))[0]["revision"] == 1


def test_old_texts_are_erased_and_too_many_are_not_held(cast: Cast, ana: Client) -> None:
    ticket = cast.ticket()
    for number in range(unsent.MOST + 2):
        save(ana, ticket, f"Text {number}")
    assert Unsent.objects.count() == unsent.MOST
    assert "Text 0" not in texts(cast)
    Unsent.objects.filter(text="Text 5").update(saved_at=timezone.now() - timedelta(days=15))
    assert unsent.erase_old() == 1
    assert "Text 5" not in texts(cast)
