"""The Merkle tree of RFC 6962 §2.1 (the same in RFC 9162 §2.1): roots, proofs and how they are checked. Pure.

A place `(level, index)` is the complete subtree over the `2**level` leaves from `index * 2**level` on; its hash never changes
once its leaves are there. All that is asked of a store is the hashes of such places (`Nodes`), and all at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence

Place = tuple[int, int]
"""Level and index of a complete subtree."""

Nodes = Callable[[Sequence[Place]], Sequence[bytes]]
"""Reads the hashes of complete subtrees, in the order asked for."""

Span = tuple[int, int]
"""Leaves from the first number up to, not including, the second."""

EMPTY_ROOT = hashlib.sha256(b"").digest()


class ProofFails(ValueError):
    """A proof does not show what it was said to show."""


def leaf_hash(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(size: int, nodes: Nodes) -> bytes:
    """The root over the first `size` leaves."""
    return _hashes([(0, size)], nodes)[0] if size else EMPTY_ROOT


def inclusion(index: int, size: int, nodes: Nodes) -> list[bytes]:
    """RFC 6962 §2.1.1: the path of leaf `index` in the tree of `size` leaves, its sibling first."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} among {size}")
    return _hashes(list(_path(index, (0, size)))[::-1], nodes)


def consistency(first: int, second: int, nodes: Nodes) -> list[bytes]:
    """RFC 6962 §2.1.2: that the tree of `second` leaves begins with that of `first`; empty when there is nothing to show."""
    if not 0 <= first <= second:
        raise ValueError(f"{first} leaves are not the beginning of {second}")
    if first in {0, second}:
        return []
    return _hashes(list(_subproof(first, (0, second)))[::-1], nodes)


def check_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root_hash: bytes) -> None:
    """Whether the leaf with this hash stands at `index` below the root (RFC 9162 §2.1.3.2). Raises ProofFails."""
    if not 0 <= index < size:
        raise ProofFails(f"there is no leaf {index} in a tree of {size}")
    place, last, found = index, size - 1, leaf
    for hash_ in path:
        if last == 0:
            raise ProofFails("the path is too long")
        if place & 1 or place == last:
            found = node_hash(hash_, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, hash_)
        place, last = place >> 1, last >> 1
    if last:
        raise ProofFails("the path is too short")
    if found != root_hash:
        raise ProofFails("the path leads to another root")


def check_consistency(first: int, second: int, proof: Sequence[bytes], first_root: bytes, second_root: bytes) -> None:
    """Whether the second tree begins with all that the first one held (RFC 9162 §2.1.4.2). Raises ProofFails."""
    if not 0 <= first <= second:
        raise ProofFails(f"a tree of {second} leaves does not begin with {first}")
    if first in {0, second}:
        _check_nothing_to_show(first, second, proof, first_root, second_root)
        return
    hashes = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    if not hashes:
        raise ProofFails("the proof is too short")
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = hashes[0]
    for hash_ in hashes[1:]:
        if last == 0:
            raise ProofFails("the proof is too long")
        if place & 1 or place == last:
            before, after = node_hash(hash_, before), node_hash(hash_, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, hash_)
        place, last = place >> 1, last >> 1
    if last:
        raise ProofFails("the proof is too short")
    if (before, after) != (first_root, second_root):
        raise ProofFails("the proof does not lead from the first root to the second")


def _check_nothing_to_show(
    first: int, second: int, proof: Sequence[bytes], first_root: bytes, second_root: bytes
) -> None:
    if proof:
        raise ProofFails("the proof is too long")
    if first == second and first_root != second_root:
        raise ProofFails("two roots for one size")
    if first == 0 and first_root != EMPTY_ROOT:
        raise ProofFails("the first root is not that of an empty tree")


class Frontier:
    """The right edge of a growing tree: the hashes of the complete subtrees that its leaves make, largest first.

    Memory is one hash for each bit of the size.
    """

    def __init__(self, size: int = 0, edge: Sequence[bytes] = ()) -> None:
        """Go on from `size` leaves, whose complete subtrees (`cover(0, size)`) have these hashes."""
        if len(edge) != size.bit_count():
            raise ValueError(f"{len(edge)} hashes are not the edge of {size} leaves")
        self.size = size
        self._edge = list(edge)

    def add(self, leaf: bytes) -> list[tuple[Place, bytes]]:
        """Append one leaf's hash. Returns the subtrees above it that are complete by it, from below."""
        made: list[tuple[Place, bytes]] = []
        index, level, hash_ = self.size, 0, leaf
        while index & 1:
            hash_ = node_hash(self._edge.pop(), hash_)
            index, level = index >> 1, level + 1
            made.append(((level, index), hash_))
        self._edge.append(hash_)
        self.size += 1
        return made

    def root(self) -> bytes:
        return _folded(self._edge) if self._edge else EMPTY_ROOT


def cover(begin: int, end: int) -> list[Place]:
    """The complete subtrees that a span of a proof is made of, from the left. `begin` is a multiple of the largest."""
    places = []
    while begin < end:
        level = (end - begin).bit_length() - 1
        places.append((level, begin >> level))
        begin += 1 << level
    return places


def _split(span: Span) -> int:
    """Where a tree is split: after the largest power of two that is less than its leaves."""
    begin, end = span
    return begin + (1 << ((end - begin - 1).bit_length() - 1))


def _path(index: int, span: Span) -> Iterator[Span]:
    """Siblings on the way down to a leaf, the uppermost first."""
    while span[1] - span[0] > 1:
        middle = _split(span)
        left, right = (span[0], middle), (middle, span[1])
        if index < middle:
            yield right
            span = left
        else:
            yield left
            span = right


def _subproof(first: int, span: Span) -> Iterator[Span]:
    """What SUBPROOF of RFC 6962 names, the uppermost first."""
    whole = True  # whether the span still begins where the first tree does
    while span[1] != first:
        middle = _split(span)
        left, right = (span[0], middle), (middle, span[1])
        if first <= middle:
            yield right
            span = left
        else:
            yield left
            span, whole = right, False
    if not whole:
        yield span


def _hashes(spans: Sequence[Span], nodes: Nodes) -> list[bytes]:
    """The root of each span, with one reading for all of them."""
    covers = [cover(*span) for span in spans]
    read = iter(nodes([place for places in covers for place in places]))
    return [_folded([next(read) for _ in places]) for places in covers]


def _folded(edge: Sequence[bytes]) -> bytes:
    found = edge[-1]
    for left in reversed(edge[:-1]):
        found = node_hash(left, found)
    return found
