"""The stand-in model as a process, for every test that needs a model on the wire."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any


@dataclass
class StandIn:
    """A running stand-in; `misbehave` and `behave` steer it, `seen` says what it was asked."""

    base_url: str
    process: subprocess.Popen[str]

    @property
    def _control(self) -> str:
        return self.base_url.removesuffix("/v1") + "/control"

    def misbehave(self, fault: str, *, times: int | None = None, seconds: float | None = None) -> None:
        self._post({"fault": fault, "times": times, "seconds": seconds})

    def behave(self) -> None:
        """Good again, with its memory empty."""
        request = urllib.request.Request(self._control, method="DELETE")
        urllib.request.urlopen(request, timeout=5).close()

    def seen(self) -> dict[str, Any]:
        with urllib.request.urlopen(self._control, timeout=5) as answer:
            return json.load(answer)

    def _post(self, body: dict[str, Any]) -> None:
        request = urllib.request.Request(
            self._control, json.dumps(body).encode(), {"Content-Type": "application/json"}, method="POST"
        )
        urllib.request.urlopen(request, timeout=5).close()


@contextmanager
def started() -> Iterator[StandIn]:
    process = subprocess.Popen(
        [sys.executable, "-m", "conversations.drafting.standin", "--port", "0"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    try:
        yield StandIn(line.strip().rpartition(" ")[2], process)
    finally:
        process.terminate()
        process.wait(10)
