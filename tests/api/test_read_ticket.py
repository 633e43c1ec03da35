"""GET tickets/{number}/."""

from __future__ import annotations

from typing import Any

from conversations.drafting.actions import resume_drafting, stop_drafting
from conversations.models import Sending
from conversations.review.actions import Seen, approve, write_reply
from conversations.tickets.actions import add_note, assign, keep_for_people, post_notice, set_consent, set_policy
from desk.actions import SYSTEM
from desk.ledger.models import Entry
from tests.api.calls import Caller, caller, problem
from tests.cast import CARLA, Cast
from tests.drafts import PASSAGE, TEXT, pending_draft


def test_a_ticket_is_told_as_promised(ana: Caller, cast: Cast) -> None:
    ticket = cast.ticket(tags=["refund"], priority="high")
    assign(ticket, cast.ana, by=SYSTEM)
    draft = pending_draft(ticket, flags=[("link", "blocker", "https://example.com")])
    told = ana.get(f"tickets/{ticket.number}/").json()
    carla = ticket.customer
    assert told.pop("created_at") <= told.pop("updated_at")
    (message,) = [each for each in told.pop("messages") if each["direction"] == "in"]
    assert message.pop("created_at")
    assert told == {
        "number": ticket.number,
        "subject": "Where is my refund?",
        "status": "new",
        "priority": "high",
        "language": "en",
        "channel": "api",
        "team": {"id": cast.orders.pk, "name": "Orders"},
        "assignee": {"id": str(cast.ana.pk), "name": "Ana Ruiz"},
        "tags": ["refund"],
        "customer": {"id": str(carla.pk), "name": "Carla Jones", "email": CARLA, "ai_consent": None},
        "seq": Entry.objects.filter(thread=ticket.ref).latest("seq").seq,
        "url": f"http://testserver/tickets/{ticket.number}/",
        "draft": {
            "id": draft.pk,
            "version": 2,
            "state": "pending_review",
            "text": TEXT,
            "sentences": [{"text": sentence["text"], "sources": sentence["sources"]} for sentence in draft.sentences],
            "flags": [
                {
                    "id": draft.flags.get().pk,
                    "kind": "link",
                    "severity": "blocker",
                    "words": "https://example.com",
                    "acknowledged": False,
                }
            ],
            "risk": "low",
            "model": "countersign-standin-1",
            "settings_version": draft.settings_id,
        },
        "no_draft_because": None,
        "merged_into": None,
    }
    assert "".join(sentence["text"] for sentence in told["draft"]["sentences"]) == TEXT
    assert told["draft"]["sentences"][1]["sources"][0]["passage"] == PASSAGE["ref"]
    assert message == {
        "id": cast.last_message(ticket).pk,
        "direction": "in",
        "from": "Carla Jones",
        "state": "received",
        "text": "Where is my refund? I sent the jacket back two weeks ago.",
        "disclosure": None,
        "ticket": ticket.number,
        "attachments": [],
    }


def test_messages_say_who_they_are_from_and_where_they_are(ana: Caller, cast: Cast, shop: Caller) -> None:
    ticket = cast.ticket()
    add_note(ticket, text="Look into the warehouse.", by=cast.ben.actor())
    shop.post(f"tickets/{ticket.number}/messages/", {"body": "Paid on Monday.", "from": "agent", "internal": True})
    post_notice(ticket, notice="acknowledgement", text="We have it.", language="en", by=SYSTEM)
    decision = write_reply(ticket, text="It was paid on Monday.", by=cast.ana.actor())
    told = ana.get(f"tickets/{ticket.number}/").json()["messages"]
    seen = [(each["direction"], each["from"], each["state"]) for each in told]
    assert ("in", "Carla Jones", "received") in seen
    assert ("note", "Ben Okafor", "received") in seen
    assert ("note", "Web shop", "received") in seen
    assert ("out", "Countersign", "queued") in seen
    reply = next(each for each in told if each["from"] == "Ana Ruiz")
    assert reply["state"] == "queued"
    assert reply["disclosure"] == {"kind": "person", "text": "Written by Orders.", "decision": decision.pk}
    assert [each["disclosure"] for each in told if each["from"] != "Ana Ruiz"] == [None] * (len(told) - 1)


