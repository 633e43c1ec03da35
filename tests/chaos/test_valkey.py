"""Valkey killed, emptied, and hanging: it carries hints, and losing them costs seconds."""

from __future__ import annotations

import os
import signal
import time
from statistics import median

import pytest

from conversations.drafting.models import Draft, ModelCall
from conversations.models import Sending
from desk.ledger.models import Entry
from tests.chaos.calling import Answer, at_once, in_background
from tests.chaos.stack import Stack, drafts, eventually
from tests.feed.live import signed_in
from tests.feed.test_replicas import Replica, fresh

BURSTS = [80, pytest.param(200, marks=pytest.mark.long)]


@pytest.mark.parametrize("burst", BURSTS)
def test_tickets_while_valkey_is_emptied_and_killed_are_drafted_once_each_and_the_page_is_right(
    desk: Stack, burst: int
) -> None:
    page = Replica(desk.cast.ana, "todo", "en", signed_in(desk.cast.ana))
    page.load()
    page.connect(desk)  # type: ignore[arg-type]

    with in_background(burst, lambda number: _write_in(desk, number), clients=4) as coming:
        coming.wait_for(burst * 3 // 10)
        desk.redis().flushall()
        coming.wait_for(burst * 5 // 10)
        desk.valkey.kill()
        coming.wait_for(burst * 7 // 10)
        desk.valkey.start()
        coming.wait_for(burst * 17 // 20)
        desk.redis().flushall()
    answers = coming.results()
    assert {answer.status for answer in answers} == {201}
    numbers = [answer.body["number"] for answer in answers]
    assert len(set(numbers)) == burst
    eventually(lambda: drafts(*numbers) == burst, within=60, what="each is drafted")
    assert Draft.objects.filter(ticket__in=numbers).count() == burst
    assert ModelCall.objects.filter(ticket__in=numbers).count() == burst
    assert (
        Entry.objects.filter(kind="draft.prepared", thread__in=[f"ticket:{number}" for number in numbers]).count()
        == burst
    )

    began = time.monotonic()
    page.catch_up(desk)  # type: ignore[arg-type]
    assert time.monotonic() - began < 3
    assert page.shown() == fresh(desk.cast.ana, "todo", "en")
    assert set(numbers) <= page.shown().keys()
    page.disconnect()


def test_while_the_broker_hangs_requests_stay_fast_and_work_goes_on_once(desk: Stack) -> None:
    well = [desk.shop.open_ticket(f"ready{number}@example.com") for number in range(10)]
    ready = [answer.body["number"] for answer in well]
    eventually(lambda: drafts(*ready) == len(ready), within=20, what="drafts to decide about")
    decided = list(Draft.objects.filter(ticket__in=ready).order_by("id"))
    os.kill(desk.valkey.pid, signal.SIGSTOP)
    try:

        def act(number: int) -> Answer:
            if number % 4 == 3:
                return desk.ana.approve(decided[number // 4].pk)
            return desk.shop.open_ticket(f"hung{number}@example.com")

        answers = at_once(40, act, clients=2)
        arrived = [answer.body["number"] for answer in answers if answer.status == 201]
        assert (len(arrived), sum(answer.status == 200 for answer in answers)) == (30, 10)
        # As fast as it is otherwise, on a machine that may have much else to do just now.
        usual = median(answer.seconds for answer in well)
        assert median(answer.seconds for answer in answers) < max(0.3, 4 * usual)
        assert max(answer.seconds for answer in answers) < 3  # and nobody waits as long as the broker hangs
        # Workers look for themselves: it takes seconds, and not as long as the broker hangs.
        eventually(lambda: drafts(*arrived) == 30, within=25, what="each is drafted")
        eventually(lambda: _sent(ready) == 10, within=15, what="each reply is sent")
    finally:
        os.kill(desk.valkey.pid, signal.SIGCONT)
    # By looking alone a worker cannot be as quick twice in a row.
    eventually(
        lambda: max(_seconds_to_a_draft(desk), _seconds_to_a_draft(desk)) < 2, within=40, what="nudges work again"
    )
    assert ModelCall.objects.filter(ticket__in=arrived).count() == 30
    for number in range(10):
        assert desk.mails_to(f"ready{number}@example.com") == 2, "the acknowledgement and the reply, once each"


def _write_in(desk: Stack, number: int) -> Answer:
    return desk.shop.open_ticket(f"burst{number % 10}@example.com", key=f"burst {number}")


def _sent(numbers: list[int]) -> int:
    return Sending.objects.filter(message__ticket__in=numbers, decision__isnull=False, state="sent").count()


def _seconds_to_a_draft(desk: Stack) -> float:
    began = time.monotonic()
    ticket = desk.shop.opened(f"again{began}@example.com")
    eventually(lambda: drafts(ticket) == 1, within=15, what="a draft")
    return time.monotonic() - began
