"""POST ledger/cosignatures/: a witness countersigns."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from django.conf import settings

from desk.ledger import seal
from desk.ledger.models import Checkpoint, Cosignature, Entry
from desk.ledger.notes import COSIGNED, Note, Signer
from tests.api.calls import Caller, caller, problem
from tests.cast import Cast
from tests.ledger.conftest import keyed, outside

__all__ = ["keyed", "outside"]

PATH = "ledger/cosignatures/"


@pytest.fixture
def witness(outside: Path, monkeypatch: pytest.MonkeyPatch) -> Signer:
    """A witness whom the policy names."""
    signer = Signer.new("witness.example.org", type=COSIGNED)
    (outside / "policy").write_text(f"witness council {signer.verifier}\nquorum council\n")
    monkeypatch.setattr(settings.ENV, "ledger_policy", str(outside / "policy"))
    return signer


@pytest.fixture
def auditor(keyed: Cast) -> Caller:
    assert seal.seal()
    return caller(keyed, keyed.aud, "ledger:read")


def line(witness: Signer, checkpoint: Checkpoint, at: float | None = None) -> str:
    return f"{witness.cosign(Note.parse(checkpoint.note).text, time=int(at or time.time()))}\n"


def send(who: Caller, text: str, **headers: str) -> object:
    return who.send("POST", PATH, text.encode(), "text/plain; charset=utf-8", **headers)


def test_a_cosignature_is_kept_and_handed_out_with_the_checkpoint(witness: Signer, auditor: Caller) -> None:
    checkpoint = Checkpoint.objects.get()
    answer = send(auditor, line(witness, checkpoint, 1_750_000_000))
    assert (answer.status_code, answer.json()) == (
        201,
        {"size": checkpoint.size, "witness": "witness.example.org", "seen_at": "2025-06-15T15:06:40Z"},
    )
    note = Note.parse(auditor.get("ledger/checkpoint/").content.decode())
    assert note.verified([checkpoint.key.verifier, witness.verifier]) == [checkpoint.key.verifier, witness.verifier]
    proof = auditor.get("ledger/proof/", seq=1).content.decode()
    assert proof.endswith(str(note))
    assert Entry.objects.filter(kind="checkpoint.cosigned", subject=f"checkpoint:{checkpoint.size}").count() == 1


def test_it_may_be_for_a_checkpoint_that_is_no_longer_the_latest(witness: Signer, auditor: Caller, keyed: Cast) -> None:
    first = Checkpoint.objects.get()
    keyed.ticket()
    seal.seal()
    assert send(auditor, line(witness, first)).json()["size"] == first.size


def test_the_same_again_changes_nothing(witness: Signer, auditor: Caller) -> None:
    text = line(witness, Checkpoint.objects.get())
    assert [send(auditor, text).status_code for _ in range(2)] == [201, 200]
    assert send(auditor, text, **{"Idempotency-Key": "a"}).status_code == 200
    again = send(auditor, text, **{"Idempotency-Key": "a"})
    assert (again.status_code, again["Idempotent-Replayed"]) == (200, "true")
    assert Cosignature.objects.count() == 1


def test_strangers_and_false_signatures_are_refused(witness: Signer, auditor: Caller) -> None:
    checkpoint = Checkpoint.objects.get()
    stranger = Signer.new("witness.example.org", type=COSIGNED)
    problem(send(auditor, line(stranger, checkpoint)), 422, "unknown_witness")
    elsewhere = str(witness.cosign("other.example/log\n1\n", time=1))
    for text in (elsewhere, "", "no signature", line(witness, checkpoint)[:-8], "\0", "— a AAAA\n— b AAAA\n"):
        problem(send(auditor, text), 422, "not_a_cosignature")
    problem(auditor.send("POST", PATH, b"\xff", "text/plain"), 400, "malformed")
    assert not Cosignature.objects.exists()


def test_who_may_send_one(witness: Signer, auditor: Caller, keyed: Cast) -> None:
    text = line(witness, Checkpoint.objects.get())
    problem(send(caller(keyed, keyed.ana, "ledger:read"), text), 403, "not_allowed")
    problem(send(caller(keyed, keyed.aud, "tickets:read"), text), 403, "scope_missing")
    problem(send(Caller(), text), 401, "unauthenticated")
