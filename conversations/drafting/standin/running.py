"""Runs the stand-in in a process of its own, for as long as a test or a measurement needs it."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class RunningStandIn:
    """A stand-in that is up: `base_url` is what an OpenAI client takes, `pid` its process."""

    base_url: str
    pid: int

    def misbehave(self, fault: str | None, *, times: int | None = None, seconds: float | None = None) -> None:
        """Asks for a fault from now on; None asks for none."""
        self._control("POST", {"fault": fault, "times": times, "seconds": seconds})

    def state(self) -> dict[str, Any]:
        """How many requests came, how many were answered badly, and the exact bodies of the last ones."""
        return self._control("GET")

    def forget(self) -> None:
        """No fault, and all counts at nought."""
        self._control("DELETE")

    def _control(self, method: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        address = self.base_url.removesuffix("/v1") + "/control"
        written = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(address, data=written, method=method)  # noqa: S310 - an address of our own
        with urllib.request.urlopen(request, timeout=5) as response:  # noqa: S310
            state: dict[str, Any] = json.load(response)
        return state


@contextmanager
def running_standin(*, port: int = 0) -> Iterator[RunningStandIn]:
    """A stand-in on a free port (or the given one), stopped at the end. Raises RuntimeError where it does not start."""
    command = [sys.executable, "-m", "conversations.drafting.standin", "--port", str(port)]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            if " listens on " not in line:
                raise RuntimeError("The stand-in did not start.")
            yield RunningStandIn(line.split()[-1], process.pid)
        finally:
            process.terminate()
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
