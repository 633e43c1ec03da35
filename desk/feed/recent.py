"""The last entries of the ledger in memory: what every socket reads from, each with a place of its own in it.

One list for all sockets instead of a queue for each: catching up and living on are the same reading, so nothing is lost
or told twice where one becomes the other, and a slow socket holds nothing but its place.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from desk.feed.registry import Team

if TYPE_CHECKING:
    from desk.feed.frames import Frame

BEHIND = 2_000
"""Entries; who is further behind starts anew."""


@dataclass(slots=True, eq=False)
class Item:
    """One entry as it bears on one thread. `was` is the team before, of an entry that moved the thread."""

    seq: int
    at: datetime
    kind: str
    thread: str
    moved: bool = False
    was: Team = None
    # One of several threads that the same entry bears on.
    shared: bool = False
    # Lists show nothing of it, so that the row need not come with it.
    unlisted: bool = False
    # The place of the first item on the same thread that was read together with this one; itself has none.
    first: int | None = None
    frames: dict[object, Frame] = field(default_factory=dict)


class Sort:
    """Pages that are told the same of every entry: of people with the same sight and lists, who follow the same topics."""


@dataclass(slots=True)
class News:
    """What the last reading brought, up to the place `until`: for pages that knew everything up to `since`, made once for
    each sort.

    `told` has the frames, their bytes together, and the number of the last entry among them.
    """

    since: int
    until: int
    told: dict[Sort | None, tuple[list[Frame], int, int]] = field(default_factory=dict)


class Recent:
    """Items in order of `seq`; a place is a number that stays good while older items are forgotten."""

    def __init__(self) -> None:
        self.position = 0
        self._floor = 0
        self._forgotten = 0
        self._items: list[Item] = []
        self._rights: list[tuple[int, str]] = []

    def __len__(self) -> int:
        return len(self._items)

    def restart(
        self, position: int, *, floor: int, items: Iterable[Item], rights: Iterable[tuple[int, str]] = ()
    ) -> None:
        """Begin with what was read; places given out before are void."""
        self._forgotten = self.end + 1
        self._items, self._rights = [], list(rights)
        self._append(items)
        self.position, self._floor = position, floor

    def add(self, position: int, items: Iterable[Item], rights: Iterable[tuple[int, str]] = ()) -> None:
        """Go on to `position` and forget what lies too far back; `rights` says whose may have changed, and when."""
        self._append(items)
        self._rights = [(seq, who) for seq, who in self._rights if seq > self._floor] + list(rights)
        self.position = position
        self._floor = max(self._floor, position - BEHIND)
        if self._items and self._items[0].seq <= self._floor:
            keep = bisect_right(self._items, self._floor, key=lambda item: item.seq)
            self._forgotten += keep
            del self._items[:keep]

    def _append(self, items: Iterable[Item]) -> None:
        firsts: dict[str, int] = {}
        for item in items:
            if not item.unlisted:
                item.first = firsts.get(item.thread)
                firsts.setdefault(item.thread, self.end)
            self._items.append(item)

    @property
    def start(self) -> int:
        """The place of the oldest item."""
        return self._forgotten

    @property
    def end(self) -> int:
        """The place behind the newest item."""
        return self._forgotten + len(self._items)

    def at(self, place: int) -> Item:
        return self._items[place - self._forgotten]

    def since(self, place: int) -> list[Item]:
        return self._items[max(0, place - self._forgotten) :]

    def place_after(self, seq: int, who: str = "") -> int | None:
        """Where somebody who knows everything up to `seq` goes on; None when that is too far back, or lies ahead.

        None too if what they see has changed since: no entry tells of each ticket that came in sight by that, or left it.
        """
        if not self._floor <= seq <= self.position or any(seq < at and who == whose for at, whose in self._rights):
            return None
        index = bisect_right(self._items, seq, key=lambda item: item.seq)
        if index and self._items[index - 1].seq == seq and self._items[index - 1].shared:
            # The connection may have been lost between two threads of one entry: both are told again.
            index = bisect_left(self._items, seq, key=lambda item: item.seq)
        return self._forgotten + index
