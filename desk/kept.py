"""What a process keeps of what it has read, for as long as the ledger tells of no change of it.

Every write is an action with its entries, and these are dense and in the order of commits. So who reads on in the ledger,
and forgets what the entries bear on, has what a fresh reading would bring: by one question, which a page asks anyway to know
where the ledger stands.

    moment = look()
    rows = kept_rows.get(numbers, moment, load=rows_for)
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from desk.feed.registry import Heard
from desk.statements import run

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

MOST_AT_ONCE = 500
"""Entries; who is further behind forgets everything, which is cheaper."""

_HEAD = "SELECT seq, at FROM ledger_entry ORDER BY seq DESC LIMIT 1"
_NEWS = "SELECT seq, at, kind, subject, thread, facts FROM ledger_entry WHERE seq >= %s ORDER BY seq LIMIT %s"


@dataclass(frozen=True, slots=True)
class Moment:
    """How far the ledger was read before the rest: the number of its last entry."""

    seq: int


class Kept(Generic[K, V]):
    """Values by key, `most` of them; `forget` takes out of them those that an entry bears on."""

    def __init__(self, *, forget: Callable[[dict[K, V], Heard], object], most: int) -> None:
        self._values: dict[K, V] = {}
        self._forget, self._most = forget, most
        _all.append(self)

    def get(self, keys: Iterable[K], moment: Moment, load: Callable[[list[K]], Mapping[K, V]]) -> dict[K, V]:
        """These values as they were at that moment or later; those that are not at hand are loaded, all at once."""
        values = self._values
        found = {key: values.get(key) for key in keys}
        if missing := [key for key, value in found.items() if value is None]:
            loaded = load(missing)
            found |= loaded
            with _lock:
                # What came to be known meanwhile may bear on what was loaded before it.
                if moment.seq == _place.seq > 0:
                    if len(values) + len(loaded) > self._most:
                        values.clear()
                    values |= loaded
        return {key: value for key, value in found.items() if value is not None}

    def one(self, key: K, moment: Moment, load: Callable[[], V]) -> V:
        """One value, which there always is."""
        return self.get([key], moment, lambda _: {key: load()})[key]

    def hear(self, entry: Heard) -> None:
        self._forget(self._values, entry)

    def forget_all(self) -> None:
        self._values.clear()


@dataclass(slots=True)
class _Place:
    """How far this process has read. The time tells another ledger by: a restored backup, another test."""

    seq: int = 0
    at: datetime | None = None


_all: list[Kept[Any, Any]] = []
_lock = threading.Lock()
_place = _Place()


def look() -> Moment:
    """Read on in the ledger and forget what its news bear on. What is kept is as of this moment from here on."""
    since = _place.seq
    found = run(_NEWS, [since, MOST_AT_ONCE + 2]).fetchall() if since else []
    known, news = found[:1], found[1:]
    if len(news) <= MOST_AT_ONCE and known and known[0][:2] == (since, _place.at):
        return _go_on(since, [_heard(*row) for row in news])
    return _begin_anew()


def _heard(seq: int, at: datetime, kind: str, subject: str, thread: str, facts: str) -> Heard:
    return Heard(seq, at, kind, subject, thread, json.loads(facts))


def _go_on(since: int, news: list[Heard]) -> Moment:
    with _lock:
        for entry in news:
            # Another thread may have read on meanwhile.
            if entry.seq > _place.seq:
                for each in _all:
                    each.hear(entry)
                _place.seq, _place.at = entry.seq, entry.at
    return Moment(news[-1].seq if news else since)


def _begin_anew() -> Moment:
    head = run(_HEAD).fetchone() or (0, None)
    with _lock:
        for each in _all:
            each.forget_all()
        _place.seq, _place.at = head
    return Moment(head[0])


def _about_the_desk(values: dict[Any, Any], entry: Heard) -> None:
    if not entry.thread and not entry.kind.startswith(_QUIET):
        values.clear()


_QUIET = ("customer.", "sign_in.", "person.signed_")
furniture: Kept[Hashable, Any] = Kept(forget=_about_the_desk, most=2_000)
"""What hardly ever changes: teams, people, saved views, versions of settings. Any entry that is about no thread empties it,
but for those of customers and of who comes and goes."""
