"""POST tickets/{number}/messages/."""

from __future__ import annotations

from typing import Any

import pytest

from conversations.models import Decision, Message
from conversations.tickets.actions import receive_message
from desk.actions import SYSTEM
from tests.api.calls import Caller, caller, problem
from tests.cast import Cast
from tests.drafts import TEXT, pending_draft


def test_what_the_customer_wrote_elsewhere_comes_in(shop: Caller, cast: Cast) -> None:
    ticket = cast.ticket()
    draft = pending_draft(ticket)
    answer = shop.post(f"tickets/{ticket.number}/messages/", {"body": "Any news?", "from": "customer"})
    assert answer.status_code == 201
    told = answer.json()
    assert (told["direction"], told["from"], told["text"], told["state"]) == (
        "in",
        "Carla Jones",
        "Any news?",
        "received",
    )
    ticket.refresh_from_db()
    assert ticket.last_inbound_id == told["id"]
    draft.refresh_from_db()
    assert draft.state == "stale"


def test_a_note_is_for_colleagues(ana: Caller, cast: Cast) -> None:
    ticket = cast.ticket()
    answer = ana.post(
        f"tickets/{ticket.number}/messages/", {"body": "Ask the warehouse.", "from": "agent", "internal": True}
    )
    assert answer.status_code == 201
    assert answer.json()["direction"] == "note"
    assert Message.objects.get(pk=answer.json()["id"]).person == cast.ana


def test_a_reply_of_ones_own_waits_to_be_sent_and_is_disclosed(ana: Caller, cast: Cast) -> None:
    ticket = cast.ticket()
    draft = pending_draft(ticket)
    answer = ana.post(f"tickets/{ticket.number}/messages/", {"body": "It was paid on Monday.", "from": "agent"})
    assert answer.status_code == 201
    told = answer.json()
    assert (told["direction"], told["from"], told["state"], told["disclosure"]["kind"]) == (
        "out",
        "Ana Ruiz",
        "queued",
        "person",
    )
    decision = Decision.objects.get(pk=told["disclosure"]["decision"])
    assert (decision.kind, decision.person, decision.via) == ("written", cast.ana, "api")
    draft.refresh_from_db()
    assert draft.state == "superseded"


def test_a_draft_that_is_pasted_is_still_drafted(ana: Caller, cast: Cast) -> None:
    ticket = cast.ticket()
    pending_draft(ticket)
    told = ana.post(f"tickets/{ticket.number}/messages/", {"body": TEXT, "from": "agent"}).json()
    assert told["disclosure"]["kind"] == "drafted"


def test_a_service_writes_no_replies(shop: Caller, cast: Cast) -> None:
    ticket = cast.ticket()
    problem(
        shop.post(f"tickets/{ticket.number}/messages/", {"body": "Hello.", "from": "agent"}), 403, "person_required"
    )
    assert not Decision.objects.exists()


def test_a_reply_wants_the_scope_to_decide_and_a_note_does_not(cast: Cast) -> None:
    ticket = cast.ticket()
    pending_draft(ticket)
    writer, path = caller(cast, cast.ana, "tickets:write"), f"tickets/{ticket.number}/messages/"
    told = problem(writer.post(path, {"body": TEXT, "from": "agent"}), 403, "scope_missing")
    assert told["scope"] == "decide"
    assert not Decision.objects.exists()
    assert writer.post(path, {"body": "Ask them.", "from": "agent", "internal": True}).status_code == 201
    decider = caller(cast, cast.ana, "tickets:write", "decide")
    assert decider.post(path, {"body": TEXT, "from": "agent"}).status_code == 201


def test_a_reply_to_what_is_no_longer_the_last_word_is_held(ana: Caller, cast: Cast) -> None:
    ticket = cast.ticket()
    read, path = cast.last_message(ticket).pk, f"tickets/{ticket.number}/messages/"
    reply = {"body": "It was paid on Monday.", "from": "agent", "last_seen": read}
    newer = receive_message(ticket, text="It has come, thank you.", channel="api", by=SYSTEM)
    told = problem(ana.post(path, reply), 409, "draft_stale")
    assert (told["because"], told["text"]) == ("customer_wrote", "It was paid on Monday.")
    assert not Decision.objects.exists()
    assert ana.post(path, {**reply, "last_seen": newer.pk}).status_code == 201


def test_an_auditor_writes_nothing(aud: Caller, cast: Cast) -> None:
    ticket = cast.ticket()
    for body in ({"from": "agent"}, {"from": "agent", "internal": True}, {"from": "customer"}):
        problem(aud.post(f"tickets/{ticket.number}/messages/", {"body": "Hello.", **body}), 403, "not_allowed")
    assert ticket.messages.filter(notice="").count() == 1


def test_an_outsider_finds_no_ticket_to_write_in(olga: Caller, cast: Cast) -> None:
    ticket = cast.ticket()
    for body in ({"from": "agent"}, {"from": "agent", "internal": True}, {"from": "customer"}):
        problem(olga.post(f"tickets/{ticket.number}/messages/", {"body": "Hello.", **body}), 404, "not_found")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"body": " "}, "body"),
        ({"body": " ", "internal": True}, "body"),
        ({"body": " ", "from": "customer"}, "body"),
        ({"body": "x" * 100_001}, "body"),
        ({"from": "mallory"}, "from"),
        ({"internal": 1}, "internal"),
        ({"last_seen": "7"}, "last_seen"),
        ({"last_seen": 2**63}, "last_seen"),
        ({"from": "customer", "internal": True}, "internal"),
    ],
)
def test_what_is_wrong_is_said_by_field(ana: Caller, cast: Cast, wrong: dict[str, Any], field: str) -> None:
    ticket = cast.ticket()
    answer = ana.post(f"tickets/{ticket.number}/messages/", {"body": "Hello.", "from": "agent", **wrong})
    assert list(problem(answer, 400, "invalid")["errors"]) == [field]
    assert ticket.messages.filter(notice="").count() == 1


def test_it_wants_the_scope_for_writing(cast: Cast) -> None:
    ticket = cast.ticket()
    reader = caller(cast, cast.ana, "tickets:read", "decide")
    problem(
        reader.post(f"tickets/{ticket.number}/messages/", {"body": "Hello.", "from": "agent"}), 403, "scope_missing"
    )
