"""POST tickets/."""

from __future__ import annotations

from typing import Any

import pytest

from conversations.models import Customer, Ticket
from conversations.tickets.language import guess
from desk.ledger.models import Entry
from tests.api.calls import Caller, caller, problem
from tests.cast import CARLA, Cast

WRITTEN = {
    "subject": "Where is my refund?",
    "body": "I sent the jacket back two weeks ago.",
    "customer": {"email": CARLA, "name": "Carla Jones"},
}


def test_a_service_opens_a_ticket_and_learns_its_number(shop: Caller, cast: Cast) -> None:
    answer = shop.post(
        "tickets/", {**WRITTEN, "language": "de", "priority": "high", "tags": ["Refund"], "ai_consent": True}
    )
    assert answer.status_code == 201
    told = answer.json()
    assert set(told) == {"number", "status", "url"}
    assert told["status"] == "new"
    assert told["url"] == f"http://testserver/tickets/{told['number']}/"
    ticket = Ticket.objects.get(pk=told["number"])
    assert (ticket.subject, ticket.language, ticket.priority, ticket.tags, ticket.channel) == (
        "Where is my refund?",
        "de",
        "high",
        ["refund"],
        "api",
    )
    assert cast.last_message(ticket).text == "I sent the jacket back two weeks ago."
    carla = Customer.objects.get(email=CARLA)
    assert (carla.name, carla.ai_consent, carla.ai_consent_source) == ("Carla Jones", True, "api")
    assert Entry.objects.get(kind="ticket.opened", subject=ticket.ref).actor.startswith("service:")


def test_an_agent_may_enter_what_a_customer_wrote(ana: Caller, cast: Cast) -> None:
    number = ana.post("tickets/", WRITTEN).json()["number"]
    assert Entry.objects.get(kind="ticket.opened", thread=f"ticket:{number}").actor == cast.ana.ref


def test_what_is_left_out_is_guessed_or_normal(shop: Caller) -> None:
    body = "Guten Tag, meine Jacke ist seit zwei Wochen bei Ihnen und ich habe noch kein Geld gesehen."
    assert guess(body) == "de"
    number = shop.post("tickets/", {**WRITTEN, "subject": "", "body": body}).json()["number"]
    ticket = Ticket.objects.get(pk=number)
    assert (ticket.language, ticket.priority, ticket.tags) == ("de", "normal", [])
    assert ticket.subject == body[:80].strip()
    assert ticket.customer.ai_consent is None


def test_nulls_are_the_same_as_nothing(shop: Caller) -> None:
    blank = {
        "language": None,
        "priority": None,
        "tags": None,
        "ai_consent": None,
        "customer": {"email": CARLA, "name": None},
    }
    assert shop.post("tickets/", {**WRITTEN, **blank}).status_code == 201


def test_a_language_with_a_region_is_kept_by_its_language(shop: Caller) -> None:
    number = shop.post("tickets/", {**WRITTEN, "language": "de-AT"}).json()["number"]
    assert Ticket.objects.get(pk=number).language == "de"


def test_a_known_address_is_the_same_customer(shop: Caller) -> None:
    shop.post("tickets/", WRITTEN)
    shop.post("tickets/", {**WRITTEN, "customer": {"email": CARLA.upper(), "name": "Somebody"}})
    assert Customer.objects.filter(email__iexact=CARLA).count() == 1
    assert Ticket.objects.count() == 2


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"body": ""}, "body"),
        ({"body": " \u200b\n"}, "body"),
        ({"body": 7}, "body"),
        ({"body": "x" * 100_001}, "body"),
        ({"subject": None}, "subject"),
        ({"customer": None}, "customer"),
        ({"customer": {"name": "Carla"}}, "customer.email"),
        ({"customer": {"email": "nobody at all"}}, "email"),
        ({"customer": {"email": f"{'a' * 250}@example.com"}}, "customer.email"),
        ({"priority": "yesterday"}, "priority"),
        ({"language": "../../etc"}, "language"),
        ({"language": "e\0"}, None),
        ({"tags": ["a"] * 21}, "tags"),
        ({"tags": [f"{n}" for n in range(20)] + [7]}, "tags"),
        ({"ai_consent": "yes"}, "ai_consent"),
    ],
)
def test_what_is_wrong_is_said_by_field(shop: Caller, wrong: dict[str, Any], field: str | None) -> None:
    answer = shop.post("tickets/", {**WRITTEN, **wrong})
    told = problem(answer, 400, "invalid")
    assert field is None or any(name.startswith(field) for name in told["errors"])
    assert not Ticket.objects.exists()


def test_a_text_that_is_too_long_comes_back(shop: Caller) -> None:
    told = problem(shop.post("tickets/", {**WRITTEN, "body": "x" * 100_001}), 400, "invalid")
    assert told["text"] == "x" * 100_001


@pytest.mark.parametrize(
    "strange",
    [
        "<script>alert(1)</script>",
        "'; DROP TABLE tickets_ticket; --",
        "مرحبا بكم",
        "👩‍👩‍👧 " * 200,
        "a\0b",
        "\ud83d\ude00",
        "{{ 7 * 7 }}",
    ],
)
def test_strange_texts_are_kept_as_texts(shop: Caller, strange: str) -> None:
    tag = strange[:40]
    number = shop.post("tickets/", {**WRITTEN, "body": strange, "subject": strange, "tags": [tag]}).json()["number"]
    told = shop.get(f"tickets/{number}/").json()
    said = strange.encode("utf-16", "surrogatepass").decode("utf-16").replace("\0", "").strip()
    assert told["messages"][0]["text"] == said


def test_half_a_character_is_refused_with_a_sentence(shop: Caller) -> None:
    raw = rb'{"subject": "x", "body": "\ud83d", "customer": {"email": "carla@example.com"}}'
    problem(shop.send("POST", "tickets/", raw), 400, "malformed")


def test_it_wants_the_scope_for_writing(cast: Cast) -> None:
    told = problem(caller(cast, cast.ana, "tickets:read").post("tickets/", WRITTEN), 403, "scope_missing")
    assert told["scope"] == "tickets:write"


def test_an_auditor_opens_no_tickets(aud: Caller) -> None:
    problem(aud.post("tickets/", WRITTEN), 403, "not_allowed")
    assert not Ticket.objects.exists()
