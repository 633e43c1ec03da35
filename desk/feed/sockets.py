"""One open page: what it follows, how far it has been told, and what it is told next."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from enum import IntEnum
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings

from desk.feed import frames, registry
from desk.feed.recent import Item
from desk.feed.registry import Viewer

if TYPE_CHECKING:
    from desk.feed.reader import Reader

SLOW_AFTER = 5.0  # seconds in which the other side takes nothing at all
AT_A_TIME = 100  # frames, before other sockets get their turn
_GONE = ("gone",)

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
log = structlog.get_logger(__name__)


class Closing(IntEnum):
    """Why the desk closes a socket."""

    FAILED = 1011
    TOO_LONG = 1009
    LATER = 1013
    SIGNED_OUT = 4401
    ORIGIN = 4403
    SLOW = 4408
    TOO_MANY = 4429


class Socket:
    """Reads from the reader's list at its own pace; what it has not read yet is nowhere else."""

    def __init__(self, *, reader: Reader, viewer: Viewer, session: str, send: Send) -> None:
        self.reader, self.viewer, self.session = reader, viewer, session
        self.checked_at = time.monotonic()
        self.closing: Closing | None = None
        self.language: str = settings.LANGUAGE_CODE
        self._send = send
        self._listener = asyncio.current_task()
        self._lists: tuple[tuple[str, str], ...] = ()
        self._threads: frozenset[str] = frozenset()
        self._asked: tuple[Sequence[str], int | None] | None = None
        self._following = False
        self._place = self._began = 0
        self._told = 0
        self._tally: frames.Tally | None = None
        self._counts = ""
        self._passed_due = False
        self._presence_due: set[str] = set()
        self._sleeping: asyncio.Future[None] | None = None
        self._sending_since: float | None = None

    def follow(self, topics: Sequence[str], *, after: int | None, language: str = settings.LANGUAGE_CODE) -> None:
        """From now on tell of these topics what happened after `after`; topics that do not exist are left out.

        `language` is the page's: its rows are all in one.
        """
        self.language = language
        self._asked = (topics, after)
        self._following = False
        self.wake()

    def close(self, why: Closing) -> None:
        """End this socket from outside; what was not told yet is told to the page's next socket."""
        if self.closing is None and self._listener is not None:
            self.closing = why
            self._listener.cancel()

    def wake(self) -> None:
        if self._sleeping is not None and not self._sleeping.done():
            self._sleeping.set_result(None)

    def tick(self, now: float) -> None:
        if self._sending_since is not None and now - self._sending_since > SLOW_AFTER:
            self.close(Closing.SLOW)
        elif self._following and self._told < self.reader.recent.position:
            self._passed_due = True
            self.wake()

    def tell_presence(self, thread: str) -> None:
        if self._lists or thread in self._threads:
            self._presence_due.add(thread)
            self.wake()

    async def write(self) -> None:
        """Tell the page what there is to tell, as it comes, until it is gone."""
        try:
            while True:
                await self._write()
        except OSError:  # the page has gone; whoever listens is told as well
            return
        except Exception:
            log.exception("feed_socket_failed")
            self.close(Closing.FAILED)

    async def _write(self) -> None:
        if self._asked is not None:
            await self._settle()
        for _ in range(AT_A_TIME):
            text = self._next()
            if text is None:
                self._sleeping = self.reader.loop.create_future()
                await self._sleeping
                return
            self._sending_since = time.monotonic()
            await self._send({"type": "websocket.send", "text": text})
            self._sending_since = None
            self.reader.frames_sent += 1
        await asyncio.sleep(0)

    async def _settle(self) -> None:
        """Find the place in the ledger from which the page wants to go on."""
        while self._asked is not None:
            topics, after = self._asked
            self._asked = None
            await self.reader.fresh()
            place = None if after is None else self.reader.recent.place_after(after)
            if place is not None:
                await self.reader.load_since(place)
        self._follow_topics(topics)
        # A place before the start of the list is told as "begin anew".
        self._place, self._told = (place, after or 0) if place is not None else (-1, 0)
        self._began = self._place
        self._tally, self._counts = None, ""
        self._presence_due = {thread for thread in self.reader.presence.texts if self._lists or thread in self._threads}
        self._following = True

    def _follow_topics(self, topics: Sequence[str]) -> None:
        named = dict.fromkeys(topics)
        self._lists = tuple(
            (called, self.viewer.own.get(called, called)) for called in named if called in registry.lists
        )
        self._threads = frozenset(called for called in named if called.startswith(f"{registry.noun}:"))

    def _next(self) -> str | None:
        """The next thing to tell, or None when all is told."""
        if not self._following:
            return None
        recent = self.reader.recent
        if self._place < recent.start:
            self._place, self._told = recent.end, recent.position
            self._began = self._place
            return frames.resync(recent.position)
        return self._next_change() or self._next_aside()

    def _next_change(self) -> str | None:
        recent = self.reader.recent
        while self._place < recent.end:
            item = recent.at(self._place)
            self._place += 1
            if text := self._change(item):
                self._told = item.seq
                return text
        return None

    def _next_aside(self) -> str | None:
        """Counts, presence, or how far the ledger is: for a page that knows all changes."""
        position = self.reader.recent.position
        counts = self._new_counts()
        if counts or (self._passed_due and self._told < position):
            self._passed_due, self._told = False, position
            return frames.counted(position, counts) if counts else frames.passed(position)
        while self._presence_due:
            if text := self._presence(self._presence_due.pop()):
                return text
        return None

    def _change(self, item: Item) -> str | None:
        """What this person is told of one entry; made once for all who are told the same."""
        if not self._lists and item.thread not in self._threads:
            return None
        row = self.reader.rows.get(item.thread)
        if row is None:
            return None
        if not self.viewer.sees(row.team):
            if not item.moved or not self.viewer.sees(item.was):
                return None
            return self._made(item, _GONE) or self._make(item, _GONE, frames.gone(item))
        key = next((row.lists[name] for _, name in self._lists if name in row.lists), None)
        if item.first is not None and item.first >= self._began:
            key = None  # the row came with the first of these entries, and was then as it is after the last one
        own = tuple(called for called, name in self.viewer.own.items() if name in row.lists)
        # What has no row in it is the same in every language.
        variant = (key, own, None if key is None else self.language)
        return self._made(item, variant) or self._make(
            item, variant, frames.change(item, row, own=own, key=key, language=self.language)
        )

    @staticmethod
    def _made(item: Item, variant: object) -> str | None:
        return item.frames.get(variant)

    def _make(self, item: Item, variant: object, text: str) -> str:
        if not item.frames:
            self.reader.cached.append(item)
        item.frames[variant] = text
        return text

    def _new_counts(self) -> str | None:
        tally = self.reader.tally
        if tally is None or tally is self._tally or not self._lists:
            return None
        self._tally, before = tally, self._counts
        self._counts = tally.text_for(self.viewer)
        return self._counts if self._counts != before else None

    def _presence(self, thread: str) -> str | None:
        row = self.reader.rows.get(thread)
        if row is None or not self.viewer.sees(row.team):
            return None
        return self.reader.presence.texts.get(thread) or frames.presence(thread, {}, {})
