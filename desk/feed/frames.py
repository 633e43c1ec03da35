"""What goes over the wire, as JSON made once for all sockets that get the same."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from desk.feed import registry
from desk.feed.recent import Item
from desk.feed.registry import Row, Viewer


class Frame:
    """One message: as text, and as the bytes of a whole websocket frame (RFC 6455, 5.2), made once for all who get it."""

    __slots__ = ("text", "wire")

    def __init__(self, text: str) -> None:
        data = text.encode()
        size = len(data)
        # A final text frame, not masked, not compressed: which every socket may be sent, whatever it asked for.
        if size < 126:
            head = bytes([0x81, size])
        elif size < 65_536:
            head = b"\x81\x7e" + size.to_bytes(2)
        else:
            head = b"\x81\x7f" + size.to_bytes(8)
        self.text, self.wire = text, head + data


def frame(said: Mapping[str, Any]) -> Frame:
    return Frame(text(said))


def text(said: Mapping[str, Any]) -> str:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def change(item: Item, row: Row, *, own: Collection[str], key: str | None, language: str) -> Frame:
    """A thread changed, for those who see it. `own` are personal lists that it is in, by the names that viewers use.

    `gone` names every list that it is not in: a page need not have been told of each step to be right after this one.
    """
    inside = [name for name in registry.lists if name in row.lists or name in own]
    said: dict[str, Any] = {
        **_what(item),
        "in": [*inside, item.thread],
        "gone": [name for name in registry.lists if name not in inside],
    }
    if key is not None:
        said |= {"row": row.keyed(key, language), "key": key}
    return frame(said)


def gone(item: Item) -> Frame:
    """A thread moved out of sight: neither its row nor where it is now."""
    return frame({**_what(item), "in": [], "gone": [*registry.lists, item.thread]})


def resync(head: int) -> Frame:
    return frame({"resync": True, "seq": head})


def passed(position: int) -> Frame:
    """The ledger went on without anything that this person may see."""
    return frame({"seq": position})


def counted(position: int, counts: str) -> Frame:
    return Frame(f'{{"seq":{position},"counts":{counts}}}')


def presence(
    thread: str, viewing: Mapping[str, str], typing: Mapping[str, str], claim: tuple[str, str] | None = None
) -> Frame:
    said: dict[str, Any] = {registry.noun: number(thread), "viewing": _people(viewing), "typing": _people(typing)}
    if claim:
        said["claim"] = {"id": claim[0], "name": claim[1]}
    return frame({"presence": said})


def number(thread: str) -> int | str:
    """`ticket:1042` as the number that people know."""
    name = thread.partition(":")[2]
    return int(name) if name.isdecimal() else name


class Tally:
    """The counts of all lists at one moment; summed once for each sight and each person, however many sockets have it."""

    def __init__(self, counts: registry.Counts) -> None:
        self._counts = counts
        self._by_sight: dict[object, str] = {}
        self._by_viewer: dict[Viewer, str] = {}

    def text_for(self, viewer: Viewer) -> str:
        if (known := self._by_viewer.get(viewer)) is None:
            known = self._by_viewer[viewer] = self._text_for(viewer)
        return known

    def _text_for(self, viewer: Viewer) -> str:
        common = self._by_sight.get(viewer.sight)
        if common is None:
            common = self._sum({name: name for name in registry.lists if name not in viewer.own}, viewer)
            self._by_sight[viewer.sight] = common
        own = self._sum(viewer.own, viewer)
        return f"{{{common}{',' if common and own else ''}{own}}}"

    def _sum(self, names: Mapping[str, str], viewer: Viewer) -> str:
        counted = {called: self._counts.get(name) for called, name in names.items()}
        sums = {
            # Nothing at all in a list of one's own is left out of the counts, and is zero.
            called: sum(count for team, count in (by_team or {}).items() if viewer.sees(team))
            for called, by_team in counted.items()
            if by_team is not None or called in viewer.own
        }
        return text(sums)[1:-1]


def _what(item: Item) -> dict[str, Any]:
    return {"seq": item.seq, "kind": item.kind, registry.noun: number(item.thread)}


def _people(people: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"id": key, "name": name} for key, name in sorted(people.items(), key=lambda one: (one[1], one[0]))]
