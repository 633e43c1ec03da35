"""Signed notes, checkpoints, cosignatures and proofs: as the public formats have them, and nothing else."""

from __future__ import annotations

import base64
import re

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from desk.ledger.notes import (
    COSIGNED,
    MOST_SIGNATURES,
    Checkpoint,
    Malformed,
    Note,
    NotSigned,
    Proof,
    Signature,
    Signer,
    VerifierKey,
    read_hashes,
    write_hashes,
)

KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
SIGNED = "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="
NOTE = f"This is an example message.\n\n— example.com/foo {SIGNED}\n"
# That of golang.org/x/mod/sumdb/note's own tests.
SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NEUMANN = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
ROOT = bytes(range(32))


def test_the_example_of_the_specification_is_read_verified_and_written_again() -> None:
    note = Note.parse(NOTE)
    assert note.verified([VerifierKey.parse(KEY)]) == [VerifierKey.parse(KEY)]
    assert (str(note), str(VerifierKey.parse(KEY))) == (NOTE, KEY)


def test_a_private_key_of_another_program_signs_as_that_program_does() -> None:
    signer = Signer.parse(SECRET)
    text = NEUMANN.partition("\n\n")[0] + "\n"
    assert (str(signer.verifier), signer.secret()) == (PUBLIC, SECRET)
    assert str(Note(text, (signer.sign(text),))) == NEUMANN


def test_a_new_key_comes_back_from_its_text() -> None:
    signer = Signer.new("desk.example.com/ledger")
    again = Signer.parse(f"{signer.secret()}\n")
    assert again.verifier == signer.verifier
    assert again.secret() == signer.secret()
    assert VerifierKey.parse(str(signer.verifier)) == signer.verifier


def test_a_changed_text_is_not_signed() -> None:
    note = Note.parse(NOTE.replace("example message", "exampel message"))
    with pytest.raises(NotSigned):
        note.verified([VerifierKey.parse(KEY)])


def test_signatures_of_strangers_are_left_aside_but_somebody_known_has_to_sign() -> None:
    known, stranger = Signer.new("log"), Signer.new("stranger")
    text = "One line.\n"
    wrong = Signature("stranger", stranger.verifier.key_id, b"x" * 64)
    note = Note(text, (wrong, known.sign(text)))
    assert note.verified([known.verifier]) == [known.verifier]
    with pytest.raises(NotSigned, match="no key that is known"):
        note.verified([])
    with pytest.raises(NotSigned, match="does not hold"):
        note.verified([known.verifier, stranger.verifier])


def test_a_key_of_the_same_name_with_another_id_is_a_stranger() -> None:
    one, other = Signer.new("log"), Signer.new("log")
    note = Note("A\n", (one.sign("A\n"), other.sign("A\n")))
    assert note.verified([other.verifier]) == [other.verifier]
    with pytest.raises(NotSigned, match="no signature of"):
        one.verifier.verify("A\n", other.sign("A\n"))


def test_sixteen_signatures_and_more_are_read() -> None:
    signers = [Signer.new(f"signer-{number}") for number in range(MOST_SIGNATURES)]
    note = Note("A\n", tuple(signer.sign("A\n") for signer in signers))
    keys = [signer.verifier for signer in signers]
    assert Note.parse(str(note)).verified(keys) == keys
    with pytest.raises(Malformed, match="too many"):
        Note.parse(f"{note}{note.signatures[0]}\n")


def test_a_checkpoint_is_three_lines() -> None:
    checkpoint = Checkpoint("desk.example.com/ledger", 1042, ROOT)
    assert checkpoint.text == f"desk.example.com/ledger\n1042\n{base64.b64encode(ROOT).decode()}\n"
    assert Checkpoint.parse(checkpoint.text) == checkpoint


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "\n1\n{root}\n",
        "log\n01\n{root}\n",
        "log\n-1\n{root}\n",
        "log\n1\n{root}",
        "log\n1\n{root}\nextension\n",
        "log\n1\nAAAA\n",
        "log\n1\nnot base64\n",
        "lo+g\n1\n{root}\n",
        "lo g\n1\n{root}\n",
        "log\n١\n{root}\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(wrong: str) -> None:
    with pytest.raises(Malformed):
        Checkpoint.parse(wrong.format(root=base64.b64encode(ROOT).decode()))


def test_a_cosignature_says_when_and_over_what() -> None:
    witness = Signer.new("witness.example.org", type=COSIGNED)
    text = Checkpoint("log", 7, ROOT).text
    line = witness.cosign(text, time=1_700_000_000)
    raw = base64.b64decode(str(line).split(" ")[2])
    assert raw[:4] == witness.verifier.key_id
    assert raw[4:12] == (1_700_000_000).to_bytes(8, "big")
    public = Ed25519PublicKey.from_public_bytes(witness.verifier.public)
    public.verify(raw[12:], f"cosignature/v1\ntime 1700000000\n{text}".encode())
    assert Note.parse(str(Note(text, (line,)))).verified([witness.verifier]) == [witness.verifier]
    assert line.time == 1_700_000_000


