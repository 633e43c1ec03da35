"""One process of a desk under test."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from signal import SIGKILL, Signals
from typing import IO

from desk.var import REPOSITORY


class Program:
    """Started as `make run` starts it; what it says goes to `log`."""

    def __init__(self, name: str, command: Sequence[str | Path], environment: Mapping[str, str], log: Path) -> None:
        self.name, self.log = name, log
        self._command, self._environment = command, environment
        self._output: IO[bytes] | None = None
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def pid(self) -> int:
        assert self.process is not None, f"{self.name} does not run"
        return self.process.pid

    def start(self) -> None:
        self._output = self.log.open("ab")
        self.process = subprocess.Popen(
            self._command, cwd=REPOSITORY, env=dict(self._environment), stdin=subprocess.DEVNULL, stdout=self._output,
            stderr=subprocess.STDOUT, start_new_session=True,
        )

    def kill(self, number: Signals = SIGKILL) -> None:
        """End it; by default as a crash would."""
        if self.process is not None:
            if self.process.poll() is None:
                self.process.send_signal(number)
                try:
                    self.process.wait(8)
                except subprocess.TimeoutExpired:
                    self.process.kill()
                    self.process.wait(5)
            self.process = None
        if self._output is not None:
            self._output.close()
            self._output = None

    def restart(self) -> None:
        self.kill()
        self.start()
