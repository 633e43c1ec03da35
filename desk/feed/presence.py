"""Who is looking at a thread, who is writing and who has it: the only news on a socket that is no entry of the ledger.

Each process tells the others what is so in it, as a whole, on every change and every few seconds; what is not repeated
is over. Nothing depends on it.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk.feed import frames
from desk.feed.registry import Team

if TYPE_CHECKING:
    from desk.feed.sockets import Socket

TYPING_FOR = 6.0  # seconds
REPEAT_EVERY = 5.0
GOOD_FOR = 12.0
MOST_ELSEWHERE = 5_000

People = dict[str, str]
"""Names by id."""


@dataclass(frozen=True, slots=True)
class _Elsewhere:
    viewing: People
    typing: People
    until: float


class Presence:
    """`frames` is the present frame of every thread that somebody is at."""

    def __init__(self, *, tell: Callable[[str], None], say: Callable[[str], None]) -> None:
        self.frames: dict[str, frames.Frame] = {}
        self._tell, self._say = tell, say
        self._process = secrets.token_hex(6)
        self._viewing: dict[Socket, str] = {}
        self._typing: dict[Socket, tuple[str, float]] = {}
        self._elsewhere: dict[tuple[str, str], _Elsewhere] = {}
        self._said: dict[str, str] = {}
        self._claims: Mapping[str, tuple[str, str]] = {}
        self._repeat_at = 0.0

    def view(self, socket: Socket, thread: str | None) -> None:
        """This page shows the thread from now on, and no other; None: none."""
        before = self._viewing.pop(socket, None)
        if thread is not None:
            self._viewing[socket] = thread
        self._changed({each for each in (before, thread) if each})

    def type(self, socket: Socket, thread: str) -> None:
        """Somebody writes there now, and for a few seconds more."""
        before = self._typing.get(socket)
        self._typing[socket] = (thread, time.monotonic() + TYPING_FOR)
        self._changed({thread, *([before[0]] if before else [])})

    def leave(self, socket: Socket) -> None:
        typed = self._typing.pop(socket, None)
        viewed = self._viewing.pop(socket, None)
        self._changed({each for each in (viewed, typed[0] if typed else None) if each})

    def leave_unseen(self, thread: str, team: Team) -> None:
        """The thread moved to a team: who may not see it any more is not there any more."""
        for socket in self._at(thread):
            if not socket.viewer.sees(team):
                self.leave(socket)

    def claimed(self, found: Mapping[str, tuple[str, str]]) -> None:
        """Who has which thread now; every process reads it from the same rows."""
        before, self._claims = self._claims, found
        self._changed({thread for thread in before.keys() | found.keys() if before.get(thread) != found.get(thread)})

    def hear(self, message: str) -> str | None:
        """What another process says; returns the thread that it is about."""
        try:
            said = json.loads(message)
            sender = str(said["from"])
            if sender == self._process:
                return None
            if said.get("hello"):
                self._repeat_at = 0.0
                return None
            thread = str(said["thread"])
            found = _Elsewhere(_people(said["viewing"]), _people(said["typing"]), time.monotonic() + GOOD_FOR)
        except (ValueError, KeyError, TypeError, AttributeError):
            return None
        if found.viewing or found.typing:
            if len(self._elsewhere) < MOST_ELSEWHERE:
                self._elsewhere[sender, thread] = found
        else:
            self._elsewhere.pop((sender, thread), None)
        self._changed({thread})
        return thread

    def greet(self) -> None:
        """Ask the other processes to say what is so in them, and say it oneself."""
        self._say(json.dumps({"from": self._process, "hello": True}))
        self._repeat_at = 0.0

    def tick(self) -> None:
        """Once a second: what is over is over, what stands is repeated now and then."""
        now = time.monotonic()
        over = {socket: thread for socket, (thread, until) in self._typing.items() if until <= now}
        for socket in over:
            del self._typing[socket]
        silent = [key for key, found in self._elsewhere.items() if found.until <= now]
        for key in silent:
            del self._elsewhere[key]
        self._changed({*over.values(), *(thread for _, thread in silent)})
        if now >= self._repeat_at:
            self._repeat_at = now + REPEAT_EVERY
            for message in self._said.values():
                self._say(message)

    def _changed(self, threads: Collection[str]) -> None:
        for thread in threads:
            viewing, typing = self._here(thread)
            self._tell_others(thread, viewing, typing)
            for (_, at), found in self._elsewhere.items():
                if at == thread:
                    viewing |= found.viewing
                    typing |= found.typing
            claim = self._claims.get(thread)
            frame = frames.presence(thread, viewing, typing, claim) if viewing or typing or claim else None
            before = self.frames.get(thread)
            if (frame and frame.text) == (before and before.text):
                continue
            if frame is None:
                del self.frames[thread]
            else:
                self.frames[thread] = frame
            self._tell(thread)

    def _tell_others(self, thread: str, viewing: People, typing: People) -> None:
        message = json.dumps({"from": self._process, "thread": thread, "viewing": viewing, "typing": typing})
        if viewing or typing:
            if self._said.get(thread) == message:
                return
            self._said[thread] = message
        elif self._said.pop(thread, None) is None:
            return
        self._say(message)

    def _here(self, thread: str) -> tuple[People, People]:
        viewing = {socket.viewer.id: socket.viewer.name for socket, at in self._viewing.items() if at == thread}
        typing = {socket.viewer.id: socket.viewer.name for socket, (at, _) in self._typing.items() if at == thread}
        return viewing, typing

    def _at(self, thread: str) -> set[Socket]:
        return {socket for socket, at in self._viewing.items() if at == thread} | {
            socket for socket, (at, _) in self._typing.items() if at == thread
        }


def _people(said: dict[str, str]) -> People:
    return {str(key): str(name) for key, name in list(said.items())[:100]}
