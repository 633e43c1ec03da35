"""The one reader of a process: reads what is new in the ledger, in order, and renders each row once for all sockets."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Coroutine, Hashable, Iterable
from typing import Any
from weakref import WeakValueDictionary

import structlog

from desk.feed import metrics, registry
from desk.feed.entries import Batch, load_rows, read_after, read_first
from desk.feed.frames import Tally
from desk.feed.listening import Listening
from desk.feed.presence import Presence
from desk.feed.reading import PLANNED_ONCE, Reading
from desk.feed.recent import BEHIND, Item, News, Recent, Sort
from desk.feed.registry import Row, Viewer
from desk.feed.sessions import Sessions
from desk.feed.sockets import Closing, Socket
from desk.turns import take_turns_quickly

LOOK_EVERY = 1.0  # seconds, without a hint
CLAIMS_AFTER = 0.2  # seconds at least between two looks at who has what
COUNT_AFTER = 0.05  # seconds after a change: Python's lock would make its fan-out wait for the counting
COUNT_EVERY = 0.7  # seconds at least between two countings; longer when counting takes long
LINGER = 30.0  # seconds after the last socket: the next page is often one click away
MOST_ROWS = 4_000
IN_ONE_TURN = 100  # sockets, before the event loop gets its turn
NO_NEWS = News(since=-2, until=-2)  # no page is there

log = structlog.get_logger(__name__)
_reader: Reader | None = None


class Reader:
    """Lives from the first socket to shortly after the last. All of it runs on the event loop, but for what is read."""

    def __init__(self) -> None:
        self.recent = Recent()
        self.news = NO_NEWS
        self._sorts: WeakValueDictionary[Hashable, Sort] = WeakValueDictionary()
        self.rows: dict[str, Row] = {}
        self.tally: Tally | None = None
        self.sockets: set[Socket] = set()
        self._pages: Counter[str] = Counter()
        self._reading, self._aside = Reading("feed-reading", PLANNED_ONCE), Reading("feed-aside")
        self.listening = Listening(on_hint=self._hear_hint, on_presence=self._hear_presence, on_return=self._greet)
        self.presence = Presence(tell=self._tell_presence, say=self.listening.say)
        self.sessions = Sessions(self._aside, close=lambda socket: socket.close(Closing.SIGNED_OUT))
        self.loop = asyncio.get_running_loop()
        self.cached: list[Item] = []
        self.frames_sent = 0
        self._hint, self._claims_due = asyncio.Event(), asyncio.Event()
        self._waiting: list[asyncio.Future[None]] = []
        self._started = False
        self.reading = asyncio.Event()
        self._quiet = asyncio.Event()  # while no change is on its way to the sockets
        self._quiet.set()
        self._uncounted = asyncio.Event()
        self._uncounted.set()
        # Rows of items from this place on are there; those of older ones are loaded for whoever catches up on them.
        self._rows_from = 0
        self._ending: asyncio.TimerHandle | None = None
        self.stopped = False
        self._tasks: set[asyncio.Task[None]] = set()
        take_turns_quickly()
        talking = (self.listening.hear(), self.listening.speak())
        for work in (self._read(), self._count(), self._look_at_claims(), self._tick(), *talking):
            self._start(work)

    @staticmethod
    def here() -> Reader:
        """The reader of this process; started when there is none."""
        global _reader
        if _reader is None or _reader.loop is not asyncio.get_running_loop():
            _reader = Reader()
        _reader._end_if_alone_later()
        return _reader

    def join(self, socket: Socket) -> None:
        self.sockets.add(socket)
        self._pages[socket.viewer.id] += 1
        metrics.sockets.set(len(self.sockets))

    def leave(self, socket: Socket) -> None:
        if socket in self.sockets:
            self.sockets.discard(socket)
            self._pages -= Counter([socket.viewer.id])
        self.presence.leave(socket)
        metrics.sockets.set(len(self.sockets))
        if not self.sockets:
            self._end_if_alone_later()

    def pages_of(self, viewer: Viewer) -> int:
        """How many sockets this person has here."""
        return self._pages[viewer.id]

    def sort_of(self, page: Hashable) -> Sort:
        """The sort of pages that these words describe; kept as long as there is such a page."""
        return self._sorts.setdefault(page, Sort())

    @property
    def languages(self) -> set[str]:
        """Those that open pages are written in."""
        return {socket.language for socket in self.sockets}

    def wake(self) -> None:
        """Something was committed."""
        self._hint.set()

    def _hear_hint(self) -> None:
        """What has no entry, such as that something was read, may be counted as well."""
        self._uncounted.set()
        self.wake()

    async def fresh(self) -> None:
        """Return when everything has been read that is committed now."""
        waiting: asyncio.Future[None] = self.loop.create_future()
        self._waiting.append(waiting)
        self.wake()
        await waiting

    async def load_since(self, place: int) -> None:
        """See to it that the rows of all items from this place on are there."""
        if place < self._rows_from:
            threads = dict.fromkeys(item.thread for item in self.recent.since(place))
            await self.load(threads)
            if place >= self.recent.start:
                self._rows_from = min(self._rows_from, place)

    async def load(self, threads: Iterable[str]) -> None:
        """Load rows that are not here yet."""
        if missing := [thread for thread in threads if thread not in self.rows]:
            self.rows |= await self._reading.run(load_rows, missing, self.languages)

    def stop(self) -> None:
        global _reader
        if _reader is self:
            _reader = None
        self.stopped = True
        for task in self._tasks:
            task.cancel()
        self.sessions.stop()
        self._reading.stop()
        self._aside.stop()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = self.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _read(self) -> None:
        while True:
            waiting, self._waiting = self._waiting, []
            self._hint.clear()
            self._quiet.clear()
            try:
                more = await self._read_on()
            except Exception as error:  # noqa: BLE001 - the database may be away for a while; sockets stay and get it all later
                self._quiet.set()
                metrics.faults.inc()
                log.warning("feed_reading_failed", reason=type(error).__name__)
                self._waiting += waiting
                await asyncio.sleep(LOOK_EVERY / 2)
                continue
            if more:
                self._waiting += waiting
                continue
            self._quiet.set()
            self._claims_due.set()
            for each in waiting:
                if not each.done():
                    each.set_result(None)
            try:
                async with asyncio.timeout(LOOK_EVERY):
                    await self._hint.wait()
            except TimeoutError:
                continue

    async def _read_on(self) -> bool:
        """Read what is new and hand it to the sockets; says whether there is more."""
        if not self._started:
            batch = await self._reading.run(read_first)
            floor = max(0, batch.head - BEHIND)
            self.recent.restart(batch.head, floor=floor, items=batch.items, rights=batch.rights)
            self.news = NO_NEWS
            self._rows_from = self.recent.end
            self._started = True
            self._uncounted.set()
            self.reading.set()
            await self._tell_sockets()
        else:
            batch = await self._reading.run(read_after, self.recent.position, self.languages, self.rows)
        if batch.head < self.recent.position:
            # A restored backup: another ledger. All that is known here is void, and every page begins anew.
            self._started = False
            self.rows.clear()
            return True
        if batch.head > self.recent.position:
            self._take(batch)
            await self._tell_sockets()
            if batch.items:
                self._uncounted.set()
        return batch.more

    async def _count(self) -> None:
        """Count again after changes."""
        while True:
            await self._uncounted.wait()
            await asyncio.sleep(COUNT_AFTER)
            await self._quiet.wait()
            self._uncounted.clear()
            began = time.monotonic()
            try:
                self.tally = Tally(await self._aside.run(registry.load_counts))
            except Exception as error:  # noqa: BLE001 - as above
                log.warning("feed_counting_failed", reason=type(error).__name__)
                self._uncounted.set()
            await self._tell_sockets(give_way=True)
            await asyncio.sleep(max(COUNT_EVERY, 10 * (time.monotonic() - began)))

    async def _look_at_claims(self) -> None:
        """Who has what ends by itself, so that it is looked at every second as well."""
        while True:
            await self._quiet.wait()
            self._claims_due.clear()
            try:
                found = await self._aside.run(registry.load_claims)
                await self.load(found)
                self.presence.claimed(found)
            except Exception as error:  # noqa: BLE001 - as above
                log.info("feed_claims_unseen", reason=type(error).__name__)
            await asyncio.sleep(CLAIMS_AFTER)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY):
                    await self._claims_due.wait()

    async def _tell_sockets(self, *, give_way: bool = False) -> None:
        """Have every socket told, some at a time: what was written for the first ones leaves while it is for the next.

        What can wait gives way to changes, with which it is told.
        """
        for number, socket in enumerate(list(self.sockets), start=1):
            socket.wake()
            if number % IN_ONE_TURN == 0:
                await asyncio.sleep(0)
                if give_way:
                    await self._quiet.wait()

    def _take(self, batch: Batch) -> None:
        self.rows |= batch.rows
        for thread in batch.gone:
            self.rows.pop(thread, None)
        for item in self.cached:
            if item.thread in batch.rows:
                item.frames.clear()
        since = self.recent.end
        self.recent.add(batch.head, batch.items, batch.rights)
        self.news = News(since, until=self.recent.end) if since >= self.recent.start else NO_NEWS
        now = time.time()
        for item in batch.items:
            metrics.lag.observe(max(0.0, now - item.at.timestamp()))
            if item.moved and (row := self.rows.get(item.thread)):
                self.presence.leave_unseen(item.thread, row.team)
        if people := {person for _, person in batch.rights}:
            for socket in self.sockets:
                if socket.viewer.id in people:
                    socket.begin_anew()
            self.sessions.check_people(people, self.sockets)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(1)
            try:
                self._once_a_second()
            except Exception:  # the next second must come
                log.exception("feed_tick_failed")

    def _once_a_second(self) -> None:
        now = time.monotonic()
        for socket in list(self.sockets):
            socket.tick(now)
        metrics.frames.inc(self.frames_sent)
        self.frames_sent = 0
        self.sessions.check_due(self.sockets)
        self.presence.tick()
        for item in self.cached:
            item.frames.clear()
        self.cached.clear()
        if len(self.rows) > MOST_ROWS:
            wanted = {item.thread for item in self.recent.since(0)} | self.presence.frames.keys()
            self.rows = {thread: row for thread, row in self.rows.items() if thread in wanted}

    def _hear_presence(self, message: str) -> None:
        thread = self.presence.hear(message)
        if thread and thread in self.presence.frames and thread not in self.rows:
            self._start(self._load_for_presence(thread))

    async def _load_for_presence(self, thread: str) -> None:
        try:
            await self.load([thread])
        except Exception as error:  # noqa: BLE001 - presence is never worth an error
            log.info("feed_presence_unseen", reason=type(error).__name__)
            return
        self._tell_presence(thread)

    def _tell_presence(self, thread: str) -> None:
        for socket in self.sockets:
            socket.tell_presence(thread)

    def _greet(self) -> None:
        self.wake()
        self.presence.greet()

    def _end_if_alone_later(self) -> None:
        if self._ending:
            self._ending.cancel()
        self._ending = self.loop.call_later(LINGER, lambda: None if self.sockets else self.stop())
