"""Proofs: what can be asked for, at every edge, and that what would convince nobody is not handed out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from desk.ledger.models import Checkpoint, Counter, Entry
from desk.ledger.prove import checkpoint_of, prove_consistency, prove_inclusion
from desk.ledger.tree import check_consistency, check_inclusion, leaf_hash
from desk.problems import Problem
from tests.cast import Cast
from tests.ledger.damage import changed, taken_out


def problem(ask: Callable[..., Any], *about: Any) -> tuple[str, dict[str, Any]]:
    with pytest.raises(Problem) as caught:
        ask(*about)
    return caught.value.code, caught.value.fields


def sizes() -> list[int]:
    return list(Checkpoint.objects.order_by("size").values_list("size", flat=True))


def test_before_anything_is_sealed_there_is_no_checkpoint_to_prove_by(keyed: Cast) -> None:
    for size in (None, 1):
        assert problem(checkpoint_of, size) == ("not_sealed_yet", {})
    for first, second in ((0, 1), (1, 1), (0, 2**40)):
        assert problem(prove_consistency, first, second) == ("not_sealed_yet", {})


def test_a_checkpoint_is_found_by_its_size_and_the_latest_without_one(standing: None) -> None:
    one, two, three = sizes()
    assert [checkpoint_of(each).size for each in (one, two, three, None)] == [one, two, three, three]
    for size in (-1, 0, one + 1, three + 1):
        assert problem(checkpoint_of, size) == ("no_such_checkpoint", {})


def test_every_entry_up_to_the_last_of_the_checkpoint_is_proved_and_none_beyond(standing: None) -> None:
    one, two, _three = sizes()
    last = Counter.objects.get().value
    checkpoint = checkpoint_of(two)
    for seq in (1, 2, one, two - 1, two):
        proof = prove_inclusion(seq, checkpoint, "the note")
        leaf = leaf_hash(Entry.objects.get(seq=seq).canonical.encode())
        assert (proof.index, proof.checkpoint) == (seq - 1, "the note")
        check_inclusion(leaf, seq - 1, two, proof.path, bytes(checkpoint.root))
    for seq in (two + 1, last):
        assert problem(prove_inclusion, seq, checkpoint, "") == ("not_sealed_yet", {"size": two})
    for seq in (last + 1, 0, -1):
        assert problem(prove_inclusion, seq, checkpoint, "") == ("not_found", {})


def test_any_two_sizes_in_order_are_proved_up_to_what_is_sealed(standing: None) -> None:
    one, two, three = sizes()
    roots = {each.size: bytes(each.root) for each in Checkpoint.objects.all()}
    for first, second in ((one, two), (one, three), (two, three), (one, one), (three, three)):
        proof = prove_consistency(first, second)
        check_consistency(first, second, proof, roots[first], roots[second])
        assert bool(proof) == (first != second)
    assert prove_consistency(0, three) == []
    assert prove_consistency(0, 0) == []
    assert prove_consistency(one + 1, two - 1), "also where nothing was signed"
    for first, second in ((two, one), (-1, two), (-1, -1)):
        assert problem(prove_consistency, first, second) == ("not_found", {})
    assert problem(prove_consistency, one, three + 1) == ("not_sealed_yet", {})


def test_a_proof_that_would_not_hold_is_not_handed_out(standing: None) -> None:
    one, two, three = sizes()
    asked: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
        (prove_inclusion, (5, checkpoint_of(two), "")),
        (prove_consistency, (one, two)),
        (prove_consistency, (4, two)),
    ]
    for damage in (
        changed("ledger_entry", "seq = 5", "canonical", "canonical || ' '"),
        taken_out("ledger_entry", "seq = 5"),
    ):
        with damage:
            for ask, about in asked:
                assert problem(ask, *about) == ("history_differs", {"size": two})
    with changed("ledger_checkpoint", f"size = {one}", "root", "sha256(root)"):
        assert problem(prove_consistency, one, two) == ("history_differs", {"size": two})
        assert prove_consistency(two, three)
