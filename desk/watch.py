"""The watch over running parts: passes on what they say, starts again what dies, ends them in stages.

It waits in one place (`wait`), for signals and for output, and polls nothing while all is well.
"""

from __future__ import annotations

import selectors
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from desk.children import Farewell, adopt, end, end_adopted, ended, reap_adopted
from desk.parts import Part, Supervised, Terminal
from desk.var import CannotStart

_STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_LONGEST_PAUSE = 30.0


class Stopping(Exception):
    """Somebody asked for the stop."""


@dataclass(kw_only=True)
class Watched:
    """A part, whether it is to be started again when it ends, and how that went."""

    part: Supervised
    restarts: bool
    deaths: int = 0
    began: float = field(default_factory=time.monotonic)
    again_at: float | None = None


class Watch:
    """Parts under watch, from `begin` to `end`. Lives in the main thread."""

    def __init__(self) -> None:
        self.terminal = Terminal()
        self.watched: list[Watched] = []
        self._asked_to_stop = False
        self._ending = False
        self._selector = selectors.DefaultSelector()

    def begin(self) -> None:
        """From now on a signal to stop, or the end of a child, wakes `wait`."""
        self._bell, self._rope = socket.socketpair()
        self._bell.setblocking(False)
        self._rope.setblocking(False)
        self._selector.register(self._bell, selectors.EVENT_READ)
        signal.set_wakeup_fd(self._rope.fileno(), warn_on_full_buffer=False)
        for number in _STOPS:
            # `nohup make run` goes on when the terminal closes.
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._ask_to_stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        adopt()

    def launch(self, part: Supervised, *, restarts: bool = True) -> Watched:
        """Start a part and keep it in view."""
        watched = Watched(part=part, restarts=restarts)
        self.watched.append(watched)
        part.launch()
        self._listen(part)
        return watched

    def wait(self, seconds: float | None) -> None:
        """Wait for something to do, at most so long, and do it. Raises Stopping once somebody has asked for that."""
        self._raise_if_asked()
        pauses = [] if seconds is None else [seconds]
        if not self._ending:
            pauses += [max(0.0, one.again_at - time.monotonic()) for one in self.watched if one.again_at]
        if self.terminal.behind:
            pauses.append(0.5)
        for key, _ in self._selector.select(min(pauses, default=None)):
            if isinstance(key.data, Part):
                self._read(key.data)
            else:
                self._hear_bell()
        self.terminal.flush()
        self._raise_if_asked()
        if not self._ending:
            for watched in self.watched:
                self._bring_back(watched)

    def until(self, condition: Callable[[], bool], *, seconds: float, otherwise: str) -> None:
        """Wait until something holds. Raises CannotStart with the sentence `otherwise` after so many seconds."""
        limit, pause = time.monotonic() + seconds, 0.02
        while not condition():
            if time.monotonic() > limit:
                raise CannotStart(otherwise)
            self.wait(pause)
            pause = min(pause * 1.5, 0.25)

    def run_to_end(self, part: Part) -> int:
        """Start a part that ends by itself, wait for that, and return its exit code."""
        watched = self.launch(part, restarts=False)
        while part.child is not None and not ended(part.child):
            self.wait(None)
        self.watched.remove(watched)
        self._drain(part)
        code = part.child.returncode if part.child else 1
        if code:
            self._tell_last_words(part)
        return code

    def end(self, stages: Sequence[Sequence[str]]) -> None:
        """End every part: first those that no stage names, then stage by stage; the parts of one stage together."""
        self._ending = True
        named = {name for stage in stages for name in stage}
        first = [one.part.name for one in self.watched if one.part.name not in named]
        for stage in [first, *stages]:
            parts = [one.part for one in self.watched if one.part.name in stage]
            farewells: dict[subprocess.Popen[bytes], Farewell] = {
                part.child: part.farewell for part in parts if part.child is not None
            }
            end(farewells, wait=self.wait)
            for part in parts:
                self._drain(part)
        end_adopted()
        self.terminal.flush()

    def _ask_to_stop(self, *_: object) -> None:
        self._asked_to_stop = True

    def _raise_if_asked(self) -> None:
        if self._asked_to_stop and not self._ending:
            raise Stopping

    def _hear_bell(self) -> None:
        while True:
            try:
                self._bell.recv(4096)
            except BlockingIOError:
                break
        reap_adopted({one.part.child.pid for one in self.watched if one.part.child})

    def _bring_back(self, watched: Watched) -> None:
        """Start again what has died: the first time at once, then after longer and longer pauses."""
        part, now = watched.part, time.monotonic()
        if watched.restarts and watched.again_at is None and part.child is not None and ended(part.child):
            if now - watched.began > _LONGEST_PAUSE:
                watched.deaths = 0
            pause = min(2.0 ** (watched.deaths - 1), _LONGEST_PAUSE) if watched.deaths else 0.0
            watched.deaths += 1
            watched.again_at = now + pause
            self._drain(part)
            self._tell_last_words(part)
            when = f"starts again in {pause:.0f} s" if pause else "started again"
            self.terminal.say(f"{part.name} died (exit {part.child.returncode}), {when}")
        if watched.again_at is not None and now >= watched.again_at:
            watched.again_at, watched.began = None, now
            try:
                part.launch()
            except (CannotStart, OSError) as error:
                self.terminal.say(f"{part.name} cannot be started: {error}")
            self._listen(part)

    def _listen(self, part: Supervised) -> None:
        if isinstance(part, Part) and part.output is not None:
            self._selector.register(part.output, selectors.EVENT_READ, part)

    def _read(self, part: Part) -> bool:
        """Pass on what a part has written; whether there was something."""
        try:
            lines = part.read()
        except BlockingIOError:
            return False
        except EOFError:
            self._hang_up(part)
            return False
        for line in lines:
            self.terminal.say(f"{part.name}: {line}")
        return True

    def _drain(self, part: Supervised) -> None:
        """Read the rest of what a part wrote before it ended."""
        if isinstance(part, Part):
            while part.output is not None and self._read(part):
                pass
            self._hang_up(part)

    def _hang_up(self, part: Part) -> None:
        if part.output is not None:
            self._selector.unregister(part.output)
            part.close()

    def _tell_last_words(self, part: Supervised) -> None:
        # One that was killed from outside has nothing to say about that.
        if isinstance(part, Part) and part.child is not None and part.child.returncode > 0:
            for line in part.last_words():
                self.terminal.say(f"{part.name}: {line}")
