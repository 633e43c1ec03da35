"""A checkpoint from outside beside the ledger of today: each answer has its own sentence, and nothing is written."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from conversations.oversight.checkpoints import LARGEST, VERDICTS
from desk.actions import SYSTEM
from desk.ledger import keys, seal
from desk.ledger.compare import compare
from desk.ledger.models import Checkpoint, Entry
from desk.ledger.notes import COSIGNED, Note, Signer
from desk.ledger.notes import Checkpoint as Said
from tests.cast import Cast
from tests.ledger.conftest import keyed, outside, statement

__all__ = ["keyed", "outside"]


@pytest.fixture
def grown(keyed: Cast) -> list[Checkpoint]:
    """Three checkpoints."""
    for _ in range(3):
        keyed.ticket()
        seal.seal()
    return list(Checkpoint.objects.order_by("size"))


def signed(origin: str, size: int, root: bytes, signer: Signer | None = None) -> str:
    """A checkpoint that says so, signed with the ledger's own key unless with another."""
    text = Said(origin, size, root).text
    return str(Note(text, ((signer or keys.read_signers()[-1]).sign(text),)))


def test_an_earlier_checkpoint_holds_by_a_proof(grown: list[Checkpoint]) -> None:
    found = compare(grown[0].note)
    assert (found.verdict, found.holds) == ("holds", True)
    assert (found.size, found.now) == (grown[0].size, grown[-1].size)
    assert found.proof > 0
    assert found.keys == (grown[0].key.verifier.key_id.hex(),)


def test_the_newest_is_the_same_however_it_was_copied(grown: list[Checkpoint]) -> None:
    note = grown[-1].note
    for text in (note, note.replace("\n", "\r\n"), f"\n\n  {note}\n\n", note.rstrip("\n")):
        assert (compare(text).verdict, compare(text).holds, compare(text).proof) == ("same", True, 0)
    witness = Signer.new("witness.example.org", type=COSIGNED)
    assert compare(f"{note}{witness.cosign(Note.parse(note).text, time=1)}\n").verdict == "same"


def test_one_of_another_ledger(grown: list[Checkpoint]) -> None:
    stranger = Signer.new("other.example/ledger")
    assert compare(signed("other.example/ledger", 3, b"x" * 32, stranger)).verdict == "other_origin"
    assert compare(signed("other.example/ledger", 3, b"x" * 32)).verdict == "other_origin", "whoever signed it"


def test_one_with_our_name_and_a_key_that_nobody_knows(grown: list[Checkpoint]) -> None:
    forger = Signer.new("desk.test/ledger")
    assert compare(signed("desk.test/ledger", grown[0].size, bytes(grown[0].root), forger)).verdict == "unknown_key"


def test_one_whose_text_was_changed_after_it_was_signed(grown: list[Checkpoint]) -> None:
    changed = grown[0].note.replace(f"\n{grown[0].size}\n", f"\n{grown[0].size + 1}\n", 1)
    assert compare(changed).verdict == "signature_wrong"


def test_one_of_more_entries_than_there_are(grown: list[Checkpoint]) -> None:
    found = compare(signed("desk.test/ledger", grown[-1].size + 1, b"x" * 32))
    assert (found.verdict, found.holds, found.proof) == ("larger", False, 0)


def test_one_of_another_history(grown: list[Checkpoint]) -> None:
    for size in (grown[0].size, grown[0].size + 1, grown[-1].size):
        found = compare(signed("desk.test/ledger", size, b"x" * 32))
        assert (found.verdict, found.holds, found.size, found.proof) == ("differs", False, size, 0)


def test_a_history_that_was_rewritten_and_sealed_anew_is_found(grown: list[Checkpoint]) -> None:
    kept = grown[1].note
    statement("UPDATE ledger_entry SET leaf = sha256(leaf) WHERE seq = 2")
    statement("DELETE FROM ledger_checkpoint")
    statement("DELETE FROM ledger_node")
    statement(
        "UPDATE ledger_entry SET leaf = sha256('\\x00'::bytea || convert_to(canonical || ' ', 'UTF8')) WHERE seq = 2"
    )
    statement("UPDATE ledger_entry SET canonical = canonical || ' ' WHERE seq = 2")
    rewritten = statement("SELECT count(*) FROM ledger_entry")[0][0]
    assert compare(kept).verdict == "nothing_sealed"
    from desk.ledger.nodes import read_nodes
    from desk.ledger.tree import root

    anew = root(rewritten, read_nodes)
    statement(
        "INSERT INTO ledger_checkpoint (size, previous, root, note, key_id, at) VALUES (%s, 0, %s, %s, %s, now())",
        rewritten,
        anew,
        signed("desk.test/ledger", rewritten, anew),
        grown[0].key_id,
    )
    assert compare(kept).verdict == "differs"


