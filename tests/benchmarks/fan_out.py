"""One change to many pages: the desk's feed against a bare loop that writes the same bytes to plain websockets."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from conversations.tickets.models import Ticket
from tests.benchmarks.measuring import percentile
from tests.benchmarks.socket_servers import Side, sides
from tests.benchmarks.staging import cast
from tests.benchmarks.table import Figure

SOCKETS = 1_000
ROUNDS = 5
BURST = 20  # changes at once
PACED, EVERY = 20, 0.2  # changes one after the other, seconds


@dataclass
class Found:
    """Of one side: deliveries a second in each round, and milliseconds from each commit to each socket."""

    side: Side
    rates: list[float] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)

    def burst(self, tickets: Sequence[Ticket]) -> None:
        """All changes at once."""
        self.side.audience.forget()
        began = self.side.change(tickets)
        arrivals, _ = self.side.audience.told(len(tickets))
        self.rates.append(len(tickets) * SOCKETS / (max(map(max, arrivals)) - began))

    def pace(self, tickets: Sequence[Ticket]) -> None:
        """One change after the other."""
        self.side.audience.forget()
        begun, start = [], time.perf_counter()
        for number, ticket in enumerate(tickets):
            time.sleep(max(0.0, start + number * EVERY - time.perf_counter()))
            begun.append(self.side.change([ticket]))
        arrivals, _ = self.side.audience.told(len(tickets))
        self.delays += [
            (arrived - began) * 1000 for each in arrivals for began, arrived in zip(begun, each, strict=True)
        ]


def measure() -> Iterator[Figure]:
    """1,000 sockets a side: bursts of twenty changes for the rate, then five changes a second for the delay."""
    tickets = [cast().ticket() for _ in range(max(BURST, PACED))]
    with sides(tickets) as both:
        ours, floor = (Found(side) for side in both)
        for side in both:
            side.audience.open(SOCKETS)
        time.sleep(2)
        for _ in range(ROUNDS):
            for found in (ours, floor):
                found.burst(tickets[:BURST])
                time.sleep(0.5)
        for _ in range(ROUNDS):
            for found in (ours, floor):
                found.pace(tickets[:PACED])
                time.sleep(0.5)
    yield Figure(
        name=f"fan-out to {SOCKETS:,} pages",
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
        at_most=1.3,
        note="the desk reads and renders in this time",
    )
    yield Figure(
        name="from change to page, median",
        ours=statistics.median(ours.delays),
        floor=statistics.median(floor.delays),
        unit="ms",
    )
