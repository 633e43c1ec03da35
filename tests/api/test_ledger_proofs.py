"""GET ledger/keys/, checkpoint/, proof/, consistency/: texts that an auditor checks with nothing of ours."""

from __future__ import annotations

from typing import Any

import pytest

from desk.ledger import seal
from desk.ledger.models import Checkpoint, Counter, Entry, Key
from desk.ledger.notes import Checkpoint as Said
from desk.ledger.notes import Note, Proof, VerifierKey, read_hashes
from desk.ledger.tree import check_consistency, check_inclusion, leaf_hash
from tests.api.calls import Caller, caller, problem
from tests.cast import Cast
from tests.ledger.conftest import keyed, outside, statement

__all__ = ["keyed", "outside"]

READS = ("keys/", "checkpoint/", "proof/?seq=1", "consistency/?from=1")


@pytest.fixture
def auditor(keyed: Cast) -> Caller:
    return caller(keyed, keyed.aud, "ledger:read")


def text(answer: Any) -> str:
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; charset=utf-8"), answer.content
    return answer.content.decode()


def sealed() -> Checkpoint:
    assert seal.seal()
    return Checkpoint.objects.latest("size")


def test_the_keys_are_verifier_keys_one_a_line(auditor: Caller) -> None:
    (line,) = text(auditor.get("ledger/keys/")).splitlines()
    assert VerifierKey.parse(line) == Key.objects.get().verifier


def test_the_latest_checkpoint_is_a_note_that_the_key_signed(auditor: Caller, keyed: Cast) -> None:
    problem(auditor.get("ledger/checkpoint/"), 409, "not_sealed_yet")
    for _ in range(2):
        keyed.ticket()
        last = sealed()
        note = Note.parse(text(auditor.get("ledger/checkpoint/")))
        assert note.verified([Key.objects.get().verifier])
        assert Said.parse(note.text) == Said("desk.test/ledger", last.size, bytes(last.root))


def test_every_entry_is_proved_from_its_text_to_the_signed_root(auditor: Caller, keyed: Cast) -> None:
    early = sealed()
    keyed.ticket()
    late = sealed()
    for entry in Entry.objects.all():
        for checkpoint in (early, late):
            if entry.seq > checkpoint.size:
                continue
            proof = Proof.parse(text(auditor.get(f"ledger/proof/?seq={entry.seq}&size={checkpoint.size}")))
            note = Note.parse(proof.checkpoint)
            said = Said.parse(note.text)
            assert note.verified([Key.objects.get().verifier])
            assert (proof.index, said.size) == (entry.seq - 1, checkpoint.size)
            check_inclusion(leaf_hash(entry.canonical.encode()), proof.index, said.size, proof.path, said.root)
    assert text(auditor.get("ledger/proof/?seq=1")) == text(auditor.get(f"ledger/proof/?seq=1&size={late.size}"))


def test_consistency_is_proved_between_any_two_sizes(auditor: Caller, keyed: Cast) -> None:
    checkpoints = []
    for _ in range(3):
        keyed.ticket()
        checkpoints.append(sealed())
    for first in checkpoints:
        for second in checkpoints:
            if first.size <= second.size:
                proof = read_hashes(text(auditor.get(f"ledger/consistency/?from={first.size}&to={second.size}")))
                check_consistency(first.size, second.size, proof, bytes(first.root), bytes(second.root))
    to_the_latest = text(auditor.get(f"ledger/consistency/?from={checkpoints[0].size}"))
    assert to_the_latest == text(
        auditor.get(f"ledger/consistency/?from={checkpoints[0].size}&to={checkpoints[-1].size}")
    )
    assert text(auditor.get("ledger/consistency/?from=0")) == ""
    assert read_hashes(text(auditor.get(f"ledger/consistency/?from=5&to={checkpoints[1].size - 1}")))


def test_what_is_not_there_has_no_proof(auditor: Caller, keyed: Cast) -> None:
    size = sealed().size
    keyed.ticket()
    head = Counter.objects.get().value
    told = problem(auditor.get(f"ledger/proof/?seq={head}"), 409, "not_sealed_yet")
    assert told["size"] == size
    problem(auditor.get(f"ledger/proof/?seq={head + 1}"), 404, "not_found")
    problem(auditor.get(f"ledger/proof/?seq=1&size={size - 1}"), 404, "no_such_checkpoint")
    problem(auditor.get(f"ledger/consistency/?from=1&to={head}"), 409, "not_sealed_yet")
    problem(auditor.get(f"ledger/consistency/?from={size}&to=1"), 404, "not_found")


@pytest.mark.parametrize("query", ["proof/", "proof/?seq=0", "proof/?seq=x", "proof/?seq=1&size=0", "consistency/"])
def test_what_cannot_be_asked_is_said(auditor: Caller, query: str) -> None:
    problem(auditor.get(f"ledger/{query}"), 400, "invalid")


def test_a_proof_that_would_not_hold_is_not_handed_out(auditor: Caller, keyed: Cast) -> None:
    size = sealed().size
    statement("UPDATE ledger_entry SET canonical = canonical || ' ' WHERE seq = 3")
    assert problem(auditor.get("ledger/proof/?seq=3"), 500, "history_differs")["size"] == size
    problem(auditor.get("ledger/proof/?seq=4"), 500, "history_differs")
    problem(auditor.get("ledger/consistency/?from=3"), 500, "history_differs")
    statement("DELETE FROM ledger_entry WHERE seq = 2")
    problem(auditor.get("ledger/proof/?seq=1"), 500, "history_differs")


def test_who_may_read_proofs(keyed: Cast) -> None:
    sealed()
    for path in READS:
        for person in (keyed.aud, keyed.sam, keyed.ada):
            assert text(caller(keyed, person, "ledger:read").get(f"ledger/{path}"))
        problem(caller(keyed, keyed.ana, "ledger:read").get(f"ledger/{path}"), 403, "not_allowed")
        problem(caller(keyed, keyed.aud, "tickets:read").get(f"ledger/{path}"), 403, "scope_missing")
        problem(Caller().get(f"ledger/{path}"), 401, "unauthenticated")
        assert text(caller(keyed, keyed.ada, "ledger:read", service="Auditor").get(f"ledger/{path}"))