def test_a_cosignature_for_another_time_or_checkpoint_does_not_hold() -> None:
    witness = Signer.new("witness", type=COSIGNED)
    text = Checkpoint("log", 7, ROOT).text
    line = witness.cosign(text, time=5)
    later = Signature(line.name, line.key_id, (6).to_bytes(8, "big") + line.signature[8:])
    for signature, over in ((later, text), (line, Checkpoint("log", 8, ROOT).text)):
        with pytest.raises(NotSigned, match="does not hold"):
            witness.verifier.verify(over, signature)
    with pytest.raises(NotSigned, match="length"):
        witness.verifier.verify(text, Signature(line.name, line.key_id, line.signature[:-1]))


def test_a_proof_is_written_and_read_again() -> None:
    proof = Proof(41, (ROOT, ROOT[::-1]), NOTE)
    lines = str(proof).split("\n")
    assert lines[:2] == ["c2sp.org/tlog-proof@v1", "index 41"]
    assert lines[2:5] == [base64.b64encode(ROOT).decode(), base64.b64encode(ROOT[::-1]).decode(), ""]
    assert str(proof).endswith(f"\n\n{NOTE}")
    assert Proof.parse(str(proof)) == proof
    assert Proof.parse(str(Proof(0, (), NOTE))) == Proof(0, (), NOTE)


def test_what_is_extra_in_a_proof_is_left_aside() -> None:
    text = str(Proof(0, (ROOT,), NOTE)).replace("\nindex", "\nextra AAAA\nindex", 1)
    assert Proof.parse(text) == Proof(0, (ROOT,), NOTE)


@pytest.mark.parametrize(
    "change",
    [
        ("tlog-proof@v1", "tlog-proof@v2"),
        ("index 3", "index 03"),
        ("index 3\n", ""),
        ("index 3", "index 3\nindex 4"),
        ("index 3", "index 3\nAAAA"),
        ("\n\nThis", "\nThis"),
        ("index 3", "extra !\nindex 3"),
    ],
)
def test_what_is_no_proof_is_refused(change: tuple[str, str]) -> None:
    text = str(Proof(3, (ROOT,), "This is all.\n"))
    assert change[0] in text
    with pytest.raises(Malformed):
        Proof.parse(text.replace(*change, 1))


def test_a_path_longer_than_any_tree_is_refused() -> None:
    with pytest.raises(Malformed, match="too long"):
        Proof.parse(str(Proof(3, (ROOT,) * 65, NOTE)))


@pytest.mark.parametrize(
    "wrong",
    [
        "no signature\n",
        f"text\n— example.com/foo {SIGNED}\n",
        NOTE[:-1],
        NOTE.replace("— ", "- "),
        NOTE.replace("— ", "—"),
        NOTE.replace("/foo ", "/foo  "),
        NOTE.replace("/foo", "/f+oo"),
        NOTE.replace(SIGNED, SIGNED[:-1]),
        NOTE.replace(SIGNED, "AAAA"),
        NOTE.replace("an example", "an\texample"),
        NOTE.replace("an example", "an\x7fexample"),
        NOTE + "\n",
        "x" * 1_000_001,
    ],
)
def test_what_is_no_note_is_refused(wrong: str) -> None:
    with pytest.raises(Malformed):
        Note.parse(wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "name",
        KEY.replace("530d903a", "530d903b"),
        KEY.replace("+Ae", "+Be"),
        KEY.replace("example.com/foo", "example.com/bar"),
        KEY.replace("example.com", "exam ple.com"),
        KEY[:-4],
        "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    ],
)
def test_what_is_no_verifier_key_is_refused(wrong: str) -> None:
    with pytest.raises(Malformed):
        VerifierKey.parse(wrong)


@pytest.mark.parametrize("wrong", ["", PUBLIC, SECRET[:-4], SECRET.replace("c74f20a3", "c74f20a4"), f"x{SECRET}"])
def test_what_is_no_private_key_is_refused(wrong: str) -> None:
    with pytest.raises(Malformed):
        Signer.parse(wrong)


def test_only_whole_lines_are_signed() -> None:
    for text in ("no end", "a\0b\n", "a\rb\n"):
        with pytest.raises(Malformed):
            Signer.new("log").sign(text)
    for name in ("", "a b", "a+b", "a\tb"):
        with pytest.raises(Malformed):
            Signer.new(name)


def test_hashes_are_written_one_a_line() -> None:
    text = write_hashes([ROOT, ROOT[::-1]])
    assert re.fullmatch(r"([A-Za-z0-9+/]{43}=\n){2}", text)
    assert read_hashes(text) == [ROOT, ROOT[::-1]]
    assert read_hashes("") == []
    for wrong in (text[:-1], "AAAA\n", f"{text}\n", text.replace("\n", "\r\n")):
        with pytest.raises(Malformed):
            read_hashes(wrong)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"])), st.integers(0, 2**63 - 1))
def test_whatever_lines_are_signed_come_back(line: str, time: int) -> None:
    signer, witness = Signer.new("log"), Signer.new("witness", type=COSIGNED)
    text = f"{line}\n"
    note = Note(text, (signer.sign(text), witness.cosign(text, time=time)))
    keys = [signer.verifier, witness.verifier]
    assert Note.parse(str(note)) == note
    assert note.verified(keys) == keys
