"""Programs and people that call the API of a desk which may be gone, slow, or back in a moment."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")

QUESTION = "When will my refund be paid to my payment method? The parcel reached your warehouse two weeks ago."


@dataclass(frozen=True)
class Answer:
    """What the desk answered. Status 0: nothing whole came back."""

    status: int
    body: Any
    seconds: float


@dataclass(frozen=True)
class Caller:
    """Somebody with a token; each call is a connection of its own."""

    origin: str
    token: str

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        key: str = "",
        raw: bytes | None = None,
        timeout: float = 30,
    ) -> Answer:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        content = raw if raw is not None else None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.origin}/api/v1/{path}", content, headers, method=method)
        began = time.monotonic()
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                status, text = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read()
        except (OSError, http.client.HTTPException):
            return Answer(0, None, time.monotonic() - began)
        return Answer(status, json.loads(text), time.monotonic() - began)

    def open_ticket(self, address: str, *, key: str = "", **more: object) -> Answer:
        wish = {
            "subject": "Where is my refund?",
            "body": QUESTION,
            "language": "en",
            "customer": {"email": address, "name": "Carla Jones"},
            **more,
        }
        return self.call("POST", "tickets/", wish, key=key)

    def opened(self, address: str, **more: object) -> int:
        """The number of a new ticket."""
        answer = self.open_ticket(address, **more)
        assert answer.status == 201, answer
        return int(answer.body["number"])

    def write(self, number: int, body: str) -> Answer:
        """A further message of the customer."""
        return self.call("POST", f"tickets/{number}/messages/", {"body": body, "from": "customer"})

    def approve(self, draft: int, *, version: int = 2) -> Answer:
        return self.call("POST", f"drafts/{draft}/approve/", {"version": version})

    def well(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.origin}/health/ready", timeout=5) as answer:
                return bool(answer.status == 200)
        except (OSError, http.client.HTTPException):
            return False


class Burst(Generic[T]):
    """Something that is done many times in the background, while the test sees to the faults."""

    def __init__(self, count: int, do: Callable[[int], T], crowd: ThreadPoolExecutor) -> None:
        self._doing = [crowd.submit(do, number) for number in range(count)]

    def wait_for(self, count: int, *, within: float = 30) -> None:
        """Return when so many are done."""
        limit = time.monotonic() + within
        while sum(each.done() for each in self._doing) < count:
            assert time.monotonic() < limit, f"{sum(each.done() for each in self._doing)} of {count} within {within} s"
            time.sleep(0.01)

    def results(self) -> list[T]:
        return [each.result() for each in self._doing]


@contextmanager
def in_background(count: int, do: Callable[[int], T], *, clients: int) -> Iterator[Burst[T]]:
    """Begin to do something many times, so many at a time; the block ends when all is done."""
    with ThreadPoolExecutor(clients) as crowd:
        burst = Burst(count, do, crowd)
        try:
            yield burst
        except BaseException:
            crowd.shutdown(wait=False, cancel_futures=True)
            raise


def at_once(count: int, do: Callable[[int], T], *, clients: int = 8) -> list[T]:
    """Do something many times, so many at a time; what came of it in the order of the numbers."""
    with ThreadPoolExecutor(clients) as crowd:
        return list(crowd.map(do, range(count)))
