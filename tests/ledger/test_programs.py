"""The programs for outsiders do by themselves what the desk does: trees, notes and proofs, each against the desk's own."""

from __future__ import annotations

import ast
import sys
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.ledger import tree
from desk.ledger.evidence import PROGRAMS
from desk.ledger.notes import COSIGNED, Checkpoint, Note, Proof, Signer, VerifierKey
from desk.ledger.programs import countersign_verify as verify
from desk.ledger.programs import countersign_witness as witness

LEAVES = [tree.leaf_hash(bytes([number])) for number in range(70)]
LOG = Signer.new("desk.test/ledger")


def grown(size: int) -> tuple[bytes, dict[tuple[int, int], bytes]]:
    """The root, and every complete subtree."""
    frontier, nodes = tree.Frontier(), {}
    for index, leaf in enumerate(LEAVES[:size]):
        nodes[0, index] = leaf
        nodes.update(dict(frontier.add(leaf)))
    return frontier.root(), nodes


ROOTS = [grown(size)[0] for size in range(len(LEAVES) + 1)]
NODES = grown(len(LEAVES))[1]


def read(places: object) -> list[bytes]:
    return [NODES[place] for place in places]  # type: ignore[attr-defined]


@pytest.mark.parametrize("program", [verify, witness], ids=["verify", "witness"])
def test_every_consistency_proof_of_small_trees_holds_and_no_damaged_one_does(program: ModuleType) -> None:
    def point(size: int, root: bytes) -> object:
        text = f"desk.test/ledger\n{size}\n"
        if program is verify:
            return verify.Checkpoint(text, "desk.test/ledger", size, root, ())
        return witness.Checkpoint("desk.test/ledger", size, root, ())

    for new in (1, 2, 3, 7, 8, 33, 64, 70):
        for old in range(new + 1):
            proof = tree.consistency(old, new, read)
            assert program.is_consistent(point(old, ROOTS[old]), point(new, ROOTS[new]), proof), (old, new)
            assert not program.is_consistent(point(old, ROOTS[old]), point(new, ROOTS[new]), [*proof, ROOTS[1]])
            assert not program.is_consistent(point(old, bytes(32)), point(new, ROOTS[new]), proof)
            for place in range(len(proof)):
                damaged = [*proof[:place], bytes(32), *proof[place + 1 :]]
                assert not program.is_consistent(point(old, ROOTS[old]), point(new, ROOTS[new]), damaged)
                assert not program.is_consistent(point(old, ROOTS[old]), point(new, ROOTS[new]), proof[:place])
    assert not program.is_consistent(point(3, ROOTS[3]), point(2, ROOTS[2]), [])


def test_every_inclusion_proof_of_small_trees_leads_to_the_root_and_from_no_other_place() -> None:
    for size in (1, 2, 5, 8, 63, 70):
        for index in range(size):
            path = tree.inclusion(index, size, read)
            assert verify.root_of_inclusion(index, size, LEAVES[index], path) == ROOTS[size]
            assert (
                verify.root_of_inclusion(index, size, LEAVES[index], [*path, path[-1] if path else bytes(32)])
                != ROOTS[size]
            )
            assert verify.root_of_inclusion(index, size, LEAVES[index], path[:-1]) != ROOTS[size] or size == 1
            other = (index + 1) % size
            if other != index:
                assert verify.root_of_inclusion(other, size, LEAVES[index], path) != ROOTS[size]
    assert verify.root_of_inclusion(5, 5, LEAVES[0], []) is None
    assert verify.root_of_inclusion(-1, 5, LEAVES[0], []) is None


@given(st.binary(min_size=32, max_size=32), st.integers(0, 2**40))
def test_notes_and_proofs_of_the_desk_are_read_by_both(root: bytes, size: int) -> None:
    text = Checkpoint(LOG.name, size, root).text
    seer = Signer.new("auditor.example", type=COSIGNED)
    note = Note(text, (LOG.sign(text), seer.cosign(text, time=1_800_000_000)))
    read_one, read_other = verify.Checkpoint.read(str(note)), witness.Checkpoint.read(f"A mail.\n\n{note}\nRegards\n")
    assert (read_one.size, read_one.root) == (read_other.size, read_other.root) == (size, root)
    keys = [verify.Key.read(str(LOG.verifier)), verify.Key.read(str(seer.verifier))]
    assert set(read_one.signers(keys)) == set(keys)
    assert read_other.signed_by([witness.Key.read(str(LOG.verifier))])
    assert not read_other.signed_by([witness.Key.read(str(Signer.new(LOG.name).verifier))])
    proof = verify.Proof.read(str(Proof(7, (root, root), str(note))).encode())
    assert (proof.index, proof.path, proof.note) == (7, [root, root], str(note))
    line = witness.cosign(seer.private, seer.name, read_other, 1_800_000_000)
    assert line.strip() == str(note.signatures[1])
    assert str(witness.Key.read(str(seer.verifier))) == str(VerifierKey.parse(str(seer.verifier)))


@pytest.mark.parametrize(
    "damage",
    [
        lambda note: note.replace("\n\n", "\n", 1),
        lambda note: note[:-1],
        lambda note: note.replace("\u2014", "-"),
        lambda note: note.replace("\n7\n", "\n07\n"),
        lambda note: note.replace("\n7\n", "\n-7\n"),
        lambda note: note.replace("\n7\n", "\n7\n8\n"),
        lambda note: note.replace("=\n\n", "\n\n"),
        lambda note: note.replace("\n7\n", "\n7\r\n"),
        lambda note: "\x1b" + note,
        lambda note: "",
    ],
)
def test_a_damaged_note_is_refused(damage: object) -> None:
    text = Checkpoint(LOG.name, 7, bytes(32)).text
    note = damage(str(Note(text, (LOG.sign(text),))))  # type: ignore[operator]
    with pytest.raises((verify.Unreadable, verify.Broken)):
        verify.Checkpoint.read(note).signers([verify.Key.read(str(LOG.verifier))])


def test_a_false_signature_of_a_known_key_is_broken_and_one_of_a_stranger_is_passed_over() -> None:
    text = Checkpoint(LOG.name, 7, bytes(32)).text
    other = Checkpoint(LOG.name, 8, bytes(32)).text
    stranger = Signer.new("stranger.example")
    false = verify.Checkpoint.read(str(Note(text, (LOG.sign(other), stranger.sign(text)))))
    with pytest.raises(verify.Broken):
        false.signers([verify.Key.read(str(LOG.verifier))])
    assert false.signers([]) == {}


@pytest.mark.parametrize("name", ["countersign_verify.py", "countersign_witness.py"])
def test_a_program_needs_the_standard_library_and_cryptography_alone(name: str) -> None:
    needed = {
        alias.partition(".")[0]
        for node in ast.walk(ast.parse((PROGRAMS / name).read_text()))
        for alias in (
            [each.name for each in node.names] if isinstance(node, ast.Import)
            else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        )
    }  # fmt: skip
    assert needed - set(sys.stdlib_module_names) == {"cryptography"}
