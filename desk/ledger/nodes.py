"""Where the tree's hashes come from: leaves from what entries say (not from what is stored as their hash), and each
eighth level above them from the kept nodes.

A proof at a million entries reads at most two runs of 256 rows of each of three levels, in one statement.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import connection

from desk.ledger.refusals import Refused
from desk.ledger.tree import Place, node_hash

EVERY = 8
"""Levels from one that is kept to the next."""

# Each run comes as one value: 256 rows that are read one by one take three times as long (measured). Where one is missing,
# the numbers of the others are needed, too, to say which.
_LEAVES = """SELECT 0, CASE WHEN count(*) <= max(seq) - min(seq) THEN array_agg(seq - 1 ORDER BY seq) END, min(seq) - 1,
                    string_agg(sha256('\\x00'::bytea || convert_to(canonical, 'UTF8')), ''::bytea ORDER BY seq)
             FROM ledger_entry WHERE seq > %s AND seq <= %s"""
_KEPT = """SELECT min(level), CASE WHEN count(*) <= max(index) - min(index) THEN array_agg(index ORDER BY index) END, min(index),
                  string_agg(hash, ''::bytea ORDER BY index)
           FROM ledger_node WHERE level = %s AND index >= %s AND index < %s"""
_LENGTH = 32


def read_nodes(places: Sequence[Place], fresh: Mapping[Place, bytes] | None = None) -> list[bytes]:
    """The hashes of complete subtrees, some of which may be `fresh` and not kept yet. Raises Refused where one is missing."""
    tiles = sorted({_tile(place) for place in places})
    known: dict[Place, bytes] = {}
    if tiles:
        statements, values = [], []
        for level, first in tiles:
            run = [first, first + (1 << EVERY)]
            statements.append(_KEPT if level else _LEAVES)
            values += [level, *run] if level else run
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(statements), values)
            for level, numbers, low, hashes in cursor.fetchall():
                known |= _run(level, numbers, low, bytes(hashes or b""))
    known |= fresh or {}
    return [_hash(place, known) for place in places]


def _run(level: int, numbers: Sequence[int] | None, low: int | None, hashes: bytes) -> dict[Place, bytes]:
    """The places of one run: these numbers, or all from the lowest one on."""
    many = len(hashes) // _LENGTH
    found = numbers or range(low or 0, (low or 0) + many)
    return {(level, index): hashes[n * _LENGTH : (n + 1) * _LENGTH] for n, index in enumerate(found)}


def is_kept(place: Place) -> bool:
    return place[0] % EVERY == 0


def _tile(place: Place) -> Place:
    """The kept level from which a place is computed, and the first of the 256 there among which its parts are."""
    level, index = place
    base = level - level % EVERY
    return base, (index << (level - base)) >> EVERY << EVERY


def _hash(place: Place, known: Mapping[Place, bytes]) -> bytes:
    level, index = place
    base = level - level % EVERY
    first = index << (level - base)
    try:
        row = [known[base, first + more] for more in range(1 << (level - base))]
    except KeyError as missing:
        base, index = missing.args[0]
        raise Refused("history_differs", seq=(index << base) + 1) from None
    while len(row) > 1:
        row = [node_hash(row[n], row[n + 1]) for n in range(0, len(row), 2)]
    return row[0]
