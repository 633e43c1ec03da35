"""One change to many pages: the desk's feed against a bare loop that writes the same bytes to plain websockets."""

from __future__ import annotations

import asyncio
import os
import secrets
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import redis
import uvloop

from accounts.actions import add_person
from conversations.tickets import actions
from conversations.tickets.models import Ticket
from desk import hints
from desk.actions import SYSTEM, Actor, action
from desk.children import free_port
from desk.var import REPOSITORY
from tests.benchmarks.audience import Audience
from tests.benchmarks.measuring import percentile
from tests.benchmarks.staging import cast
from tests.benchmarks.table import Figure
from tests.feed.live import LiveProcess, head, signed_in

SOCKETS, PEOPLE = 1_000, 30
ROUNDS, BURST = 5, 20
CHANGES, EVERY = 20, 0.2  # seconds


@dataclass
class Found:
    """Of one side: deliveries a second in each round, and milliseconds from the commit to each socket."""

    rates: list[float] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)


def measure() -> Iterator[Figure]:
    """300 sockets a side: bursts of twenty changes for the rate, then five changes a second for the delay."""
    crowd = [
        add_person(
            email=f"page{number}@desk.test", name=f"Page {number}", roles=["supervisor"], password=None, by=SYSTEM
        )
        for number in range(PEOPLE)
    ]
    cookies = [signed_in(person) for person in crowd]
    tickets = [cast().ticket() for _ in range(BURST)]
    live, channel = LiveProcess(os.environ["DATABASE_URL"]), secrets.token_hex(4)
    try:
        with _bare(channel) as port:
            says = {"follow": ["queue:todo"], "after": head()}
            ours, floor = uvloop.run(_measure(live.port, port, channel, cookies, tickets, says))
    finally:
        live.stop()
    yield Figure(
        name=f"fan-out to {SOCKETS} pages",
        ours=statistics.median(ours.rates),
        floor=statistics.median(floor.rates),
        unit="/s",
        at_least=0.8,
        note="frames, from the commit to the last socket",
    )
    yield Figure(
        name="from change to page, p99",
        ours=percentile(ours.delays, 0.99),
        floor=percentile(floor.delays, 0.99),
        unit="ms",
        note="the desk reads and renders in this time; goal at 1,000 pages: 1.3x",
    )
    yield Figure(
        name="from change to page, median",
        ours=statistics.median(ours.delays),
        floor=statistics.median(floor.delays),
        unit="ms",
    )


async def _measure(
    ours_at: int, floor_at: int, channel: str, cookies: Sequence[str], tickets: Sequence[Ticket], says: Any
) -> tuple[Found, Found]:
    post = redis.Redis.from_url(os.environ["REDIS_URL"])
    pages = await Audience.gather(ours_at, cookies=cookies, many=SOCKETS, says=says)
    sockets = await Audience.gather(floor_at, cookies=[""], many=SOCKETS, says={})
    await asyncio.sleep(2)
    pages.forget()
    await asyncio.to_thread(_committed, tickets[:1])
    await pages.all_told(1)
    text = pages.listeners[0].last  # what a page gets for one change: the bare side sends the same bytes

    def publish(times: int) -> float:
        pipe, began = post.pipeline(transaction=False), time.perf_counter()
        for _ in range(times):
            pipe.publish(channel, text)
        pipe.execute()
        return began

    ours, floor = Found(), Found()
    for _ in range(ROUNDS):
        for side, audience, go in (
            (ours, pages, lambda: _committed(tickets)),
            (floor, sockets, lambda: publish(BURST)),
        ):
            began, arrivals = await _told(audience, BURST, go, after=0.5)
            side.rates.append(len(arrivals) / (max(arrivals) - began))
    for number in range(CHANGES):
        one = tickets[number % BURST : number % BURST + 1]
        for side, audience, go in (
            (ours, pages, lambda one=one: _committed(one)),
            (floor, sockets, lambda: publish(1)),
        ):
            began, arrivals = await _told(audience, 1, go, after=EVERY / 2)
            side.delays += [(arrival - began) * 1000 for arrival in arrivals]
    pages.leave()
    sockets.leave()
    return ours, floor


async def _told(
    audience: Audience, changes: int, go: Callable[[], float], *, after: float
) -> tuple[float, list[float]]:
    await asyncio.sleep(after)
    audience.forget()
    began = await asyncio.to_thread(go)
    return began, await audience.all_told(changes)


def _committed(tickets: Sequence[Ticket]) -> float:
    """Change these tickets in one transaction; returns when it was committed."""
    moments = []
    real = hints.after_commit

    def noted(*what: Any) -> None:
        moments.append(time.perf_counter())
        real(*what)

    hints.after_commit = noted
    try:
        note_all(tickets, by=cast().ana.actor())
    finally:
        hints.after_commit = real
    return moments[0]


@action("message.noted")
def note_all(tickets: Sequence[Ticket], *, by: Actor) -> None:
    for ticket in tickets:
        actions.add_note(ticket, text="The warehouse has it.", by=by)


@contextmanager
def _bare(channel: str) -> Iterator[int]:
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "tests.benchmarks.bare_feed", str(port), channel], cwd=REPOSITORY)
    try:
        time.sleep(1.5)
        yield port
    finally:
        process.terminate()
        process.wait(10)
