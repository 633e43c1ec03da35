"""Many clients at once: a few processes with a few threads each, as web servers are."""

from __future__ import annotations

import os
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from multiprocessing import get_context
from signal import SIGCONT, SIGSTOP
from typing import Any

import django
from django.apps import apps

if not apps.ready:
    # A fresh process, from which the clients are forked; what it loaded is settled as in a web server.
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "desk.settings")
    django.setup()
    import_module("desk.starting").settle()

PROCESSES = 4
WARM = 6
SECONDS = 1.0
ROUNDS = 5
DRAFTS_EACH = 200
"""Drafts that one client may need: what it is given at most in all rounds."""


def together(
    *,
    drafts: Sequence[int],
    people: Sequence[str],
    ours: str = "approve",
    floor: str = "bare",
    sealer: int | None = None,
) -> tuple[float, float]:
    """Let each of these people do the one, then as many do the other at the same time, in turns; both are names of SIDES.

    Returns finished transactions a second of all clients together, ours and the floor's, in the round whose ratio is the
    median. The process `sealer` runs in our turns and stands still in the floor's.
    """
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    barrier, told = context.Barrier(len(people)), context.Queue()
    processes = [
        context.Process(
            target=_clients,
            args=(range(first, len(people), PROCESSES), drafts, people, (ours, floor), sealer, barrier, told),
            daemon=True,
        )
        for first in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    rates = [[0.0, 0.0] for _ in range(ROUNDS)]
    for _ in range(len(people) * ROUNDS * 2):
        turn, side, rate = told.get(timeout=120)
        rates[turn][side] += rate
    for process in processes:
        process.join(20)
    middle = statistics.median_low(left / right for left, right in rates)
    left, right = next((left, right) for left, right in rates if left / right == middle)
    return left, right


def _clients(numbers: Sequence[int], drafts: Sequence[int], people: Sequence[str], *more: Any) -> None:
    threads = [
        threading.Thread(target=_client, args=(number, drafts[number :: len(people)], people[number], *more))
        for number in numbers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _client(
    number: int,
    drafts: Sequence[int],
    person: str,
    sides: tuple[str, str],
    sealer: int | None,
    barrier: Any,
    told: Any,
) -> None:
    from tests.benchmarks.sides import SIDES

    left = iter(drafts)
    both = [SIDES[name](number, left, person) for name in sides]
    for _ in range(WARM):
        for what in both:
            what()
    for turn in range(ROUNDS):
        for side, what in enumerate(both):
            if sealer is not None and number == 0:
                os.kill(sealer, SIGSTOP if side else SIGCONT)
            barrier.wait(60)
            told.put((turn, side, _rate(what)))


def _rate(what: Callable[[], None]) -> float:
    began, done = time.perf_counter(), 0
    while time.perf_counter() < began + SECONDS:
        what()
        done += 1
    return done / (time.perf_counter() - began)
