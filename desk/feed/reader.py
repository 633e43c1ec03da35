"""The one reader of a process: reads what is new in the ledger, in order, and renders each row once for all sockets."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Coroutine, Iterable
from dataclasses import dataclass, field
from typing import Any

import structlog
from django.db import DatabaseError

from desk.feed import metrics, registry
from desk.feed.frames import Tally
from desk.feed.listening import Listening
from desk.feed.presence import Presence
from desk.feed.reading import Reading
from desk.feed.recent import BEHIND, Item, Recent
from desk.feed.registry import Heard, Row
from desk.feed.sessions import Sessions
from desk.feed.sockets import Closing, Socket
from desk.ledger.models import Counter, Entry

LOOK_EVERY = 1.0  # seconds, without a hint
MOST_AT_ONCE = 500  # entries
COUNT_EVERY = 0.2  # seconds at least between two countings; longer when counting takes long
LINGER = 30.0  # seconds after the last socket: the next page is often one click away
MOST_ROWS = 4_000

log = structlog.get_logger(__name__)
_reader: Reader | None = None


@dataclass(slots=True)
class _Batch:
    """What one reading brought."""

    head: int
    items: list[Item] = field(default_factory=list)
    rows: dict[str, Row] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    people: set[str] = field(default_factory=set)
    read_to: int = 0
    tally: Tally | None = None
    counting_took: float = 0.0


class Reader:
    """Lives from the first socket to shortly after the last. All of it runs on the event loop, but for what is read."""

    def __init__(self) -> None:
        self.recent = Recent()
        self.rows: dict[str, Row] = {}
        self.tally: Tally | None = None
        self.sockets: set[Socket] = set()
        self.listening = Listening(on_hint=self.wake, on_presence=self._hear_presence, on_return=self._greet)
        self.presence = Presence(tell=self._tell_presence, say=self.listening.say)
        self.sessions = Sessions(close=lambda socket: socket.close(Closing.SIGNED_OUT))
        self.loop = asyncio.get_running_loop()
        self.cached: list[Item] = []
        self._reading = Reading("feed-reading")
        self._hint = asyncio.Event()
        self._waiting: list[asyncio.Future[None]] = []
        self._started = False
        self._counts_asked = True
        self._count_at = 0.0
        # Rows of items from this place on are there; those of older ones are loaded for whoever catches up on them.
        self._rows_from = 0
        self._ending: asyncio.TimerHandle | None = None
        self.stopped = False
        self._tasks: set[asyncio.Task[None]] = set()
        for work in (self._read(), self._tick(), self.listening.hear(), self.listening.speak()):
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
        metrics.sockets.set(len(self.sockets))

    def leave(self, socket: Socket) -> None:
        self.sockets.discard(socket)
        self.presence.leave(socket)
        metrics.sockets.set(len(self.sockets))
        if not self.sockets:
            self._end_if_alone_later()

    def wake(self) -> None:
        """Something was committed."""
        self._hint.set()

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
            self.rows |= await self._reading.run(_load_rows, missing)

    def stop(self) -> None:
        global _reader
        if _reader is self:
            _reader = None
        self.stopped = True
        for task in self._tasks:
            task.cancel()
        self.sessions.stop()
        self._reading.stop()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = self.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _read(self) -> None:
        while True:
            waiting, self._waiting = self._waiting, []
            self._hint.clear()
            try:
                more = await self._read_on()
            except Exception as error:  # noqa: BLE001 - the database may be away for a while; sockets stay and get it all later
                metrics.faults.inc()
                log.warning("feed_reading_failed", reason=type(error).__name__)
                self._waiting += waiting
                await asyncio.sleep(LOOK_EVERY / 2)
                continue
            if more:
                self._waiting += waiting
                continue
            for each in waiting:
                if not each.done():
                    each.set_result(None)
            pause = LOOK_EVERY
            if self._counts_asked:
                pause = min(pause, max(0.0, self._count_at - time.monotonic()))
            try:
                async with asyncio.timeout(pause):
                    await self._hint.wait()
            except TimeoutError:
                continue

    async def _read_on(self) -> bool:
        """Read what is new and hand it to the sockets; says whether there is more."""
        if not self._started:
            batch = await self._reading.run(_read_first)
            self.recent.restart(batch.head, floor=max(0, batch.head - BEHIND), items=batch.items)
            self._rows_from = self.recent.end
            self._started = True
        else:
            may_count = time.monotonic() >= self._count_at
            batch = await self._reading.run(_read_after, self.recent.position, may_count, self._counts_asked)
        if batch.head < self.recent.position:
            # A restored backup: another ledger. All that is known here is void, and every page begins anew.
            self._started = False
            self.rows.clear()
            return True
        if batch.tally:
            self.tally = batch.tally
            self._counts_asked = False
            self._count_at = time.monotonic() + max(COUNT_EVERY, 10 * batch.counting_took)
        if batch.read_to:
            self._take(batch)
        for socket in self.sockets:
            socket.wake()
        return 0 < batch.read_to < batch.head

    def _take(self, batch: _Batch) -> None:
        self.rows |= batch.rows
        for thread in batch.gone:
            self.rows.pop(thread, None)
        for item in self.cached:
            if item.thread in batch.rows:
                item.frames.clear()
        self._counts_asked |= bool(batch.items) and batch.tally is None
        self.recent.add(batch.read_to, batch.items)
        now = time.time()
        for item in batch.items:
            metrics.lag.observe(max(0.0, now - item.at.timestamp()))
            if item.moved and (row := self.rows.get(item.thread)):
                self.presence.leave_unseen(item.thread, row.team)
        if batch.people:
            self.sessions.check_people(batch.people, self.sockets)

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
        self.sessions.check_due(self.sockets)
        self.presence.tick()
        for item in self.cached:
            item.frames.clear()
        self.cached.clear()
        if len(self.rows) > MOST_ROWS:
            wanted = {item.thread for item in self.recent.since(0)} | self.presence.texts.keys()
            self.rows = {thread: row for thread, row in self.rows.items() if thread in wanted}

    def _hear_presence(self, message: str) -> None:
        thread = self.presence.hear(message)
        if thread and thread in self.presence.texts and thread not in self.rows:
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


def _read_first() -> _Batch:
    """Where the ledger stands, and what happened last; rows of that are loaded when somebody needs them."""
    head = Counter.objects.values_list("value", flat=True).get()
    heard = _entries(seq__gt=head - BEHIND, seq__lte=head)
    return _Batch(head, items=_items(heard), tally=Tally(registry.load_counts()))


def _read_after(position: int, may_count: bool, must_count: bool) -> _Batch:  # noqa: FBT001 - called across threads by place
    head = Counter.objects.values_list("value", flat=True).get()
    batch = _Batch(head)
    if head > position:
        heard = _entries(seq__gt=position, seq__lte=head)[:MOST_AT_ONCE]
        batch.items = _items(heard)
        batch.read_to = heard[-1].seq
        batch.people = set().union(*map(registry.people_of, heard))
        threads = {item.thread for item in batch.items}
        batch.rows = _load_rows(threads)
        batch.gone = threads - batch.rows.keys()
    if may_count and (must_count or batch.items):
        began = time.monotonic()
        batch.tally = Tally(registry.load_counts())
        batch.counting_took = time.monotonic() - began
    return batch


def _entries(**which: int) -> list[Heard]:
    found = Entry.objects.filter(**which).order_by("seq").values_list("seq", "at", "kind", "subject", "thread", "facts")
    return [Heard(*values) for values in found[:BEHIND]]


def _items(heard: Iterable[Heard]) -> list[Item]:
    items = []
    for each in heard:
        moved, was = registry.moved(each)
        threads = registry.threads_of(each)
        shared = len(threads) > 1
        items += [Item(each.seq, each.at, each.kind, thread, moved=moved, was=was, shared=shared) for thread in threads]
    return items


def _load_rows(threads: Collection[str]) -> dict[str, Row]:
    """Rows as they are now. One that cannot be rendered must not hold up the others."""
    try:
        return dict(registry.load_rows(threads))
    except DatabaseError:
        raise
    except Exception:
        log.exception("feed_row_failed", rows=len(threads))
        if len(threads) == 1:
            return {}
    return {thread: row for each in threads for thread, row in _load_rows([each]).items()}