def test_a_key_that_signs_no_more_is_still_known(grown: list[Checkpoint], keyed: Cast) -> None:
    keys.rotate("routine", by=SYSTEM)
    keyed.ticket()
    seal.seal()
    assert compare(grown[0].note).verdict == "holds"
    assert len(compare(Checkpoint.objects.latest("size").note).keys) == 2


JUNK = [
    "",
    "\n\n",
    "x",
    "x" * 2_000_000,
    "\0\0\n1\n\n— a b\n",
    "desk.test/ledger\n-1\nAAAA\n\n— a AAAA\n",
    "🦄\n\n— 🦄 🦄\n",
]


def test_junk_is_no_checkpoint(keyed: Cast) -> None:
    for junk in JUNK:
        assert compare(junk).verdict == "not_a_checkpoint", junk


@pytest.fixture
def aud(keyed: Cast, client: Client) -> Client:
    client.force_login(keyed.aud)
    return client


def test_the_page_takes_a_paste_and_a_file_and_writes_nothing(aud: Client, grown: list[Checkpoint]) -> None:
    before = Entry.objects.latest("seq").seq
    note = grown[0].note
    pasted = aud.post("/ledger/compare/", {"checkpoint": note})
    file = aud.post("/ledger/compare/", {"file": SimpleUploadedFile("kept.txt", note.encode())})
    for answer in (pasted, file):
        page = answer.content.decode()
        assert 'data-verdict="holds"' in page
        assert str(VERDICTS["holds"]) in page
        assert f"{grown[0].size} entries. Sealed now: {grown[-1].size}." in page
    assert Entry.objects.latest("seq").seq == before


@pytest.mark.parametrize("held", [b"\xff\xfe\x00" * 100, b"", b"MZ" + b"\0" * 5_000_000], ids=["bytes", "none", "huge"])
def test_a_file_that_is_something_else_gets_its_sentence(aud: Client, held: bytes) -> None:
    answer = aud.post("/ledger/compare/", {"file": SimpleUploadedFile("kept.exe", held)})
    assert answer.status_code == 200
    assert str(VERDICTS["not_a_checkpoint"]) in answer.content.decode()
    assert len(answer.content) < LARGEST + 40_000


def test_a_paste_of_many_megabytes_is_refused_with_a_sentence(aud: Client) -> None:
    answer = aud.post("/ledger/compare/", {"checkpoint": "x" * 3_000_000})
    assert answer.status_code == 413


def test_what_was_pasted_comes_back_escaped(aud: Client) -> None:
    page = aud.post("/ledger/compare/", {"checkpoint": "</textarea><script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in page


def test_every_verdict_has_a_sentence_of_its_own() -> None:
    from typing import get_args

    from desk.ledger.compare import Verdict

    assert set(VERDICTS) == set(get_args(Verdict))
    assert len({str(said) for said in VERDICTS.values()}) == len(VERDICTS)


def test_checkpoints_are_listed_and_handed_out(
    aud: Client, grown: list[Checkpoint], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conversations.oversight.checkpoints.PAGE", 2)
    page = aud.get("/ledger/checkpoints/").content.decode()
    assert bytes(grown[2].root).hex() in page
    assert bytes(grown[0].root).hex() not in page
    assert f"/ledger/checkpoints/?before={grown[1].size}" in page
    older = aud.get(f"/ledger/checkpoints/?before={grown[1].size}").content.decode()
    assert bytes(grown[0].root).hex() in older
    assert f"signed with key {grown[0].key.verifier.key_id.hex()}" in older
    answer = aud.get(f"/ledger/checkpoints/{grown[0].size}/")
    assert answer.content.decode() == grown[0].note
    assert answer["Content-Disposition"] == f'attachment; filename="checkpoint-{grown[0].size}.txt"'
    assert aud.get("/ledger/checkpoints/1/").status_code == 404
    assert aud.get(f"/ledger/checkpoints/{2**70}/").status_code == 404
    assert aud.get("/ledger/checkpoints/?before=💥").status_code == 200
