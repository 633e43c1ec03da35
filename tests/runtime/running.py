"""A desk as a process of its own, for the tests: start it, read what it says, see which processes belong to it."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from desk.children import free_port
from desk.var import REPOSITORY
from tests.first import ENVIRONMENT


class Running:
    """One `python -m <module>` that runs a desk in `var`, as the leader of a session of its own."""

    def __init__(self, var: Path, *, module: str, **environment: str) -> None:
        self.var = var
        self.port = free_port()
        self.said = ""
        of_tests = {*ENVIRONMENT, "DATABASE_URL", "REDIS_URL"}
        given = {name: value for name, value in os.environ.items() if name not in of_tests}
        given |= {"VAR": str(var), "PORT": str(self.port), **environment}
        self.process = subprocess.Popen(
            [sys.executable, "-m", module],
            cwd=REPOSITORY,
            env=given,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def listen(self, until: str, *, seconds: float = 30) -> str:
        """Read on until these words have been said."""
        assert self.process.stdout is not None
        limit = time.monotonic() + seconds
        while until not in self.said:
            left = limit - time.monotonic()
            assert left > 0, f"never said {until!r}, but:\n{self.said}"
            if select.select([self.process.stdout], [], [], left)[0]:
                written = os.read(self.process.stdout.fileno(), 65536)
                assert written, f"ended without {until!r}, after:\n{self.said}"
                self.said += written.decode()
        return self.said

    def run_file(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.var / "run.json").read_text(encoding="utf-8"))
        return found

    def pid_of(self, *words: str) -> int:
        """The one process of this desk whose command line has all these words; waits a while for it."""
        found: list[int] = []

        def one() -> bool:
            found[:] = [pid for pid in processes(self.process.pid) if all(word in command_line(pid) for word in words)]
            return len(found) == 1

        assert eventually(one), f"{len(found)} processes are called {words}"
        return found[0]

    def all_processes(self) -> list[int]:
        return [self.process.pid, *processes(self.process.pid)]

    def stop(self, number: signal.Signals = signal.SIGTERM, *, group: bool = False) -> float:
        """Ask for the stop and wait for it. Returns the seconds that it took."""
        began = time.monotonic()
        (os.killpg if group else os.kill)(self.process.pid, number)
        self.said += self.process.communicate(timeout=20)[0].decode()
        return time.monotonic() - began


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8").replace("\0", " ")
    except OSError:
        return ""


def processes(parent: int) -> list[int]:
    """Every process below this one."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        if fields[0] != "Z":
            parents[int(entry.name)] = int(fields[1])
    found, new = [], [parent]
    while new:
        new = [pid for pid, above in parents.items() if above in new]
        found += new
    return found


def memory(pids: list[int]) -> float:
    """Megabytes that these processes hold, shared pages divided among those who share them."""
    total = 0
    for text in _told(pids, "smaps_rollup"):
        total += next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
    return total / 1024


def seconds_of_work(pids: list[int]) -> float:
    """Of these processes, and of those below them that have ended: PostgreSQL sends out a helper now and then."""
    ticks = sum(sum(map(int, text.rpartition(")")[2].split()[11:15])) for text in _told(pids, "stat"))
    return ticks / os.sysconf("SC_CLK_TCK")


def _told(pids: list[int], file: str) -> Iterator[str]:
    """What the kernel says of each of these processes that is still there."""
    for pid in pids:
        try:
            yield Path(f"/proc/{pid}/{file}").read_text(encoding="utf-8")
        except (FileNotFoundError, ProcessLookupError):
            continue


def alive(pids: list[int]) -> list[int]:
    """Those of these processes that still run; one that has ended and waits to be reaped does not."""
    found = []
    for pid in pids:
        try:
            state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
        except OSError:
            continue
        if state != "Z":
            found.append(pid)
    return found


def eventually(condition: Callable[[], bool], *, seconds: float = 10) -> bool:
    limit = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > limit:
            return False
        time.sleep(0.05)
    return True
