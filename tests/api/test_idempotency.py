"""A POST with an Idempotency-Key acts once, however often it is sent and whatever happens in between."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from conversations.models import Decision, Ticket
from conversations.tickets.actions import receive_message
from desk.idempotency import Answer, forget_answers
from tests.api.calls import Caller, caller, problem
from tests.cast import CARLA, Cast
from tests.drafts import pending_draft

WRITTEN = {
    "subject": "Where is my refund?",
    "body": "Two weeks ago.",
    "customer": {"email": CARLA, "name": "Carla Jones"},
}


def test_the_same_request_gets_the_same_answer_and_acts_once(shop: Caller) -> None:
    first = shop.post("tickets/", WRITTEN, key="order-4711")
    again = shop.post("tickets/", WRITTEN, key="order-4711")
    assert first.status_code == again.status_code == 201
    assert again.json() == first.json()
    assert "Idempotent-Replayed" not in first
    assert again["Idempotent-Replayed"] == "true"
    assert Ticket.objects.count() == 1


def test_another_body_under_the_same_key_is_refused(shop: Caller) -> None:
    shop.post("tickets/", WRITTEN, key="order-4711")
    problem(shop.post("tickets/", {**WRITTEN, "subject": "Other"}, key="order-4711"), 422, "idempotency_key_reused")
    assert Ticket.objects.count() == 1


def test_another_call_under_the_same_key_is_refused(ana: Caller, cast: Cast) -> None:
    ticket = cast.ticket()
    note = {"body": "Ask the warehouse.", "from": "agent", "internal": True}
    ana.post(f"tickets/{ticket.number}/messages/", note, key="k")
    problem(ana.post(f"tickets/{cast.ticket().number}/messages/", note, key="k"), 422, "idempotency_key_reused")


def test_keys_of_others_are_their_own(shop: Caller, ana: Caller) -> None:
    shop.post("tickets/", WRITTEN, key="order-4711")
    assert ana.post("tickets/", WRITTEN, key="order-4711").status_code == 201
    assert Ticket.objects.count() == 2


def test_without_a_key_each_request_acts(shop: Caller) -> None:
    for _ in range(2):
        shop.post("tickets/", WRITTEN)
    assert Ticket.objects.count() == 2


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb"])
def test_a_key_that_is_none_is_refused(shop: Caller, key: str) -> None:
    problem(shop.post("tickets/", WRITTEN, key=key), 400, "invalid")


def test_a_refusal_is_kept_as_well(ana: Caller, cast: Cast) -> None:
    ticket = cast.ticket()
    draft = pending_draft(ticket)
    receive_message(ticket, text="One more thing.", channel="api", by=ticket.customer.actor())
    first = problem(ana.post(f"drafts/{draft.pk}/approve/", {"version": 2}, key="k"), 409, "draft_stale")
    again = ana.post(f"drafts/{draft.pk}/approve/", {"version": 2}, key="k")
    assert problem(again, 409, "draft_stale") == first
    assert again["Idempotent-Replayed"] == "true"
    assert (
        ana.post("tickets/", {**WRITTEN, "body": ""}, key="l").json()
        == ana.post("tickets/", {**WRITTEN, "body": ""}, key="l").json()
    )


def test_what_is_no_json_is_refused_the_same_way_twice(shop: Caller) -> None:
    for _ in range(2):
        problem(shop.send("POST", "tickets/", b"\xff{", **{"Idempotency-Key": "k"}), 400, "malformed")
    problem(shop.send("POST", "tickets/", b"{}", **{"Idempotency-Key": "k"}), 422, "idempotency_key_reused")


def test_a_decision_sent_twice_is_one_decision(ana: Caller, cast: Cast) -> None:
    draft = pending_draft(cast.ticket())
    answers = [ana.post(f"drafts/{draft.pk}/approve/", {"version": 2}, key="k") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert Decision.objects.count() == 1


def test_answers_are_forgotten_after_a_day(shop: Caller) -> None:
    shop.post("tickets/", WRITTEN, key="old")
    Answer.objects.update(created_at=timezone.now() - timedelta(hours=25))
    shop.post("tickets/", WRITTEN, key="new")
    assert forget_answers() == 1
    assert Answer.objects.get().key == "new"


# With real commits, and requests at the same time --------------------------------------------------------------


@pytest.fixture
def web_shop(company: Cast) -> Caller:
    return caller(company, company.ada, service="Web shop")


def in_thread(pool: ThreadPoolExecutor, who: Caller, *, key: str) -> Future[Any]:
    def call() -> Any:
        try:
            return Caller(who.token).post("tickets/", WRITTEN, key=key)
        finally:
            connection.close()

    return pool.submit(call)


@contextmanager
def first_one_held(url: str) -> Iterator[psycopg.Connection[Any]]:
    """Whoever opens a ticket for Carla waits in the middle of it until the block ends."""
    with psycopg.connect(url, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(hashtext('customer:' || %s))", [CARLA])
        yield other
        other.execute("SELECT pg_advisory_unlock_all()")


def waiting(other: psycopg.Connection[Any]) -> list[int]:
    """The backends that wait for the lock."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        found = other.execute(
            "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        ).fetchall()
        if found:
            return [row[0] for row in found]
        time.sleep(0.02)
    raise AssertionError("nobody waits")


def test_while_the_first_runs_the_second_is_told_to_ask_again(web_shop: Caller, own_database: str) -> None:
    with ThreadPoolExecutor() as pool:
        with first_one_held(own_database) as other:
            first = in_thread(pool, web_shop, key="k")
            waiting(other)
            problem(web_shop.post("tickets/", WRITTEN, key="k"), 409, "idempotency_in_progress")
        made = first.result(timeout=20)
    assert made.status_code == 201
    again = web_shop.post("tickets/", WRITTEN, key="k")
    assert (again.status_code, again.json()) == (201, made.json())
    assert Ticket.objects.count() == 1


def test_a_first_request_that_died_has_done_nothing_and_the_next_one_acts(web_shop: Caller, own_database: str) -> None:
    with ThreadPoolExecutor() as pool, first_one_held(own_database) as other:
        first = in_thread(pool, web_shop, key="k")
        for pid in waiting(other):
            other.execute("SELECT pg_terminate_backend(%s)", [pid])
        problem(first.result(timeout=20), 503, "unavailable")
    assert not Ticket.objects.exists()
    assert web_shop.post("tickets/", WRITTEN, key="k").status_code == 201
    assert web_shop.post("tickets/", WRITTEN, key="k")["Idempotent-Replayed"] == "true"
    assert Ticket.objects.count() == 1


def test_many_at_once_are_one_ticket(web_shop: Caller) -> None:
    gate = threading.Barrier(6)

    def call(_: int) -> Any:
        gate.wait(timeout=10)
        try:
            return Caller(web_shop.token).post("tickets/", WRITTEN, key="k")
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(call, range(6)))
    made = [answer.json()["number"] for answer in answers if answer.status_code == 201]
    assert made
    assert len(set(made)) == 1
    for answer in answers:
        if answer.status_code != 201:
            problem(answer, 409, "idempotency_in_progress")
    assert Ticket.objects.count() == 1
