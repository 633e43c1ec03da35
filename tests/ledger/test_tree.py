"""Merkle trees: the vectors of Certificate Transparency, and every proof of small trees, whole and damaged."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.ledger import tree

# The leaves, roots and proofs that the reference implementations of RFC 6962 are tried with.
LEAVES = [
    bytes.fromhex(leaf)
    for leaf in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
A, B, C = (
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
)
D, E, F = (
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
)
INCLUSION = [(0, 1, []), (0, 8, [A, B, C]), (5, 8, [D, E, ROOTS[4]]), (2, 3, [ROOTS[2]]), (1, 5, [ROOTS[1], B, D])]
CONSISTENCY = [(1, 1, []), (1, 8, [A, B, C]), (6, 8, [F, E, ROOTS[4]]), (2, 5, [B, D])]


def plain_root(leaves: Sequence[bytes]) -> bytes:
    """MTH as RFC 6962 writes it down."""
    if len(leaves) < 2:
        return leaves[0] if leaves else tree.EMPTY_ROOT
    middle = 1
    while middle * 2 < len(leaves):
        middle *= 2
    return tree.node_hash(plain_root(leaves[:middle]), plain_root(leaves[middle:]))


def nodes_of(leaves: Sequence[bytes]) -> tree.Nodes:
    return lambda places: [plain_root(leaves[index << level : (index + 1) << level]) for level, index in places]


def hashes(many: int) -> list[bytes]:
    return [tree.leaf_hash(number.to_bytes(4, "big")) for number in range(many)]


VECTORS = [tree.leaf_hash(leaf) for leaf in LEAVES]


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_the_vectors(size: int) -> None:
    frontier = tree.Frontier()
    for leaf in VECTORS[:size]:
        frontier.add(leaf)
    assert tree.root(size, nodes_of(VECTORS)).hex() == frontier.root().hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size", "path"), INCLUSION)
def test_inclusion_proofs_are_those_of_the_vectors(index: int, size: int, path: list[str]) -> None:
    assert [hash_.hex() for hash_ in tree.inclusion(index, size, nodes_of(VECTORS))] == path
    tree.check_inclusion(VECTORS[index], index, size, [bytes.fromhex(h) for h in path], bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize(("first", "second", "proof"), CONSISTENCY)
def test_consistency_proofs_are_those_of_the_vectors(first: int, second: int, proof: list[str]) -> None:
    assert [hash_.hex() for hash_ in tree.consistency(first, second, nodes_of(VECTORS))] == proof
    hashes_ = [bytes.fromhex(h) for h in proof]
    tree.check_consistency(first, second, hashes_, bytes.fromhex(ROOTS[first]), bytes.fromhex(ROOTS[second]))


def test_every_proof_of_small_trees_holds() -> None:
    leaves = hashes(33)
    nodes, roots = nodes_of(leaves), [plain_root(leaves[:size]) for size in range(34)]
    for size in range(34):
        for index in range(size):
            tree.check_inclusion(leaves[index], index, size, tree.inclusion(index, size, nodes), roots[size])
        for first in range(size + 1):
            tree.check_consistency(first, size, tree.consistency(first, size, nodes), roots[first], roots[size])


def damaged(proof: Sequence[bytes]) -> list[list[bytes]]:
    """A proof with one hash changed, left out, doubled, or two swapped."""
    wrong = [[*proof, tree.EMPTY_ROOT], [tree.EMPTY_ROOT, *proof]]
    for place, hash_ in enumerate(proof):
        flipped = bytes([hash_[0] ^ 1]) + hash_[1:]
        wrong += [[*proof[:place], flipped, *proof[place + 1 :]], [*proof[:place], *proof[place + 1 :]]]
        wrong += [[*proof[: place + 1], *proof[place:]]]
        if place and proof[place - 1] != hash_:
            wrong += [[*proof[: place - 1], hash_, proof[place - 1], *proof[place + 1 :]]]
    return wrong


def test_no_damaged_inclusion_proof_holds() -> None:
    leaves = hashes(19)
    nodes = nodes_of(leaves)
    for size in range(1, 20):
        root = plain_root(leaves[:size])
        for index in range(size):
            path = tree.inclusion(index, size, nodes)
            other = leaves[(index + 1) % 19]
            attempts = [(leaves[index], index, size, wrong, root) for wrong in damaged(path)]
            attempts += [(other, index, size, path, root), (leaves[index], index, size, path, tree.EMPTY_ROOT)]
            attempts += [(leaves[index], wrong, size, path, root) for wrong in range(-1, size + 1) if wrong != index]
            for attempt in attempts:
                with pytest.raises(tree.ProofFails):
                    tree.check_inclusion(*attempt)


def test_no_damaged_consistency_proof_holds() -> None:
    leaves = hashes(19)
    nodes, roots = nodes_of(leaves), [plain_root(leaves[:size]) for size in range(20)]
    for second in range(20):
        for first in range(second + 1):
            proof = tree.consistency(first, second, nodes)
            attempts = [(first, second, wrong, roots[first], roots[second]) for wrong in damaged(proof)]
            attempts += [(first, second, proof, tree.leaf_hash(b"else"), roots[second])]
            if first:
                attempts += [(first, second, proof, roots[first], tree.leaf_hash(b"else"))]
            attempts += [(second + 1, second, proof, roots[first], roots[second]), (-1, second, [], roots[0], roots[0])]
            for attempt in attempts:
                with pytest.raises(tree.ProofFails):
                    tree.check_consistency(*attempt)


def test_a_proof_of_what_is_not_there_is_not_made() -> None:
    nodes = nodes_of(hashes(4))
    for index, size in ((-1, 4), (4, 4), (0, 0)):
        with pytest.raises(ValueError, match="no leaf"):
            tree.inclusion(index, size, nodes)
    for first, second in ((-1, 2), (3, 2)):
        with pytest.raises(ValueError, match="not the beginning"):
            tree.consistency(first, second, nodes)


@given(st.integers(0, 300), st.integers(0, 60))
def test_a_frontier_goes_on_from_where_another_stopped(size: int, more: int) -> None:
    leaves = hashes(size + more)
    begun = tree.Frontier()
    for leaf in leaves[:size]:
        begun.add(leaf)
    edge = [plain_root(leaves[index << level : (index + 1) << level]) for level, index in tree.cover(0, size)]
    resumed = tree.Frontier(size, edge)
    assert resumed.root() == begun.root()
    for leaf in leaves[size:]:
        assert resumed.add(leaf) == begun.add(leaf)
    assert (resumed.size, resumed.root()) == (size + more, begun.root())


def test_a_frontier_names_every_subtree_that_becomes_complete() -> None:
    leaves, frontier = hashes(64), tree.Frontier()
    made = dict(pair for leaf in leaves for pair in frontier.add(leaf))
    assert set(made) == {(level, index) for level in range(1, 7) for index in range(64 >> level)}
    assert list(made.values()) == nodes_of(leaves)(list(made))


def test_an_edge_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="not the edge"):
        tree.Frontier(3, [tree.EMPTY_ROOT])
