"""Who is behind a socket: asked when it opens, every half minute, and when an entry says that rights have changed.

The pages of a person that come at once, as after a restart, are let in by one answer.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Coroutine, Iterable
from typing import TYPE_CHECKING, Any

import structlog
from django.db import DatabaseError

from desk.feed import registry
from desk.feed.reading import Reading
from desk.feed.registry import Viewer

if TYPE_CHECKING:
    from desk.feed.sockets import Socket

CHECK_EVERY = 30.0  # seconds
AFTER_AN_ENTRY = (0.0, 0.3, 1.5)
"""Seconds. Once is not enough: Django ends a session only after the sign-out has been recorded."""

GOOD_FOR = 0.5  # seconds
"""After which who is behind a session is looked up again for the next socket: all pages of a person come back at once. Less
than the last of AFTER_AN_ENTRY, by which every socket that was let in by an old answer is looked at again."""

log = structlog.get_logger(__name__)


class Sessions:
    """Looks up viewers, many at once; `close` is called for a socket whose session is over or sees something else."""

    def __init__(self, reading: Reading, *, close: Callable[[Socket], None]) -> None:
        self._reading, self._close = reading, close
        self._asked: dict[str, asyncio.Future[Viewer | None]] = {}
        self._known: dict[str, tuple[float, Viewer]] = {}
        self._answering = False
        self._tasks: set[asyncio.Task[None]] = set()

    def known(self, session: str) -> Viewer | None:
        """Who is signed in with this session, if that was looked up just now."""
        until, viewer = self._known.get(session, (0.0, None))
        return viewer if time.monotonic() < until else None

    async def viewer(self, session: str) -> Viewer | None:
        """Who is signed in with this session; None when nobody is. Raises DatabaseError when it cannot be found out."""
        if session not in self._asked:
            self._asked[session] = asyncio.get_running_loop().create_future()
            if not self._answering:
                self._answering = True
                self._start(self._answer())
        return await asyncio.shield(self._asked[session])

    def check_due(self, sockets: Iterable[Socket]) -> None:
        now = time.monotonic()
        if due := [socket for socket in sockets if socket.checked_at + CHECK_EVERY <= now]:
            for socket in due:
                socket.checked_at = now
            self._start(self._check(due))

    def check_people(self, people: Collection[str], sockets: Collection[Socket]) -> None:
        """Look again at all sockets of these people, at once and shortly after."""
        self._known = {session: known for session, known in self._known.items() if known[1].id not in people}
        self._start(self._check_soon(people, sockets))

    def stop(self) -> None:
        for task in self._tasks:
            task.cancel()

    async def _answer(self) -> None:
        """Answer everybody who asks; those who ask while others are answered share the next answer."""
        await asyncio.sleep(0)
        while self._asked:
            asked, self._asked = self._asked, {}
            try:
                found = await self._reading.run(registry.load_viewers, list(asked))
            except Exception as error:  # noqa: BLE001 - it belongs to those who wait
                for future in asked.values():
                    future.set_exception(error)
                    future.exception()  # one of them may have gone
                continue
            now = time.monotonic()
            self._known = {session: known for session, known in self._known.items() if now < known[0]}
            self._known |= {session: (now + GOOD_FOR, viewer) for session, viewer in found.items()}
            for session, future in asked.items():
                future.set_result(found.get(session))
        self._answering = False

    async def _check_soon(self, people: Collection[str], sockets: Collection[Socket]) -> None:
        began = time.monotonic()
        for after in AFTER_AN_ENTRY:
            await asyncio.sleep(began + after - time.monotonic())
            await self._check([socket for socket in sockets if socket.viewer.id in people])

    async def _check(self, sockets: Collection[Socket]) -> None:
        if not sockets:
            return
        try:
            found = await self._reading.run(registry.load_viewers, {socket.session for socket in sockets})
        except DatabaseError as error:
            # Nothing can be read now, by anybody; the next look is soon.
            log.warning("feed_sessions_unchecked", reason=type(error).__name__)
            for socket in sockets:
                socket.checked_at -= CHECK_EVERY - 2
            return
        for socket in sockets:
            viewer = found.get(socket.session)
            if viewer is None or viewer.stamp != socket.viewer.stamp:
                self._close(socket)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
