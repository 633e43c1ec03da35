"""One open page: what it follows, how far it has been told, and what it is told next."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from enum import IntEnum
from typing import TYPE_CHECKING

import structlog
from django.conf import settings

from desk.feed import frames, registry
from desk.feed.frames import Frame
from desk.feed.recent import Item, Sort
from desk.feed.registry import Viewer
from desk.feed.wire import Wire

if TYPE_CHECKING:
    from desk.feed.reader import Reader

SLOW_AFTER = 5.0  # seconds in which the other side takes nothing at all
AT_A_TIME = 65_536  # bytes, before other sockets get their turn
_GONE = ("gone",)

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
    """Reads from the reader's list at its own pace; what it has not read yet is nowhere else.

    What a connection takes is written by whoever brings the news, without a turn of the event loop for each socket. A
    task of its own has a socket only while it waits: for the ledger to be read, or for a page that is slow to read.
    """

    def __init__(self, *, reader: Reader, viewer: Viewer, session: str, wire: Wire) -> None:
        self.reader, self.viewer, self.session = reader, viewer, session
        self.checked_at = time.monotonic()
        self.closing: Closing | None = None
        self.language: str = settings.LANGUAGE_CODE
        self._wire = wire
        self._over = False
        self._listener = asyncio.current_task()
        self._lists: tuple[tuple[str, str], ...] = ()
        self._threads: frozenset[str] = frozenset()
        self._sort: Sort | None = None
        self._asked: tuple[Sequence[str], int | None] | None = None
        self._following = False
        self._place = self._began = 0
        self._told = 0
        self._tally: frames.Tally | None = None
        self._counts = ""
        self._passed_due = False
        self._presence_due: set[str] = set()
        self._answers: list[Frame] = []
        self._writer: asyncio.Task[None] | None = None
        self._waiting_since: float | None = None

    def follow(self, topics: Sequence[str], *, after: int | None, language: str = settings.LANGUAGE_CODE) -> None:
        """From now on tell of these topics what happened after `after`; topics that do not exist are left out.

        `language` is the page's: its rows are all in one.
        """
        self.language = language
        self._asked = (topics, after)
        self._following = False
        self.wake()

    def begin_anew(self) -> None:
        """What this person sees may have changed: the page is to load what it shows again, whatever it knew.

        A socket that was opened in between knows the new rights already, and would never be closed for them.
        """
        if self._following:
            self._place = -1

    def answer(self, frame: Frame) -> None:
        """Tell the page something that it asked for, whatever it follows."""
        self._answers.append(frame)
        self.wake()

    def close(self, why: Closing) -> None:
        """End this socket from outside; what was not told yet is told to the page's next socket."""
        if self.closing is None and self._listener is not None:
            self.closing = why
            self._over = True
            self._listener.cancel()

    def leave(self) -> None:
        """The page has gone, or is to be told nothing more."""
        self._over = True
        self.reader.leave(self)
        if self._writer is not None:
            self._writer.cancel()

    def wake(self) -> None:
        """Tell what there is to tell: at once if the connection takes it, and else as it does."""
        if self._writer is None and not self._told_at_once():
            self._writer = self.reader.loop.create_task(self._write())

    def tick(self, now: float) -> None:
        if self._waiting_since is not None and now - self._waiting_since > SLOW_AFTER:
            self.close(Closing.SLOW)
        elif self._following and self._told < self.reader.recent.position:
            self._passed_due = True
            self.wake()

    def tell_presence(self, thread: str) -> None:
        if self._lists or thread in self._threads:
            self._presence_due.add(thread)
            self.wake()

    def _told_at_once(self) -> bool:
        """Write what there is to tell, as long as the connection takes it; says whether nothing is left."""
        wire = self._wire
        if self._over:
            return True
        if not wire.free or (self._asked is not None and not self._answers):
            return False
        try:
            told, all_told = self._news(), True
            if told is None or self._has_aside():
                told, all_told = self._gathered(told or ())
            if told:
                wire.put(told)
                self.reader.frames_sent += len(told)
        except Exception:
            log.exception("feed_socket_failed")
            self.close(Closing.FAILED)
            return True
        return all_told and self._asked is None and wire.free

    def _has_aside(self) -> bool:
        """Whether there may be something to tell that is no change."""
        aside = self._passed_due or self._presence_due or self._answers or self._tally is not self.reader.tally
        return bool(aside)

    def _gathered(self, news: Sequence[Frame]) -> tuple[Sequence[Frame], bool]:
        """These news and what comes next, of about `AT_A_TIME` bytes, and whether that is all."""
        told, size = list(news), sum(len(frame.wire) for frame in news)
        while size < AT_A_TIME:
            if (frame := self._next()) is None:
                return told, True
            told.append(frame)
            size += len(frame.wire)
        return told, False

    def _news(self) -> Sequence[Frame] | None:
        """What came last, if that is all that this page does not know; the same for all pages of its sort."""
        news = self.reader.news
        if self._place != news.since or not self._following or self._answers:
            return None
        if (known := news.told.get(self._sort)) is None:
            place, told = self._place, self._told
            made = list(iter(self._next_change, None))
            known = news.told[self._sort] = (made, sum(len(frame.wire) for frame in made), self._told)
            self._place, self._told = place, told
        made, size, last = known
        if size > AT_A_TIME:
            return None
        self._place = news.until
        if made:
            self._told = last
        return made

    async def _write(self) -> None:
        """Tell the page the rest, until all is told or it is gone."""
        try:
            while not self._told_at_once():
                if self._asked is not None:
                    await self._settle()
                self._waiting_since = time.monotonic()
                await self._wire.drained()
                self._waiting_since = None
                await asyncio.sleep(0)
        except OSError:  # the page has gone; whoever listens is told as well
            return
        except Exception:
            log.exception("feed_socket_failed")
            self.close(Closing.FAILED)
        finally:
            self._writer = None

    async def _settle(self) -> None:
        """Find the place in the ledger from which the page wants to go on."""
        while self._asked is not None:
            topics, after = self._asked
            self._asked = None
            if after is None or after > self.reader.recent.position:
                await self.reader.fresh()
            place = None if after is None else self.reader.recent.place_after(after, self.viewer.id)
            if place is not None:
                await self.reader.load_since(place)
        self._follow_topics(topics)
        # A place before the start of the list is told as "begin anew".
        self._place, self._told = (place, after or 0) if place is not None else (-1, 0)
        self._began = self._place
        self._tally, self._counts = None, ""
        self._presence_due = {
            thread for thread in self.reader.presence.frames if self._lists or thread in self._threads
        }
        self._following = True

    def _follow_topics(self, topics: Sequence[str]) -> None:
        named = dict.fromkeys(topics)
        self._lists = tuple(
            (called, self.viewer.own.get(called, called)) for called in named if called in registry.lists
        )
        self._threads = frozenset(called for called in named if called.startswith(f"{registry.noun}:"))
        own = tuple(self.viewer.own.items())
        self._sort = self.reader.sort_of((self.viewer.sight, own, self._lists, self._threads, self.language))

    def _next(self) -> Frame | None:
        """The next thing to tell, or None when all is told."""
        if self._answers:
            return self._answers.pop(0)
        if not self._following:
            return None
        recent = self.reader.recent
        if self._place < recent.start:
            self._place, self._told = recent.end, recent.position
            self._began = self._place
            return frames.resync(recent.position)
        return self._next_change() or self._next_aside()

    def _next_change(self) -> Frame | None:
        recent = self.reader.recent
        while self._place < recent.end:
            item = recent.at(self._place)
            self._place += 1
            if frame := self._change(item):
                self._told = item.seq
                return frame
        return None

    def _next_aside(self) -> Frame | None:
        """Counts, presence, or how far the ledger is: for a page that knows all changes."""
        position = self.reader.recent.position
        counts = self._new_counts()
        if counts or (self._passed_due and self._told < position):
            self._passed_due, self._told = False, position
            return frames.counted(position, counts) if counts else frames.passed(position)
        while self._presence_due:
            if frame := self._presence(self._presence_due.pop()):
                return frame
        return None

    def _change(self, item: Item) -> Frame | None:
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
        if item.unlisted:
            key = None
        elif item.first is not None and item.first >= self._began:
            key = None  # the row came with the first of these entries, and was then as it is after the last one
        own = tuple(called for called, name in self.viewer.own.items() if name in row.lists)
        # What has no row in it is the same in every language.
        variant = (key, own, None if key is None else self.language)
        return self._made(item, variant) or self._make(
            item, variant, frames.change(item, row, own=own, key=key, language=self.language)
        )

    @staticmethod
    def _made(item: Item, variant: object) -> Frame | None:
        return item.frames.get(variant)

    def _make(self, item: Item, variant: object, frame: Frame) -> Frame:
        if not item.frames:
            self.reader.cached.append(item)
        item.frames[variant] = frame
        return frame

    def _new_counts(self) -> str | None:
        tally = self.reader.tally
        if tally is None or tally is self._tally:
            return None
        self._tally, before = tally, self._counts
        if not self._lists:
            return None
        self._counts = tally.text_for(self.viewer)
        return self._counts if self._counts != before else None

    def _presence(self, thread: str) -> Frame | None:
        row = self.reader.rows.get(thread)
        if row is None or not self.viewer.sees(row.team):
            return None
        return self.reader.presence.frames.get(thread) or frames.presence(thread, {}, {})
