"""A model that fails again and again is left alone, for all processes; and no more calls are on their way than may be."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from conversations.drafting import breaker
from conversations.drafting.breaker import FAILURES, Busy, Remembered, guarded, place
from conversations.drafting.capability import Known
from conversations.drafting.endpoints import Endpoint, Slot
from conversations.drafting.failures import failed
from conversations.drafting.models import Draft
from conversations.drafting.provider import ProviderFailed
from conversations.drafting.states import DraftState
from conversations.tickets.states import Lane, Why
from desk.jobs import Job
from desk.ledger.models import Entry
from tests.cast import Cast
from tests.drafting.shelf import fill
from tests.drafting.test_pipeline import work
from tests.standin import StandIn

WHERE = "https://models.example/v1"


def fail(code: str = "server_error", *, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(ProviderFailed), guarded(WHERE, "m", seconds=1):
            raise failed(code, "no")


def state() -> Endpoint:
    return Endpoint.objects.get(address=WHERE, model="m")


def pause_over() -> None:
    Endpoint.objects.update(opened_until=timezone.now() - timedelta(seconds=1))


@pytest.mark.django_db
def test_it_opens_after_failures_in_a_row_and_asks_nobody_then() -> None:
    fail(times=FAILURES - 1)
    with guarded(WHERE, "m", seconds=1):
        pass
    assert state().failures == 0
    fail(times=FAILURES)
    assert state().opened_until is not None
    asked = False
    with pytest.raises(ProviderFailed) as refused, guarded(WHERE, "m", seconds=1):
        asked = True
    assert (refused.value.code, asked) == ("circuit_open", False)
    with guarded(WHERE, "another", seconds=1):
        pass


@pytest.mark.django_db
def test_after_the_pause_one_tries_it_and_its_answer_closes_it() -> None:
    fail(times=FAILURES)
    pause_over()
    # Whoever comes meanwhile waits for that one's answer.
    with guarded(WHERE, "m", seconds=5), pytest.raises(ProviderFailed), guarded(WHERE, "m", seconds=5):
        pass
    assert (state().failures, state().opened_until) == (0, None)
    fail(times=FAILURES)
    first = state().opened_until
    pause_over()
    fail()
    again = state().opened_until
    assert again is not None
    assert first is not None
    assert again - timezone.now() > timedelta(seconds=20), "longer than the first time"


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["refused", "wrong_key", "bad_answer"])
def test_what_is_no_fault_of_the_server_does_not_open_it(code: str) -> None:
    fail(code, times=FAILURES + 1)
    assert state().opened_until is None


@pytest.mark.django_db
def test_a_call_that_was_called_off_frees_the_trial() -> None:
    fail(times=FAILURES)
    pause_over()
    with pytest.raises(KeyError), guarded(WHERE, "m", seconds=60):
        raise KeyError
    with guarded(WHERE, "m", seconds=1):
        pass


@pytest.mark.django_db
def test_what_a_model_can_do_is_remembered_for_a_week() -> None:
    memory, known = Remembered(WHERE), Known("object", frozenset({"store"}))
    assert memory.recall("m") == Known()
    memory.learn("m", known)
    assert Remembered(WHERE).recall("m") == known
    assert Remembered("https://another.example/v1").recall("m") == Known()
    Endpoint.objects.update(learned_at=timezone.now() - timedelta(days=8))
    assert memory.recall("m") == Known()


@pytest.mark.django_db
def test_only_so_many_calls_are_on_their_way_and_a_place_that_was_left_is_free_by_time() -> None:
    with place(WHERE, most=2, seconds=5) as first, place(WHERE, most=2, seconds=5) as second:
        first.taken()
        second.taken()
        with pytest.raises(Busy), place(WHERE, most=2, seconds=5) as third:
            third.taken()
        with place("https://another.example/v1", most=1, seconds=5) as elsewhere:
            elsewhere.taken()
        Slot.objects.update(until=timezone.now() - timedelta(seconds=1))
        with place(WHERE, most=2, seconds=5) as third:
            third.taken()
    assert not Slot.objects.exists()


@pytest.mark.parametrize("known", [True, False], ids=["drafted", "nothing found"])
def test_a_place_is_free_again_however_a_draft_ends(cast: Cast, standin: StandIn, known: bool) -> None:
    if known:
        fill()
    cast.ticket()
    work()
    assert Draft.objects.get().state == (DraftState.PENDING_REVIEW if known else DraftState.FAILED)
    assert not Slot.objects.exists()


def test_without_a_database_everything_is_let_through(own_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE drafting_endpoint, drafting_slot")
    monkeypatch.setattr(breaker.log, "warning", lambda *_args, **_more: None, raising=False)
    with guarded(WHERE, "m", seconds=1), place(WHERE, most=1, seconds=1) as held:
        held.taken()
    assert Remembered(WHERE).recall("m") == Known()
    fail()


def test_a_draft_that_meets_an_open_circuit_goes_to_people_at_once(
    cast: Cast, standin: StandIn, client: Client, settings: Any
) -> None:
    fill()
    Endpoint.objects.create(
        address=standin.base_url,
        model=settings.ENV.openai_model,
        failures=FAILURES,
        last_error="timeout",
        failed_at=timezone.now(),
        opened_until=timezone.now() + timedelta(minutes=1),
    )
    ticket = cast.ticket()
    work()
    ticket.refresh_from_db()
    assert (ticket.lane, ticket.lane_why) == (Lane.WRITE, Why.PROVIDER)
    assert Draft.objects.get(ticket=ticket).calls.count() == 0
    assert standin.seen()["requests"] == 0
    client.force_login(cast.sam)
    page = client.get("/settings/models/").content.decode()
    assert "left alone" in page
    assert "5 faults in a row" in page


def test_a_draft_that_finds_no_room_is_not_begun_and_made_a_little_later(
    company: Cast, standin: StandIn, settings: Any
) -> None:
    fill()
    most = settings.ENV.model_at_once
    later = timezone.now() + timedelta(minutes=1)
    Slot.objects.bulk_create(Slot(address=standin.base_url, until=later) for _ in range(most))
    ticket = company.ticket()
    work()
    job = Job.objects.get(kind="draft.generate", thread=ticket.ref)
    assert (job.state, job.last_error, job.attempts) == ("queued", "busy", 0), "waiting is no failed attempt"
    assert job.run_after > timezone.now()
    assert Draft.objects.get(ticket=ticket).state == DraftState.QUEUED
    assert not Entry.objects.filter(thread=ticket.ref, kind="draft.begun").exists()
    Slot.objects.first().delete()  # type: ignore[union-attr]
    work()
    assert Draft.objects.get(ticket=ticket).state == DraftState.PENDING_REVIEW
