"""One process of a desk under test."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from signal import SIGKILL, SIGTERM

from desk.children import Farewell, end, ended, spawn
from desk.var import REPOSITORY


class Program:
    """Started as `make run` starts it; what it says goes to `log`. It dies with the thread that starts it."""

    def __init__(self, name: str, command: Sequence[str | Path], environment: Mapping[str, str], log: Path) -> None:
        self.name, self.log = name, log
        self._command, self._environment = command, environment
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        return self._child is not None and not ended(self._child)

    @property
    def pid(self) -> int:
        assert self._child is not None, f"{self.name} does not run"
        return self._child.pid

    def start(self) -> None:
        output = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            self._child = spawn(self._command, environment=self._environment, output=output, folder=REPOSITORY)
        finally:
            os.close(output)

    def stop(self) -> None:
        """Ask for the end and wait for it, with the patience of `make run`."""
        self._end(Farewell(signals=((0, SIGTERM),), patience=6))

    def kill(self) -> None:
        """End it as a crash would."""
        self._end(Farewell(signals=((0, SIGKILL),), patience=5))

    def _end(self, farewell: Farewell) -> None:
        if self._child is not None:
            end({self._child: farewell})
