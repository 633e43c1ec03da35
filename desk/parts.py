"""A part: one of the processes that make up a running desk, with its log and what of it a person sees."""

from __future__ import annotations

import os
import re
import select
import subprocess
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from desk.children import Farewell, spawn

_LOUD = re.compile(rb'"level": ?"(warning|error|critical)"|\b(WARNING|ERROR|CRITICAL)\b')
_TRACE = re.compile(rb"Traceback \(most recent call last\):")
_LOG_LIMIT = 20 * 1024 * 1024


class Supervised(Protocol):
    """What the supervisor looks after: parts, and the embedded servers."""

    name: str
    farewell: Farewell
    child: subprocess.Popen[bytes] | None

    def launch(self) -> None: ...


def rotate(log: Path) -> None:
    """Keep the last log beside the new one."""
    if log.exists():
        log.replace(log.with_name(f"{log.name}.1"))


class Part:
    """A process whose output is logged to `<var>/log/<name>.log`; of it, people see warnings, errors and last words."""

    def __init__(
        self,
        *,
        name: str,
        command: Sequence[str | Path],
        environment: Mapping[str, str],
        folder: Path,
        var: Path,
        farewell: Farewell,
    ) -> None:
        self.name = name
        self.command = command
        self.environment = environment
        self.folder = folder
        self.farewell = farewell
        self.child: subprocess.Popen[bytes] | None = None
        self.output: int | None = None
        self.log = var / "log" / f"{name}.log"
        self._started_line = b""
        self._in_trace = False
        self._unseen: deque[str] = deque(maxlen=5)

    def launch(self) -> None:
        """Start the process; from then on `output` wants reading."""
        self.close()
        self._unseen.clear()
        self.output, theirs = os.pipe()
        os.set_blocking(self.output, False)
        try:
            self.child = spawn(self.command, environment=self.environment, output=theirs, folder=self.folder)
        finally:
            os.close(theirs)

    def close(self) -> None:
        if self.output is not None:
            os.close(self.output)
            self.output = None

    def read(self) -> list[str]:
        """Log what the part has written since, and return the lines for people.

        Raises BlockingIOError when there is nothing yet, EOFError when nothing more can come.
        """
        if self.output is None:
            raise EOFError
        if not (written := os.read(self.output, 65536)):
            raise EOFError
        with os.fdopen(os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as log:
            log.write(written)
            full = log.tell() > _LOG_LIMIT
        if full:
            rotate(self.log)
        *lines, self._started_line = (self._started_line + written).split(b"\n")
        if len(self._started_line) > 65536:
            self._started_line = b""
        return [text for line in lines if (text := self._for_people(line))]

    def last_words(self) -> list[str]:
        """The lines before the end that nobody has seen yet."""
        words = list(self._unseen)
        self._unseen.clear()
        return words

    def _for_people(self, line: bytes) -> str | None:
        text = line.decode(errors="replace").rstrip()
        if _TRACE.match(line):
            self._in_trace = True
        elif self._in_trace and line[:1].isspace():
            return None  # where it happened is in the log; what happened is on the last line
        elif self._in_trace or _LOUD.search(line):
            self._in_trace = False
            self._unseen.clear()
            return text
        elif text:
            self._unseen.append(text)
        return None


class Terminal:
    """Standard output for a process that must never wait: what nobody reads in time is dropped, the logs have it."""

    def __init__(self) -> None:
        self._waiting: deque[bytes] = deque(maxlen=1000)

    @property
    def behind(self) -> bool:
        return bool(self._waiting)

    def say(self, line: str) -> None:
        self._waiting.append(f"{line}\n".encode())
        self.flush()

    def flush(self) -> None:
        """Write what can be written without waiting; up to 512 bytes a pipe that is ready always takes."""
        try:
            out = sys.stdout.fileno()
            while self._waiting and select.select([], [out], [], 0)[1]:
                line = self._waiting.popleft()
                if rest := line[os.write(out, line[:512]) :]:
                    self._waiting.appendleft(rest)
        except (OSError, ValueError):
            self._waiting.clear()  # the terminal is gone, the desk goes on
