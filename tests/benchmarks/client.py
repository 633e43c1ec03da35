"""One of many clients, a process of its own: Python's lock would make threads of one process wait for each other."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

import django
from django.apps import apps

if not apps.ready:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "desk.settings")
    django.setup()

PROCESSES = int(os.environ.get("PROCS", "4"))
WARM = 6
SECONDS = 2.0
ROUNDS = 3


@dataclass(frozen=True)
class Throughputs:
    """Finished transactions a second of all clients together, round by round."""

    ours: Sequence[float]
    floor: Sequence[float]


def together(clients: int, *, drafts: Sequence[int], people: Sequence[str]) -> Throughputs:
    """Let so many clients decide at once, then as many bare ones, in turns; each has its share of the drafts."""
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    barrier, told = context.Barrier(clients), context.Queue()
    processes = [
        context.Process(
            target=_clients,
            args=(range(first, clients, PROCESSES), clients, drafts, people, barrier, told),
            daemon=True,
        )
        for first in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    rates: dict[tuple[str, int], float] = {}
    for _ in range(clients * ROUNDS * 2):
        side, number, rate = told.get(timeout=120)
        rates[side, number] = rates.get((side, number), 0.0) + rate
    for process in processes:
        process.join(20)
    return Throughputs(
        [rates["ours", number] for number in range(ROUNDS)], [rates["floor", number] for number in range(ROUNDS)]
    )


def _clients(
    numbers: Sequence[int], clients: int, drafts: Sequence[int], people: Sequence[str], barrier: Any, told: Any
) -> None:
    threads = [
        threading.Thread(target=_client, args=(number, drafts[number::clients], people[number], barrier, told))
        for number in numbers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _client(number: int, drafts: Sequence[int], person: str, barrier: Any, told: Any) -> None:
    from desk.actions import Actor
    from tests.benchmarks.approve import decide
    from tests.benchmarks.floor import Bare
    from tests.drafts import TEXT

    by, left = Actor("person", person), iter(drafts)
    bare = Bare(TEXT, client=number)

    def one() -> None:
        decide(next(left), by)

    for _ in range(WARM):
        one()
        bare.decide()
    for turn in range(ROUNDS):
        for side, what in (("ours", one), ("floor", bare.decide)):
            barrier.wait(60)
            told.put((side, turn, _rate(what)))


def _rate(what: Callable[[], None]) -> float:
    began, done = time.perf_counter(), 0
    while time.perf_counter() < began + SECONDS:
        try:
            what()
        except StopIteration:
            break
        done += 1
    return done / (time.perf_counter() - began)
