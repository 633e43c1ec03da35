"""`manage.py ledger ...`: what is printed, to the byte, and how it ends."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command, execute_from_command_line

from desk.ledger import seal
from desk.ledger.models import Checkpoint, Entry, Key
from desk.ledger.notes import Note, Proof, VerifierKey, read_hashes
from desk.ledger.tree import check_consistency, check_inclusion, leaf_hash
from tests.cast import Cast
from tests.ledger.conftest import statement


def ledger(*words: object) -> tuple[int, str, str]:
    """The exit code and both outputs."""
    out, err = StringIO(), StringIO()
    code = 0
    try:
        call_command("ledger", *map(str, words), stdout=out, stderr=err)
    except SystemExit as ended:
        code = int(ended.code or 0)
    return code, out.getvalue(), err.getvalue()


def test_the_latest_checkpoint_is_printed_as_it_was_signed(keyed: Cast) -> None:
    assert ledger("checkpoint") == (2, "", "Nothing is sealed yet.\n")
    seal.seal()
    assert ledger("checkpoint") == (0, Checkpoint.objects.get().note, "")


def test_an_entry_is_proved(keyed: Cast) -> None:
    seal.seal()
    first = Checkpoint.objects.get()
    keyed.ticket()
    seal.seal()
    for size in ([], ["--size", first.size]):
        code, out, err = ledger("prove", "--seq", 5, *size)
        proof = Proof.parse(out)
        checkpoint = first if size else Checkpoint.objects.latest("size")
        assert (code, err, proof.checkpoint) == (0, "", checkpoint.note)
        leaf = leaf_hash(Entry.objects.get(pk=5).canonical.encode())
        check_inclusion(leaf, 4, checkpoint.size, proof.path, bytes(checkpoint.root))
    assert ledger("prove", "--seq", 1000)[:2] == (2, "")
    assert ledger("prove", "--seq", 1, "--size", 3)[:2] == (2, "")
    assert ledger("prove", "--consistency", 1, 2, "--size", 3)[:2] == (2, "")


def test_consistency_is_proved(keyed: Cast) -> None:
    seal.seal()
    keyed.ticket()
    seal.seal()
    first, second = Checkpoint.objects.order_by("size")
    code, out, err = ledger("prove", "--consistency", first.size, second.size)
    assert (code, err) == (0, "")
    check_consistency(first.size, second.size, read_hashes(out), bytes(first.root), bytes(second.root))
    assert ledger("prove", "--consistency", second.size, first.size)[0] == 2


def test_a_proof_that_would_not_hold_is_a_broken_ledger(keyed: Cast) -> None:
    seal.seal()
    statement("UPDATE ledger_entry SET canonical = canonical || ' ' WHERE seq = 3")
    for words in (["--seq", 3], ["--consistency", 3, Checkpoint.objects.get().size]):
        code, out, err = ledger("prove", *words)
        assert (code, out) == (1, "")
        assert "not what stands there now" in err


def test_leaves_are_exported_one_a_line(keyed: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from desk.ledger.commands import export

    monkeypatch.setattr(export, "AT_ONCE", 4)
    texts = list(Entry.objects.order_by("seq").values_list("canonical", flat=True))
    for since in (0, 3, 4, len(texts), len(texts) + 5):
        assert ledger("export", "--since", since) == (0, "".join(f"{text}\n" for text in texts[since:]), "")
    assert ledger("export", "--since", -1)[0] == 2
    seal.seal()
    assert [leaf_hash(line.encode()) for line in ledger("export")[1].splitlines()] == [
        bytes(leaf) for leaf in Entry.objects.order_by("seq").values_list("leaf", flat=True)
    ]


def test_keys_are_made_rotated_listed_and_forgotten(company: Cast, outside: Path) -> None:
    code, out, _err = ledger("key", "new")
    first = VerifierKey.parse(out)
    assert (code, Key.objects.get().verifier) == (0, first)
    assert ledger("key", "new")[:2] == (2, "")
    seal.seal()
    size = Checkpoint.objects.get().size
    code, out, err = ledger("key", "rotate")
    second = VerifierKey.parse(out)
    assert code == 0
    assert "ledger key forget" in err
    listed = ledger("key", "list")[1]
    assert f"{first}\n  first, " in listed
    assert f"signed {size} to {size}, private half in {outside / 'key'}" in listed
    assert f"{second}\n  routine, " in listed
    assert "has signed nothing yet" in listed
    assert ledger("key", "forget")[0] == 2
    seal.seal()
    assert Note.parse(ledger("checkpoint")[1]).verified([first, second]) == [first, second]
    assert ledger("key", "forget")[:2] == (0, "1 taken out.\n")
    assert ledger("key", "forget")[:2] == (0, "0 taken out.\n")
    assert ledger("key", "rotate", "--reason", "compromised")[0] == 0


@pytest.mark.parametrize("words", [[], ["nothing"], ["prove"], ["key"], ["key", "rotate", "--reason", "mood"]])
def test_what_makes_no_sense_is_usage(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        execute_from_command_line(["manage.py", "ledger", *words])
    assert ended.value.code == 2
    assert "usage:" in capsys.readouterr().err
