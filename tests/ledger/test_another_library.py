"""Our tree against one that others wrote (pymerkle): the same roots, the same paths, and its own proofs hold for ours."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree, verify_consistency, verify_inclusion

from desk.ledger import tree
from tests.ledger.test_tree import nodes_of


def both(leaves: list[bytes]) -> tuple[InmemoryTree, list[bytes]]:
    theirs = InmemoryTree(algorithm="sha256")
    for leaf in leaves:
        theirs.append_entry(leaf)
    return theirs, [tree.leaf_hash(leaf) for leaf in leaves]


LEAVES = st.lists(st.binary(max_size=40), min_size=1, max_size=80)


@settings(max_examples=150, deadline=None)
@given(LEAVES, st.data())
def test_roots_and_proofs_are_theirs(leaves: list[bytes], data: st.DataObject) -> None:
    theirs, ours = both(leaves)
    size = data.draw(st.integers(1, len(leaves)), "size")
    index = data.draw(st.integers(0, size - 1), "index")
    first = data.draw(st.integers(1, size), "first")
    nodes = nodes_of(ours)
    root = tree.root(size, nodes)
    frontier = tree.Frontier()
    for leaf in ours[:size]:
        frontier.add(leaf)
    assert root == frontier.root() == theirs.get_root(size)
    proof = theirs.prove_inclusion(index + 1, size)
    path = tree.inclusion(index, size, nodes)
    assert [ours[index], *path] == proof.path
    verify_inclusion(ours[index], root, proof)
    tree.check_inclusion(ours[index], index, size, proof.path[1:], theirs.get_root(size))
    verify_consistency(tree.root(first, nodes), root, theirs.prove_consistency(first, size))
    shown = tree.consistency(first, size, nodes)
    tree.check_consistency(first, size, shown, theirs.get_root(first), theirs.get_root(size))