def test_a_decided_ticket_has_no_draft_and_tells_what_the_customer_is_told(ana: Caller, cast: Cast) -> None:
    ticket = cast.ticket()
    draft = pending_draft(ticket)
    approve(draft, by=cast.ben.actor(), seen=Seen(2))
    told = ana.get(f"tickets/{ticket.number}/").json()
    assert told["draft"] is None
    assert told["no_draft_because"] is None
    assert told["status"] == "pending"
    assert told["messages"][-1]["disclosure"]["kind"] == "drafted"
    assert Sending.objects.get(message=told["messages"][-1]["id"]).state == "queued"


def test_a_draft_on_its_way_is_there_without_text(ana: Caller, cast: Cast) -> None:
    told = ana.get(f"tickets/{cast.ticket().number}/").json()
    assert (told["draft"]["state"], told["draft"]["text"], told["draft"]["sentences"]) == ("queued", "", [])


def test_it_says_why_there_is_no_draft(ana: Caller, cast: Cast) -> None:
    def because(ticket: Any) -> str:
        told = ana.get(f"tickets/{ticket.number}/").json()
        assert told["draft"] is None
        return str(told["no_draft_because"])

    kept = cast.ticket()
    keep_for_people(kept, "asked_for_person", by=SYSTEM)
    assert because(kept) == "asked_for_person"
    stop_drafting(scope="language", value="fr", reason="Wrong form of address.", by=SYSTEM)
    assert because(cast.ticket(language="fr")) == "stopped"
    set_consent(kept.customer, consent=False, source="form", by=SYSTEM)
    assert because(kept) == "opted_out"
    assert because(cast.ticket()) == "opted_out"


def test_what_has_ended_is_no_reason_any_more(ana: Caller, cast: Cast) -> None:
    def because(ticket: Any) -> object:
        return ana.get(f"tickets/{ticket.number}/").json()["no_draft_because"]

    stopped = stop_drafting(scope="language", value="fr", reason="Wrong form of address.", by=SYSTEM)
    ticket = cast.ticket(language="fr")
    assert because(ticket) == "stopped"
    resume_drafting(stopped, by=SYSTEM)
    assert because(ticket) is None
    set_policy(ai_consent="consent", by=cast.ada.actor())
    unasked = cast.ticket(email="nora@example.com")
    assert because(unasked) == "not_asked"
    set_policy(ai_consent="notice", by=cast.ada.actor())
    assert because(unasked) is None


def test_what_waited_for_a_yes_is_drafted_when_it_comes(ana: Caller, cast: Cast) -> None:
    ticket = cast.ticket(ai_consent=False)
    assert ana.get(f"tickets/{ticket.number}/").json()["no_draft_because"] == "opted_out"
    set_consent(cast.carla, consent=True, source="link", by=SYSTEM)
    told = ana.get(f"tickets/{ticket.number}/").json()
    assert (told["no_draft_because"], told["draft"]["state"]) == (None, "queued")


def test_what_is_not_theirs_to_see_does_not_exist(
    ana: Caller, olga: Caller, aud: Caller, shop: Caller, cast: Cast
) -> None:
    ticket = cast.ticket(team=cast.returns)
    path = f"tickets/{ticket.number}/"
    problem(ana.get(path), 404, "not_found")
    problem(olga.get(path), 404, "not_found")
    assert aud.get(path).status_code == 200
    assert shop.get(path).status_code == 200


def test_numbers_that_nobody_has_are_not_found(shop: Caller) -> None:
    for number in ("0", "7", str(2**63), "9" * 30, "9" * 5000, "-1", "x"):
        problem(shop.get(f"tickets/{number}/"), 404, "not_found")


def test_it_wants_the_scope_for_reading(cast: Cast) -> None:
    ticket = cast.ticket()
    problem(caller(cast, cast.ana, "decide").get(f"tickets/{ticket.number}/"), 403, "scope_missing")


def test_a_long_ticket_takes_as_many_queries_as_a_short_one(
    ana: Caller, cast: Cast, django_assert_max_num_queries: Any
) -> None:
    ticket = cast.ticket()
    for _ in range(6):
        add_note(ticket, text="A note.", by=cast.ana.actor())
        write_reply(ticket, text="It was paid.", by=cast.ana.actor())
    # The token with its person, the ticket, its drafts, what was merged into it, its messages.
    with django_assert_max_num_queries(6):
        assert len(ana.get(f"tickets/{ticket.number}/").json()["messages"]) >= 13
