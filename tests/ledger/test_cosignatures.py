"""Cosignatures as they come in: which are kept for what, what is refused, and from when a checkpoint counts as witnessed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from desk.actions import SYSTEM
from desk.ledger.models import Checkpoint, Cosignature, Counter, Entry
from desk.ledger.notes import COSIGNED, Note, Signer
from desk.ledger.policy import Policy, policy_in_force
from desk.ledger.witnesses import (
    NotACosignature,
    UnknownWitness,
    handed_out,
    is_witnessed,
    keep_cosignature,
    newest_checkpoint,
    newest_witnessed,
)
from tests.ledger.conftest import statement
from tests.ledger.damage import cut

ONE, TWO, STRANGER = (Signer.new(f"{name}.example", type=COSIGNED) for name in ("one", "two", "stranger"))


@pytest.fixture
def policy(standing: None, outside: Path) -> Iterator[Path]:
    """Two witnesses, both of whom have to countersign; what they send is gone afterwards."""
    last, path = Counter.objects.get().value, outside / "policy"
    path.write_text(f"witness one {ONE.verifier}\nwitness two {TWO.verifier}\ngroup both all one two\nquorum both\n")
    settings.ENV.ledger_policy = str(path)
    yield path
    statement("DELETE FROM ledger_cosignature WHERE witness <> 'auditor.example'")
    cut(last)


def checkpoints() -> list[Checkpoint]:
    return list(Checkpoint.objects.order_by("size"))


def line(signer: Signer, checkpoint: Checkpoint, *, time: int = 1_800_000_000) -> str:
    return str(signer.cosign(Note.parse(checkpoint.note).text, time=time))


def in_force() -> Policy:
    found = policy_in_force()
    assert found is not None
    return found


def test_a_cosignature_is_kept_once_for_the_checkpoint_that_it_signs(policy: Path) -> None:
    one, two, _three = checkpoints()
    sent = line(ONE, two)
    kept, new = keep_cosignature(f"\r\n{sent}\r\n", by=SYSTEM)
    assert (kept.checkpoint_id, kept.witness, kept.key, kept.line, new) == (
        two.size,
        "one.example",
        str(ONE.verifier),
        sent,
        True,
    )
    assert kept.seen_at.timestamp() == 1_800_000_000
    told = Entry.objects.latest("seq")
    key = ONE.verifier.key_id.hex()
    assert (told.kind, told.subject) == ("checkpoint.cosigned", f"checkpoint:{two.size}")
    assert told.facts == {"size": two.size, "key": key, "witnessed": "not_yet"}
    again, new = keep_cosignature(line(ONE, two, time=1_800_000_001), by=SYSTEM)
    assert (again.pk, again.line, new) == (kept.pk, sent, False), "the first one stands"
    keep_cosignature(line(TWO, two), by=SYSTEM)
    assert Entry.objects.latest("seq").facts["witnessed"] == "yes"
    assert [is_witnessed(each) for each in checkpoints()] == [False, True, False]
    assert handed_out(two) == f"{two.note}{sent}\n{line(TWO, two)}\n"
    assert handed_out(one) == one.note
    settings.ENV.ledger_policy = ""
    assert not is_witnessed(two)


def test_what_no_witness_of_the_policy_signed_is_refused(policy: Path) -> None:
    one = checkpoints()[0]
    other = str(ONE.cosign(Note.parse(one.note).text.replace("\n", "\n1", 1), time=1))
    entries, kept = Entry.objects.count(), Cosignature.objects.count()
    for wrong, problem in (
        ("", NotACosignature),
        ("nonsense", NotACosignature),
        (f" {line(ONE, one)}", NotACosignature),
        (other, NotACosignature),
        (line(STRANGER, one), UnknownWitness),
        (str(Signer.new("log.example").sign(Note.parse(one.note).text)), UnknownWitness),
    ):
        with pytest.raises(problem):
            keep_cosignature(wrong, by=SYSTEM)
    settings.ENV.ledger_policy = ""
    with pytest.raises(UnknownWitness):
        keep_cosignature(line(ONE, one), by=SYSTEM)
    assert (Entry.objects.count(), Cosignature.objects.count()) == (entries, kept)


def test_the_newest_that_is_witnessed_is_the_newest_that_enough_signed(policy: Path) -> None:
    one, two, three = checkpoints()
    newest = newest_checkpoint()
    assert newest is not None
    assert newest.size == three.size
    assert newest_witnessed(in_force()) is None
    for signer, checkpoint, found in (
        (ONE, one, None),
        (TWO, one, one),
        (ONE, two, one),
        (TWO, two, two),
        (TWO, three, two),
    ):
        keep_cosignature(line(signer, checkpoint), by=SYSTEM)
        witnessed = newest_witnessed(in_force())
        assert (witnessed and witnessed.size) == (found and found.size)
    policy.write_text("quorum none\n")
    witnessed = newest_witnessed(in_force())
    assert witnessed is not None
    assert witnessed.size == three.size
