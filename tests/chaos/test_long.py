"""The same faults again and again at moments that nobody chose; minutes each."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable

import pytest

from conversations.drafting.models import Draft
from conversations.models import Sending, Ticket
from desk.jobs import Job
from desk.ledger.models import Counter, Entry
from tests.chaos.calling import Answer, in_background
from tests.chaos.stack import Stack, drafts, drop_connections, eventually
from tests.feed.live import signed_in
from tests.feed.test_replicas import Replica, fresh

pytestmark = [pytest.mark.long, pytest.mark.timeout(1800)]


def _keep_writing(desk: Stack, who: str) -> Callable[[int], int]:
    def write_in(number: int) -> int:
        """Until it is acknowledged, and then a while nothing."""
        while True:
            answer: Answer = desk.shop.open_ticket(f"{who}{number}@example.com", key=f"{who} {number}")
            if answer.status == 201:
                time.sleep(0.5)
                return int(answer.body["number"])
            time.sleep(0.3)

    return write_in


def _all_came_to_their_end(desk: Stack, numbers: list[int], who: str) -> None:
    count = len(numbers)
    assert len(set(numbers)) == count
    assert Ticket.objects.filter(customer__email__startswith=who).count() == count
    eventually(lambda: drafts(*numbers) == count, within=120, what="each is drafted")
    assert Draft.objects.filter(ticket__in=numbers).count() == count
    sendings = Sending.objects.filter(message__ticket__in=numbers)
    eventually(lambda: not sendings.exclude(state__in=["sent", "unknown"]).exists(), within=120, what="each is settled")
    assert sendings.count() == count
    for number in range(count):
        assert desk.mails_to(f"{who}{number}@example.com") <= 1
    assert {desk.mails_to(sending.message.ticket.customer.email) for sending in sendings.filter(state="sent")} == {1}
    threads = [f"ticket:{number}" for number in numbers]
    assert not Job.objects.filter(state="dead", thread__in=threads).exists()
    assert Entry.objects.count() == Counter.objects.get().value


def test_sixty_kills_of_the_worker(desk: Stack) -> None:
    dice = random.Random(11)
    desk.standin.misbehave("slow", seconds=0.4)
    desk.mail.behaviour.pause = 0.05
    count = 300
    with in_background(count, _keep_writing(desk, "kill"), clients=1) as burst:
        for _ in range(60):
            # Long enough to start and to take something up: what five workers die of is given up.
            time.sleep(dice.uniform(3.5, 7))
            desk.programs["worker"].kill()
            desk.programs["worker"].start()
    _all_came_to_their_end(desk, burst.results(), "kill")


def test_forty_faults_of_valkey(desk: Stack) -> None:
    dice = random.Random(12)
    page = Replica(desk.cast.ana, "todo", "en", signed_in(desk.cast.ana))
    page.load()
    page.connect(desk)  # type: ignore[arg-type]
    with in_background(200, _keep_writing(desk, "hint"), clients=1) as burst:
        for fault in dice.sample(["flush", "kill", "hang", "cut"] * 10, 40):
            time.sleep(dice.uniform(0.1, 2))
            if fault == "flush":
                desk.redis().flushall()
            elif fault == "cut":
                desk.redis().client_kill_filter(skipme=True, _type="normal")
            elif fault == "kill":
                desk.valkey.kill()
                time.sleep(dice.uniform(0, 2))
                desk.valkey.start()
            else:
                os.kill(desk.valkey.pid, signal.SIGSTOP)
                time.sleep(dice.uniform(1, 15))
                os.kill(desk.valkey.pid, signal.SIGCONT)
    _all_came_to_their_end(desk, burst.results(), "hint")
    page.catch_up(desk)  # type: ignore[arg-type]
    assert page.shown() == fresh(desk.cast.ana, "todo", "en")
    page.disconnect()


def test_thirty_restarts_of_the_database(desk: Stack) -> None:
    dice = random.Random(13)
    page = Replica(desk.cast.ana, "todo", "en", signed_in(desk.cast.ana))
    page.load()
    page.connect(desk)  # type: ignore[arg-type]
    before = {name: program.pid for name, program in desk.programs.items()}
    with in_background(250, _keep_writing(desk, "base"), clients=2) as burst:
        for _ in range(30):
            time.sleep(dice.uniform(0.5, 4))
            dice.choice([desk.postgres.stop, desk.postgres.kill])()
            time.sleep(dice.uniform(0, 1.5))
            desk.postgres.start()
    drop_connections()
    _all_came_to_their_end(desk, burst.results(), "base")
    assert {name: program.pid for name, program in desk.programs.items() if program.running} == before
    page.catch_up(desk)  # type: ignore[arg-type]
    assert page.shown() == fresh(desk.cast.ana, "todo", "en")
    page.disconnect()


def test_after_a_long_absence_of_the_database_all_is_back_within_seconds(desk: Stack) -> None:
    drop_connections()
    desk.postgres.kill()
    limit = time.monotonic() + 35
    while time.monotonic() < limit:
        # The pool makes an attempt for each who asks, with ever longer pauses between those that fail.
        desk.shop.open_ticket("absent@example.com")
    desk.postgres.start()
    assert (
        eventually(lambda: desk.shop.open_ticket("back@example.com", key="back").status == 201, within=30, what="back")
        < 4
    )
    number = Ticket.objects.get(customer__email="back@example.com").number
    assert eventually(lambda: drafts(number) == 1, within=30, what="drafted") < 8


def test_a_broker_that_hangs_for_long_is_used_again(desk: Stack) -> None:
    os.kill(desk.valkey.pid, signal.SIGSTOP)
    try:
        for number in range(12):
            ticket = desk.shop.opened(f"mute-broker{number}@example.com")
            eventually(lambda n=ticket: drafts(n) == 1, within=9, what="drafted all the same")
    finally:
        os.kill(desk.valkey.pid, signal.SIGCONT)

    def quick(number: int) -> bool:
        began = time.monotonic()
        ticket = desk.shop.opened(f"quick{number}@example.com")
        eventually(lambda: drafts(ticket) == 1, within=15, what="drafted")
        return time.monotonic() - began < 2

    eventually(lambda: quick(1) and quick(2), within=60, what="nudges work again")
