"""Sockets that are opened and then wait: with a session and an origin that are looked at, against plain ones."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

from tests.benchmarks.socket_servers import Side, sides
from tests.benchmarks.staging import cast
from tests.benchmarks.table import Figure
from tests.runtime.running import memory

WARM, SOCKETS, ROUNDS = 100, 250, 4
SETTLE = 2.0  # seconds


def measure() -> Iterator[Figure]:
    """A thousand sockets a side, in turns of 250; the first hundred bring what all share, and are not counted."""
    with sides([cast().ticket()]) as both:
        before, rates = {}, {}
        for side in both:
            side.audience.open(WARM)
            time.sleep(SETTLE)
            before[side.pid], rates[side.pid] = memory([side.pid]), [side.audience.open(SOCKETS)]
        for _ in range(ROUNDS - 1):
            for side in both:
                rates[side.pid].append(side.audience.open(SOCKETS))
        time.sleep(SETTLE)

        def held(side: Side) -> float:
            return (memory([side.pid]) - before[side.pid]) * 1024 / (SOCKETS * ROUNDS)

        ours, floor = both
        yield Figure(
            name="an idle socket, memory (PSS)",
            ours=held(ours),
            floor=held(floor),
            unit="kB",
            at_most=2,
            note="signed in, following a list",
        )
        yield Figure(
            name="opening sockets",
            ours=statistics.median(rates[ours.pid]),
            floor=statistics.median(rates[floor.pid]),
            unit="/s",
            at_least=0.5,
            note="session and origin are looked at",
        )
