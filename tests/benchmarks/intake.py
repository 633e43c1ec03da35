"""A ticket through the API, against a plain create view that writes the same rows in the same server process."""

from __future__ import annotations

import http.client
import json
import os
from collections.abc import Iterator

from tests.benchmarks import plain
from tests.benchmarks.measuring import in_turns
from tests.benchmarks.staging import cast
from tests.benchmarks.table import Figure
from tests.chaos.calling import QUESTION
from tests.feed.live import LiveProcess

WARM, TIMES = 40, 400


class Program:
    """A client with a token and one connection that stays open, as a well-made one has."""

    def __init__(self, port: int, token: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._sent = 0

    def open_ticket(self, path: str) -> None:
        """A ticket of a customer who writes for the first time."""
        self._sent += 1
        customer = {"email": f"customer{self._sent}@example.com", "name": "Carla Jones"}
        wish = {"subject": "Where is my refund?", "body": QUESTION, "language": "en", "customer": customer}
        self._connection.request("POST", path, json.dumps(wish), self._headers)
        answer = self._connection.getresponse()
        text = answer.read()
        assert answer.status == 201, text


def measure() -> Iterator[Figure]:
    plain.lay()
    token = cast().token(cast().ada, "tickets:write", service="shop")
    server = LiveProcess(os.environ["DATABASE_URL"], application="tests.benchmarks.plain_asgi:application")
    try:
        program = Program(server.port, token)
        program.open_ticket("/api/v1/tickets/")
        rows = 2 + len(plain.pattern())
        ours, floor = in_turns(
            lambda: program.open_ticket("/api/v1/tickets/"),
            lambda: program.open_ticket("/plain/tickets/"),
            times=TIMES,
            warm=WARM,
        )
    finally:
        server.stop()
    yield Figure(
        name="intake through the API, median",
        ours=ours.median,
        floor=floor.median,
        unit="ms",
        at_most=2.5,
        note=f"{rows} rows each",
    )
    yield Figure(name="intake through the API, p99", ours=ours.p99, floor=floor.p99, unit="ms")
