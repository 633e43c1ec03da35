"""Whom countersign_verify.py believes: keys, a checkpoint that was kept, witnesses of a policy."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from desk.ledger.notes import COSIGNED, Checkpoint, Note, Signer, write_hashes
from desk.ledger.programs import countersign_verify as program
from tests.ledger.made import THREAD, Files, Log
from tests.ledger.outsiders import Auditor


def test_without_anything_from_outside_it_hangs_together_and_says_that_this_is_all(log: Log, auditor: Auditor) -> None:
    code, said = auditor.checks(log)
    assert code == 0
    assert "Signed with a key that came in the bundle itself, and that nobody else vouched for." in said
    assert "  - Who signed. The only key at hand came with the bundle" in said
    assert "  - Whether independent witnesses saw this checkpoint." in said
    assert "BUT NOBODY OUTSIDE VOUCHES FOR THE KEY" in said


def test_a_checkpoint_of_a_key_that_was_not_brought_is_not_believed(log: Log, auditor: Auditor) -> None:
    stranger = Signer.new(log.signer.name)
    code, said = auditor.checks(log, "--key", str(stranger.verifier))
    assert code == 1
    assert "The checkpoint is not signed with a key that you brought. If the ledger has a new key, ask for it." in said
    code, said = auditor.checks(log, note=log.note(by=stranger))
    assert code == 1
    assert "The checkpoint is not even signed with a key from the bundle's own keys.txt." in said


def test_the_key_of_another_log_does_not_vouch_for_this_one(log: Log, auditor: Auditor) -> None:
    """A note may carry the signature of any log; what counts is that of the one that it names."""
    other = Signer.new("elsewhere.test/ledger")
    note = Note.parse(log.note())
    both = str(Note(note.text, (*note.signatures, other.sign(note.text))))
    assert auditor.checks(log, "--key", str(other.verifier), note=both)[0] == 1
    assert auditor.checks(log, "--key", log.key, "--key", str(other.verifier), note=both)[0] == 0
    only = str(Note(note.text, (other.sign(note.text),)))
    keys = {"keys.txt": f"{other.verifier}\n".encode()}
    assert auditor.checks(log, note=only, change=lambda files: files.update(keys))[0] == 1


def test_a_false_signature_in_the_name_of_a_known_key_is_broken(log: Log, auditor: Auditor) -> None:
    note = log.note().replace(log.note().split(" ")[-1].strip()[-12:-4], "AAAAAAAA")
    for brought in ((), ("--key", log.key)):
        code, said = auditor.checks(log, *brought, note=note)
        assert code == 1
        assert "A signature in the name of desk.test/ledger under a checkpoint is false." in said


def test_keys_may_stand_in_a_file_with_remarks(log: Log, auditor: Auditor) -> None:
    path = auditor.file("keys", f"# from the contract\n\n{log.key}\n")
    assert "which you brought" in auditor.checks(log, "--key", path)[1]
    assert auditor.checks(log, "--key", auditor.file("keys", "no key\n"))[0] == 2


@pytest.mark.parametrize(
    "wrong",
    [
        "desk.test/ledger",
        "desk.test/ledger+00000000",
        lambda key: key.replace("+", "+0", 1),
        lambda key: f"x{key}",
        lambda key: key.replace("desk", "de sk"),
        lambda key: key.partition("+")[2],
        lambda key: "+" + key.partition("+")[2],
        lambda key: key[:-4],
        lambda key: key[:-1] + "!",
    ],
)
def test_what_is_no_verifier_key_is_refused_with_a_sentence(wrong: Any, log: Log, auditor: Auditor) -> None:
    text = wrong if isinstance(wrong, str) else wrong(log.key)
    code, said = auditor.checks(log, "--key", auditor.file("key", f"{text}\n"))
    assert code == 2
    assert said.startswith("countersign_verify: ")
    assert "key" in said


def key_of(name: str, kind: int, public: bytes) -> str:
    raw = bytes([kind]) + public
    identity = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4].hex()
    return f"{name}+{identity}+{base64.b64encode(raw).decode()}"


@pytest.mark.parametrize(
    ("name", "kind", "public"),
    [("a b", 1, bytes(32)), ("", 1, bytes(32)), ("log", 2, bytes(32)), ("log", 1, bytes(31)), ("log", 1, bytes(33))],
)
def test_a_key_with_an_id_of_its_own_still_has_to_be_of_a_kind_that_is_known(
    name: str, kind: int, public: bytes
) -> None:
    with pytest.raises(program.Unreadable, match="is not a verifier key of the kind Ed25519"):
        program.Key.read(key_of(name, kind, public))
    assert program.Key.read(key_of("log", 4, bytes(32))).type == program.WITNESS


@pytest.mark.parametrize(
    "damage",
    [
        lambda note: note.replace("\n8\n", "\n08\n"),
        lambda note: note.replace("\n8\n", "\n-8\n"),
        lambda note: note.replace("\n8\n", "\n8\n\n"),
        lambda note: note.replace("desk.test/ledger\n", "\n", 1),
        lambda note: note.replace("desk.test/ledger\n", "desk\x1btest\n", 1),
        lambda note: note.replace("\n\n", "\nextension\n\n"),
        lambda note: note[:-1],
        lambda note: note.replace("— ", "- "),
        lambda note: note.replace("— ", "—  "),
        lambda note: note.partition("\n\n")[0] + "\n\n",
        lambda note: note.partition("\n\n")[0] + "\n\n— desk.test/ledger AAAA\n",
        lambda note: note.partition("\n\n")[0] + "\n\n— desk.test/ledger AAAAAAB\n",
        lambda note: re.sub(r"\n[^\n]{44}\n\n", "\nAAAA\n\n", note),
        lambda note: note.partition("\n\n")[0] + "\n\n— desk.test/ledger AAAAAAB=\n",
        lambda note: re.sub(r"\n[^\n]{44}\n\n", "\n!\n\n", note),
        lambda note: note + note.splitlines(keepends=True)[-1] * 100,
    ],
)
def test_what_is_no_checkpoint_is_not_read(damage: Callable[[str], str], log: Log) -> None:
    with pytest.raises(program.Unreadable, match="A checkpoint"):
        program.Checkpoint.read(damage(log.note()))


def test_as_many_signatures_are_read_as_a_note_may_have(log: Log) -> None:
    note = log.note()
    line = note.splitlines(keepends=True)[-1]
    assert len(program.Checkpoint.read(note + line * 99).signatures) == 100
    short = program.Checkpoint.read(note.partition("\n\n")[0] + "\n\n— desk.test/ledger AAAAAAA=\n")
    assert short.signatures == (("desk.test/ledger", bytes(4), bytes(1)),)


def test_a_kept_checkpoint_of_the_same_size_vouches_for_the_bundle(log: Log, auditor: Auditor) -> None:
    code, said = auditor.checks(log, "--checkpoint", auditor.file("kept", log.note()))
    assert code == 0
    assert "It is the same as the checkpoint that you brought." in said
    assert "VOUCHES" not in said
    assert "Who signed" not in said


def test_an_earlier_or_later_kept_checkpoint_wants_a_proof(log: Log, auditor: Auditor) -> None:
    for kept, shown in ((3, 8), (8, 3)):
        arguments = ["--key", log.key, "--checkpoint", auditor.file("kept", log.note(kept))]
        note, small, large = log.note(shown), 3, 8

        def first(files: Files, shown: int = shown) -> None:
            files["texts.jsonl"] = b"".join(
                line for line in files["texts.jsonl"].splitlines(keepends=True) if json.loads(line)["seq"] <= shown
            )

        code, said = auditor.checks(log, *arguments, note=note, change=first)
        assert code == 0
        assert (
            f"Whether the ledger of {large} entries still holds the {small} of the earlier checkpoint unchanged."
            in said
        )
        assert f"Ask for the consistency proof from {small} to {large} and bring it with --consistency." in said
        proof = log.consistency(small, large)
        given = auditor.file("proof", write_hashes(proof))
        code, said = auditor.checks(log, *arguments, "--consistency", given, note=note, change=first)
        assert code == 0
        assert f"The {small} entries of the earlier checkpoint stand unchanged in the {large} of the later one." in said
        given = auditor.file("proof", write_hashes(proof[1:]))
        code, said = auditor.checks(log, *arguments, "--consistency", given, note=note, change=first)
        assert code == 1
        assert f"The consistency proof does not lead from {small} to {large} entries" in said


def test_two_histories_are_named(log: Log, auditor: Auditor) -> None:
    text = Checkpoint(log.signer.name, 8, bytes(32)).text
    kept = auditor.file("kept", str(Note(text, (log.signer.sign(text),))))
    code, said = auditor.checks(log, "--key", log.key, "--checkpoint", kept)
    assert code == 1
    assert "TWO HISTORIES: for the same 8 entries the checkpoint that you brought has another root." in said

    def other(files: Files) -> None:
        files["proofs/8.tlog-proof"] = files["proofs/8.tlog-proof"].replace(
            log.note().encode(), str(Note(text, (log.signer.sign(text),))).encode()
        )

    code, said = auditor.checks(log, "--key", log.key, change=other)
    assert code == 1
    assert "Two checkpoints of 8 entries have different roots: two histories." in said


def test_a_kept_checkpoint_of_another_log_or_with_a_false_signature_is_of_no_use(log: Log, auditor: Auditor) -> None:
    other = Log("elsewhere.test/ledger")
    other.add("ticket.opened", THREAD)
    code, said = auditor.checks(log, "--key", log.key, "--checkpoint", auditor.file("kept", other.note()))
    assert code == 1
    assert "The checkpoint that you brought is of another log: elsewhere.test/ledger." in said
    false = log.note(3).replace("\n3\n", "\n4\n")
    code, said = auditor.checks(log, "--key", log.key, "--checkpoint", auditor.file("kept", false))
    assert code == 1
    assert "In the checkpoint that you brought: A signature in the name of desk.test/ledger" in said


def test_witnesses_are_named_with_their_time_and_enough_of_them_are_asked_for(log: Log, auditor: Auditor) -> None:
    policy = auditor.file("policy", f"log {log.key}\nwitness auditor {log.witness.verifier}\nquorum auditor\n")
    code, said = auditor.checks(log, "--policy", policy)
    assert code == 1
    assert "The checkpoint of 8 entries is not witnessed as your policy asks (auditor)." in said
    code, said = auditor.checks(log, "--policy", policy, note=log.note(witnesses=(log.witness,)))
    assert code == 0, said
    assert "  Countersigned by the witness auditor.example on 2027-01-15 08:00:00 UTC." in said
    assert "  Your policy (auditor) is met." in said
    assert "independent witnesses" not in said
    assert said.count("Countersigned by") == 1
    code, said = auditor.checks(log, "--policy", auditor.file("policy", "no policy\n"))
    assert (code, "Line 1 of the policy: it is none of" in said) == (2, True)


def test_a_cosignature_over_another_text_or_time_is_false(log: Log, auditor: Auditor) -> None:
    policy = auditor.file("policy", f"log {log.key}\nwitness auditor {log.witness.verifier}\nquorum auditor\n")
    note = Note.parse(log.note())
    other = log.witness.cosign(Checkpoint(log.signer.name, 7, log.root(7)).text, time=1_800_000_000)
    code, said = auditor.checks(log, "--policy", policy, note=str(Note(note.text, (*note.signatures, other))))
    assert code == 1
    assert "A signature in the name of auditor.example under a checkpoint is false." in said


def test_a_time_beyond_all_calendars_is_told_in_seconds(log: Log) -> None:
    assert program.told_time(2**63) == f"second {2**63}"
    assert program.told_time(1_800_000_000) == "2027-01-15 08:00:00 UTC"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("log {log} a b\nquorum none\n", "Line 1 of the policy: it is none of"),
        ("log {log}\nlog {log}\nquorum none\n", "Line 2 of the policy: a log has a key of its own"),
        ("log {one}\nquorum none\n", "Line 1 of the policy: a log has a key of its own"),
        ("witness w {log}\nquorum w\n", "a witness has a key of its own"),
        ("witness w {one}\nwitness x {one}\nquorum w\n", "Line 2 of the policy: a witness has a key of its own"),
        ("witness w {one}\nwitness w {two}\nquorum w\n", "w has been named before"),
        ("witness none {one}\nquorum none\n", "none has been named before"),
        ("witness w\nquorum none\n", "it is none of"),
        ("witness w {one}\ngroup w any w\nquorum w\n", "w has been named before"),
        ("witness w {one}\ngroup g any w w\nquorum g\n", "a name can be a member once only"),
        ("witness w {one}\ngroup g any w\ngroup h any w\nquorum h\n", "a name can be a member once only"),
        ("witness w {one}\ngroup g 2 w\nquorum g\n", "a group asks for one of its members up to all"),
        ("witness w {one}\ngroup g 0 w\nquorum g\n", "a group asks for one of its members up to all"),
        ("witness w {one}\ngroup g some w\nquorum g\n", "a group asks for one of its members up to all"),
        ("witness w {one}\ngroup g any x\nquorum g\n", "x is not named before"),
        ("witness w {one}\ngroup g any\nquorum w\n", "it is none of"),
        ("quorum w\n", "w is not named before"),
        ("quorum none\nquorum none\n", "Line 2 of the policy: it is none of"),
        ("quorum none none\n", "it is none of"),
        ("log {log}\n", "The policy has no quorum line."),
        ("# \x07\nquorum none\n", "Line 1 of the policy holds a control character."),
        ("log nonsense\nquorum none\n", "Line 1 of the policy: 'nonsense' is not a verifier key"),
    ],
)
def test_a_policy_that_says_something_else_is_refused_with_its_line(text: str, what: str, log: Log) -> None:
    two = Signer.new("two.example", type=COSIGNED)
    with pytest.raises(program.Unreadable) as refused:
        program.Policy.read(text.format(log=log.key, one=log.witness.verifier, two=two.verifier))
    assert what in str(refused.value)


def test_a_hash_list_that_is_none_is_refused(log: Log, auditor: Auditor) -> None:
    kept = auditor.file("kept", log.note(3))
    for text in ("AAAA\n", "no hash\n"):
        code, said = auditor.checks(log, "--checkpoint", kept, "--consistency", auditor.file("proof", text))
        assert (code, "The consistency proof is not one base64 hash a line." in said) == (2, True)
    assert auditor.checks(log, "--checkpoint", str(auditor.folder / "nowhere"))[0] == 2
    (auditor.folder / "latin").write_bytes(b"\xe9")
    assert "it is not UTF-8" in auditor.checks(log, "--checkpoint", str(auditor.folder / "latin"))[1]
