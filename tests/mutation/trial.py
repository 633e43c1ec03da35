"""The tests, run once as they are and then against one mutant after the other."""

from __future__ import annotations

import functools
import gc
import importlib
import math
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from tests.mutation.mutants import Mutant, code_of, functions, mutants, reporting

Line = tuple[str, int]
MOST_SECONDS = 12.0
"""Of tests for one mutant, the quickest first. One that outlives them counts as not noticed."""
NOT_VIABLE = 3
LONGEST_SETUP = 2.0  # of one test; what takes longer is made once for all of them


@dataclass
class Score:
    """What became of a file's mutants; `alive` are those that no test noticed."""

    made: int = 0
    killed: int = 0
    alive: list[Mutant] = field(default_factory=list)

    @property
    def tried(self) -> int:
        return self.killed + len(self.alive)

    @property
    def share(self) -> float:
        return self.killed / self.tried if self.tried else 1.0


class Trial:
    """A plugin of pytest that takes the place of its loop over the tests."""

    def __init__(self, paths: Sequence[Path], *, seconds: float) -> None:
        self.scores = {path: Score() for path in paths}
        self.broken = "the tests did not run"
        self._seconds = seconds
        self._reached: set[Line] = set()
        self._tests: dict[Line, list[tuple[float, Any]]] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            self.broken = "tests could not be collected"
            return True
        began = time.monotonic()
        self.broken = self._run_clean(session)
        if not self.broken:
            now = time.monotonic()
            _say(f"{len(session.items)} tests hold as they are, {now - began:.0f} s")
            self._try_all(session, until=now + self._seconds)
            _say(f"{sum(score.tried for score in self.scores.values())} mutants, {time.monotonic() - now:.0f} s")
        return True

    def _run_clean(self, session: pytest.Session) -> str:
        """Each test once, noting which lines it reaches and how long it takes. Returns what is wrong with them, if anything."""
        for path in self.scores:
            module = _module_of(path)
            module.__reached__ = lambda *line: self._reached.add(line)
            _exchange(module.__name__, functions(reporting(path)))
        for item in session.items:
            self._reached.clear()
            _forget_answers(self.scores)
            reports = runtestprotocol(item, log=False, nextitem=session)  # type: ignore[arg-type] - only where to tear down to
            if any(report.failed for report in reports):
                return f"{item.nodeid} fails as things are"
            takes = sum(
                min(report.duration, LONGEST_SETUP if report.when == "setup" else math.inf) for report in reports
            )
            for line in self._reached:
                self._tests.setdefault(line, []).append((takes, item))
        for path in self.scores:
            code = compile(path.read_text(encoding="utf-8"), str(path), "exec")
            _exchange(_module_of(path).__name__, functions(code))
        return ""

    def _try_all(self, session: pytest.Session, *, until: float) -> None:
        everything = [mutant for path in self.scores for mutant in mutants(path)]
        for mutant in everything:
            self.scores[mutant.path].made += 1
        # The same order each time, so that a run that had to end early is a sample, and the same one.
        random.Random(6962).shuffle(everything)
        _close_connections()
        _forget_answers(self.scores)
        for mutant in everything:
            if time.monotonic() > until:
                return
            score = self.scores[mutant.path]
            match self._try(session, mutant):
                case "killed":
                    score.killed += 1
                case "alive":
                    score.alive.append(mutant)

    def _try(self, session: pytest.Session, mutant: Mutant) -> str:
        reached = sorted(self._tests.get((str(mutant.path), mutant.statement), []), key=lambda pair: pair[0])
        items, seconds = [], 0.0
        for takes, item in reached:
            seconds += takes
            if items and seconds > MOST_SECONDS:
                break
            items.append(item)
        if not items:
            return "alive"
        code = _ended(lambda: self._in_child(session, mutant, items), limit=10 + 2 * min(seconds, MOST_SECONDS))
        return {0: "alive", NOT_VIABLE: "not viable"}.get(code, "killed")

    def _in_child(self, session: pytest.Session, mutant: Mutant, items: Sequence[Any]) -> int:
        try:
            _exchange(_module_of(mutant.path).__name__, functions(code_of(mutant)), only=mutant.function)
        except (SyntaxError, ValueError):
            return NOT_VIABLE
        for item in items:
            if any(report.failed for report in runtestprotocol(item, log=False, nextitem=session)):  # type: ignore[arg-type]
                return 1
        return 0


def _ended(what: Callable[[], int], *, limit: float) -> int:
    """Its result, from a process of its own; one that does not end is ended, with all that it started."""
    child = os.fork()
    if not child:
        code = 1
        try:
            os.setsid()
            nowhere = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(nowhere, stream)
            code = what()
        finally:
            os._exit(code)
    deadline = time.monotonic() + limit
    pause = 0.001
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(pause)
        pause = min(0.05, pause * 1.5)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return 1


def _module_of(path: Path) -> Any:
    return importlib.import_module(".".join(path.with_suffix("").parts).removesuffix(".__init__"))


def _functions_of(name: str) -> Iterator[FunctionType]:
    """The function objects of a module, wherever they are: whoever imported them by name has the same ones."""
    for each in gc.get_objects():
        if type(each) is FunctionType and each.__module__ == name and "<locals>" not in each.__qualname__:
            yield each


def _exchange(name: str, codes: dict[tuple[str, int], CodeType], *, only: str = "") -> None:
    """Give functions of a module other code, of the same name at the same line."""
    for each in list(_functions_of(name)):
        code = codes.get((each.__code__.co_qualname, each.__code__.co_firstlineno))
        if code is not None and (not only or each.__code__.co_qualname == only):
            each.__code__ = code


def _forget_answers(paths: Sequence[Path] | dict[Path, Score]) -> None:
    """What functions of these files remember of earlier calls."""
    names = {_module_of(path).__name__ for path in paths}
    for each in gc.get_objects():
        # Not isinstance: asked of what is lazy, it would wake it.
        if type(each) is functools._lru_cache_wrapper and each.__module__ in names:
            each.cache_clear()


def _close_connections() -> None:
    """A forked process must not talk on its parent's connections."""
    from django.db import connections

    for each in connections.all():
        each.close()
        each.close_pool()


def _say(what: str) -> None:
    sys.__stdout__.write(f"{what}\n")  # type: ignore[union-attr]
    sys.__stdout__.flush()  # type: ignore[union-attr]
