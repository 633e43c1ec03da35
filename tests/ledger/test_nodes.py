"""Reading the tree: hashes of complete subtrees, computed from the entries and from the nodes that are kept."""

from __future__ import annotations

from hashlib import sha256

import pytest

from desk.ledger.models import Counter, Entry
from desk.ledger.nodes import is_kept, read_nodes
from desk.ledger.refusals import Refused
from desk.ledger.tree import Place, leaf_hash
from tests.ledger.damage import changed, taken_out
from tests.ledger.test_tree import plain_root


def missing(*places: Place, fresh: dict[Place, bytes] | None = None) -> tuple[str, int | None]:
    with pytest.raises(Refused) as caught:
        read_nodes(places, fresh)
    return caught.value.code, caught.value.seq


def test_every_complete_subtree_of_the_ledger_is_what_its_entries_make(standing: None) -> None:
    leaves = [leaf_hash(text.encode()) for text in Entry.objects.order_by("seq").values_list("canonical", flat=True)]
    places = [(level, index) for level in range(9) for index in range(len(leaves) >> level)]
    assert read_nodes(places) == [plain_root(leaves[index << level : index + 1 << level]) for level, index in places]
    assert read_nodes([(2, 70), (8, 0), (0, 0), (2, 70)]) == [
        plain_root(leaves[280:284]), plain_root(leaves[:256]), leaves[0], plain_root(leaves[280:284]),
    ]  # fmt: skip
    assert read_nodes([]) == []


def test_higher_ones_are_made_of_each_eighth_level(standing: None) -> None:
    kept = {(level, index): sha256(b"%d %d" % (level, index)).digest() for level in (8, 16) for index in range(520)}
    for level, index in ((9, 3), (11, 20), (15, 1), (9, 255), (16, 3), (17, 3), (20, 8)):
        base = 16 if level >= 16 else 8
        below = [kept[base, each] for each in range(index << level - base, index + 1 << level - base)]
        assert read_nodes([(level, index)], kept) == [plain_root_of(below)]
    assert [level for level in range(30) if is_kept((level, 5))] == [0, 8, 16, 24]


def plain_root_of(nodes: list[bytes]) -> bytes:
    while len(nodes) > 1:
        nodes = [sha256(b"\x01" + nodes[n] + nodes[n + 1]).digest() for n in range(0, len(nodes), 2)]
    return nodes[0]


def test_what_is_fresh_counts_before_what_is_kept(standing: None) -> None:
    other = bytes(32)
    assert read_nodes([(8, 0)], {(8, 0): other}) == [other]
    assert read_nodes([(8, 0)], {(8, 1): other}) != [other]
    assert read_nodes([(9, 0)], {(8, 1): other}) == [plain_root_of([*read_nodes([(8, 0)]), other])]


def test_the_first_entry_that_is_missing_below_a_node_is_named(standing: None) -> None:
    last = Counter.objects.get().value
    assert missing((0, last)) == ("history_differs", last + 1)
    assert missing((8, 1)) == ("history_differs", 257)
    assert missing((8, 300)) == ("history_differs", 300 * 256 + 1)
    assert missing((9, 0)) == ("history_differs", 257)
    with taken_out("ledger_entry", "seq IN (270, 290)"):
        assert missing((0, 269)) == ("history_differs", 270)
        assert missing((5, 8), (0, 0)) == ("history_differs", 270)
        assert missing((2, 72)) == ("history_differs", 290)
        assert read_nodes([(2, 70), (3, 34)]), "others can be read"
        assert missing((8, 1)) == ("history_differs", 257), "which is not kept"
    with taken_out("ledger_node", "true"):
        assert missing((8, 0)) == ("history_differs", 1)
        assert read_nodes([(7, 0)])
    before = read_nodes([(0, 4), (1, 2)])
    with changed("ledger_entry", "seq = 5", "leaf", "sha256(leaf)"):
        assert read_nodes([(0, 4), (1, 2)]) == before, "what is stored as an entry's hash is not believed"
    with changed("ledger_entry", "seq = 5", "canonical", "canonical || 'ü'"):
        assert all(one != other for one, other in zip(read_nodes([(0, 4), (1, 2)]), before, strict=True))
