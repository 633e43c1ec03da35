"""The desk's server of sockets and a bare one side by side, each with an audience that gets the same bytes."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import redis

from accounts.actions import add_person
from accounts.models import Person
from conversations.tickets import actions
from conversations.tickets.models import Ticket
from desk import hints
from desk.actions import SYSTEM, Actor, action
from desk.children import free_port
from desk.var import REPOSITORY
from tests.benchmarks.audience import Audience
from tests.benchmarks.staging import cast
from tests.feed.live import LiveProcess, head, signed_in

PEOPLE = 30


@dataclass
class Side:
    """One of the two servers: its process, its sockets, and how these tickets change there; says when that was."""

    pid: int
    audience: Audience
    change: Callable[[Sequence[Ticket]], float]


@contextmanager
def sides(tickets: Sequence[Ticket]) -> Iterator[tuple[Side, Side]]:
    """The desk and the floor. What a page of the desk gets for a change is what the bare side writes as well."""
    live, channel, bare_at = LiveProcess(os.environ["DATABASE_URL"]), secrets.token_hex(4), free_port()
    bare = subprocess.Popen([sys.executable, "-m", "tests.benchmarks.bare_feed", str(bare_at), channel], cwd=REPOSITORY)
    says, post = {"follow": ["queue:todo"], "after": head()}, redis.Redis.from_url(os.environ["REDIS_URL"])
    one = Audience(live.port, cookies=[signed_in(cast().sam)], says=says)
    pages, sockets = Audience(live.port, cookies=[signed_in(each) for each in crowd()], says=says), Audience(bare_at)
    try:
        one.open(1)
        time.sleep(1.5)
        _committed(tickets[:1])
        _, text = one.told(1)

        def published(changed: Sequence[Ticket]) -> float:
            pipe, began = post.pipeline(transaction=False), time.perf_counter()
            for _ in changed:
                pipe.publish(channel, text)
            pipe.execute()
            return began

        one.leave()
        yield Side(live.process.pid, pages, _committed), Side(bare.pid, sockets, published)
    finally:
        for audience in (one, pages, sockets):
            audience.leave()
        bare.terminate()
        bare.wait(10)
        live.stop()


@lru_cache(maxsize=1)
def crowd() -> list[Person]:
    """Those who look on: a person may have forty pages."""
    return [
        add_person(
            email=f"page{number}@desk.test", name=f"Page {number}", roles=["supervisor"], password=None, by=SYSTEM
        )
        for number in range(PEOPLE)
    ]


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
