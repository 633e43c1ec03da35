"""POST customers/{id}/erase/ and customers/{id}/export/."""

from __future__ import annotations

import json
from datetime import datetime
from uuid import uuid4

from conversations.drafting.actions import record_call
from conversations.drafting.queries import barred_at_sight
from conversations.models import Customer, Erasure, Ticket
from desk.actions import SYSTEM
from desk.idempotency import Answer
from desk.ledger.models import Entry
from tests.api.calls import Caller, caller, problem
from tests.cast import CARLA, Cast
from tests.drafts import pending_draft


def test_an_erasure_is_taken_down_with_its_date(sam: Caller, cast: Cast) -> None:
    carla = cast.ticket().customer
    answer = sam.post(f"customers/{carla.pk}/erase/")
    assert answer.status_code == 202
    told = answer.json()
    assert (told["customer"], told["state"]) == (str(carla.pk), "open")
    assert (datetime.fromisoformat(told["due_at"]) - datetime.fromisoformat(told["requested_at"])).days == 14
    again = problem(sam.post(f"customers/{carla.pk}/erase/"), 409, "erasure_requested")
    assert datetime.fromisoformat(again["due_at"]) == datetime.fromisoformat(told["due_at"])
    assert Erasure.objects.count() == 1


def test_asked_twice_with_one_key_it_is_answered_twice(shop: Caller, cast: Cast) -> None:
    carla = cast.ticket().customer
    first, second = (shop.post(f"customers/{carla.pk}/erase/", key="gone") for _ in range(2))
    assert first.json() == second.json()
    assert Erasure.objects.get().source == "api"
    assert carla.ref in Answer.objects.get(key="gone").about


def test_only_who_answers_for_data_may(ana: Caller, cast: Cast) -> None:
    carla = cast.ticket().customer
    for call in ("erase", "export"):
        problem(ana.post(f"customers/{carla.pk}/{call}/"), 403, "not_allowed")
        problem(caller(cast, cast.sam, "tickets:write").post(f"customers/{carla.pk}/{call}/"), 403, "scope_missing")
        problem(caller(cast, cast.sam).post(f"customers/{uuid4()}/{call}/"), 404, "not_found")
    assert Customer.objects.get(pk=carla.pk).restricted_at is None


def test_a_restricted_ticket_is_not_there_for_programs(sam: Caller, shop: Caller, cast: Cast) -> None:
    ticket = cast.ticket()
    sam.post(f"customers/{ticket.customer_id}/erase/")
    assert shop.get("tickets/").json()["results"] == []
    for who in (shop, sam):
        problem(who.get(f"tickets/{ticket.number}/"), 404, "not_found")
    assert barred_at_sight(Ticket.objects.get(pk=ticket.pk)) == "restricted"


def test_an_export_holds_all_that_is_kept_receipts_in_clear(sam: Caller, cast: Cast) -> None:
    ticket = cast.ticket("My tent is torn.", subject="A torn tent")
    draft = pending_draft(ticket)
    sent = {"messages": [{"role": "user", "content": "[name-1] asks."}]}
    record_call(draft, json.dumps(sent).encode(), replaced={"name": 1}, placeholders={"[name-1]": "Carla"}, by=SYSTEM)
    told = sam.post(f"customers/{ticket.customer_id}/export/").json()
    assert (told["customer"]["email"], told["customer"]["name"]) == (CARLA, "Carla Jones")
    (kept,) = told["tickets"]
    assert kept["subject"] == "A torn tent"
    assert kept["messages"][0]["text"] == "My tent is torn."
    assert kept["drafts"][-1]["text"] == draft.text
    (call,) = kept["model_calls"]
    assert (call["request"], call["placeholders"]) == (sent, {"[name-1]": "Carla"})
    assert "ticket.opened" in {entry["kind"] for entry in told["ledger"]}
    entry = Entry.objects.get(kind="customer.exported")
    assert (entry.subject, entry.facts) == (ticket.customer.ref, {"tickets": 1})
