"""The tree that the entries make, against what was signed of it: checkpoints, stored nodes, and a checkpoint from outside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from desk.ledger.models import Checkpoint as Stored
from desk.ledger.notes import Checkpoint, Malformed, Note, NotSigned
from desk.ledger.tree import Frontier, Place
from desk.ledger.verify.contents import streamed
from desk.ledger.verify.report import Report
from desk.ledger.verify.signatures import Signatures

_CHECKPOINTS = "SELECT size, previous, root, note, key_id, at FROM ledger_checkpoint ORDER BY size"
_NODES = 'SELECT level, "index", hash FROM ledger_node ORDER BY ("index" + 1) * (1::bigint << level), level'
KEPT_LEVELS = 8
"""Nodes of each eighth level are stored."""

Row = tuple[int, int, bytes, str, int, datetime]
StoredNode = tuple[int, int, bytes]


@dataclass(slots=True)
class Seals:
    """Goes along with the entries: `add` one leaf after the other, then `finish`."""

    report: Report
    signatures: Signatures
    outside: Checkpoint | None = None
    sealed: int = 0
    _tree: Frontier = field(default_factory=Frontier, init=False)
    _rows: Iterator[Row] = field(default_factory=lambda: streamed(_CHECKPOINTS), init=False)
    _nodes: Iterator[StoredNode] = field(default_factory=lambda: streamed(_NODES), init=False)
    _row: Row | None = field(default=None, init=False)
    _node: StoredNode | None = field(default=None, init=False)
    # Once entries are missing or a root differs, all later roots do: that is said once.
    _lost: bool = field(default=False, init=False)
    _last: int = field(default=0, init=False)
    _last_at: datetime | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        newest = Stored.objects.order_by("-size").values_list("size", flat=True).first()
        self.sealed = newest or 0
        self._row, self._node = next(self._rows, None), next(self._nodes, None)

    def add(self, seq: int, leaf: bytes) -> None:
        if seq != self._tree.size + 1:
            self._lost = True
        made = [] if self._lost else self._tree.add(leaf)
        for place, hash_ in made:
            if not place[0] % KEPT_LEVELS:
                self._compare_node(place, hash_)
        while self._row is not None and self._row[0] <= seq:
            self._checkpoint(self._row)
            self._row = next(self._rows, None)
        if (
            self.outside is not None
            and self.outside.size == seq
            and not self._lost
            and self._differs(self.outside.root)
        ):
            self.report.found(
                self.outside.size,
                f"TWO HISTORIES: these {seq} entries do not make the root of the checkpoint that you brought. The ledger was "
                "rewritten, or a restored copy has grown another way.",
            )

    def finish(self) -> None:
        """What is signed or stored beyond the entries that are there."""
        entries = self.report.entries
        if self.outside is not None and self.outside.size > entries:
            self.report.found(
                entries + 1,
                "The ledger was cut off, or an old copy restored: the checkpoint that you brought covers "
                f"{self.outside.size} entries, here are {entries}.",
            )
        if self.sealed > entries:
            self.report.found(
                entries + 1, f"The ledger was cut off: {self.sealed} entries were signed for, here are {entries}."
            )
        self._lost = self._lost or self._row is not None
        while self._row is not None:
            self._checkpoint(self._row)
            self._row = next(self._rows, None)
        while self._node is not None:
            self._stray()
        self.signatures.finish()

    def _checkpoint(self, row: Row) -> None:
        size, previous, root, note, key_id, at = row
        self.report.checkpoints += 1
        try:
            signed = Note.parse(note)
            told = Checkpoint.parse(signed.text)
        except Malformed as wrong:
            self.report.found(size, f"The checkpoint of {size} entries is not in its format: {wrong}.")
            return
        if (told.size, told.root) != (size, bytes(root)):
            self.report.found(size, f"The columns of the checkpoint of {size} entries do not say what was signed.")
        if previous != self._last:
            self.report.found(
                size, f"The checkpoint of {size} entries does not follow on that of {self._last} entries."
            )
        if self._last_at is not None and at < self._last_at:
            self.report.found(size, f"The checkpoint of {size} entries is said to be older than the one before it.")
        self.signatures.check(size, signed, told, key_id)
        if not self._lost and self._tree.size == size and self._differs(told.root):
            self._lost = True
            self._say_changed(self._last + 1, size)
        self._last, self._last_at = size, at

    def _say_changed(self, first: int, size: int) -> None:
        if self.report.names_one_of(first, size):
            return  # what is wrong has its name already
        what = f"Entry {first} was" if first == size else f"One of the entries {first} to {size} was"
        self.report.found(
            first, f"{what} changed, moved or put in: they no longer make the root that was signed over {size} entries."
        )

    def _differs(self, root: bytes) -> bool:
        return self._tree.root() != root

    def _compare_node(self, place: Place, hash_: bytes) -> None:
        level, index = place
        while self._node is not None and _order(self._node) < (index + 1 << level, level):
            self._stray()
        if self._node is not None and self._node[:2] == place:
            if bytes(self._node[2]) != hash_:
                self.report.found(
                    (index << level) + 1, f"The stored node {level}/{index} is not what its entries make."
                )
            self._node = next(self._nodes, None)
        elif index + 1 << level <= self.sealed:
            self.report.found((index << level) + 1, f"The stored node {level}/{index} of the tree is missing.")

    def _stray(self) -> None:
        if self._node is not None and not self._lost:
            level, index, _hash = self._node
            self.report.found((index << level) + 1, f"The stored node {level}/{index} stands for no entries.")
        self._node = next(self._nodes, None)


def _order(node: StoredNode) -> tuple[int, int]:
    return (node[1] + 1 << node[0], node[0])


def read_outside(note: Note, signatures: Signatures) -> Checkpoint:
    """A checkpoint that the auditor brought. Raises Malformed, and NotSigned when no key of the log signed it."""
    told = Checkpoint.parse(note.text)
    known = signatures.brought.trusted or frozenset(signatures.keys.values())
    if not any(key.name == told.origin for key in note.verified(known)):
        raise NotSigned(f"the checkpoint is of {told.origin}, which is another log")
    return told
