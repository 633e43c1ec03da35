"""countersign_verify.py against bundles of made-up ledgers in which something was changed, moved, erased or taken out."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.ledger.made import THREAD, Files, Log, answered
from tests.ledger.outsiders import Auditor


def gone(log: Log, seq: int) -> None:
    log.texts = [text for text in log.texts if text["seq"] != seq]


def test_a_text_is_erased_only_if_a_later_entry_names_it(auditor: Auditor) -> None:
    for named, code in (([2], 0), ([1, 2], 0), ([1], 1), ([], 1), ("2", 1), (None, 1)):
        log = answered()
        gone(log, 2)
        log.add("text.erased", THREAD, count=1, sources=[], seqs=named)
        told, said = auditor.checks(log, "--key", log.key)
        assert told == code, named
        if code:
            assert "The text of entry 2 (text) is missing, and no entry says that it was erased." in said
            assert "the text is BROKEN, see below." in said
        else:
            assert "the text was erased on 2026-11-27 19:39:09 UTC, entry 9. That there was one" in said
            assert "erased, as the ledger says: 1." in said


def test_an_erasure_that_came_before_is_none(auditor: Auditor) -> None:
    log = Log()
    log.add("text.erased", THREAD, count=1, sources=[], seqs=[1, 2])
    log.add("message.received", "message:1", texts={"text": "Hello."})
    gone(log, 2)
    assert auditor.checks(log, "--key", log.key)[0] == 1


def test_another_kind_of_entry_erases_nothing(auditor: Auditor) -> None:
    log = answered()
    gone(log, 2)
    log.add("text.kept", THREAD, seqs=[2])
    assert auditor.checks(log, "--key", log.key)[0] == 1


def test_the_hash_of_a_mail_that_was_never_taken_in_is_no_missing_text(auditor: Auditor) -> None:
    log = Log()
    log.add("mail.refused", "mail:1", texts={"raw": "whatever it was"}, code="loop")
    gone(log, 1)
    code, said = auditor.checks(log, "--key", log.key)
    assert code == 0
    assert "the raw was never kept by the desk; whoever has it can have it compared." in said
    log.add("mail.refused", "mail:2", texts={"subject": "Hello"}, code="loop")
    gone(log, 2)
    assert auditor.checks(log, "--key", log.key)[0] == 1


@pytest.mark.parametrize(
    ("member", "value"),
    [("text", "Something else."), ("text", "\ud800"), ("salt", "00" * 32), ("field", "note"), ("seq", 3), ("seq", 99)],
)
def test_a_text_that_is_not_the_committed_one_is_named(member: str, value: Any, log: Log, auditor: Auditor) -> None:
    log.texts[1][member] = value
    code, said = auditor.checks(log, "--key", log.key)
    assert code == 1
    if member in {"text", "salt"}:
        assert "The text of entry 2 (text) is not the one that was committed to." in said
    else:
        assert "that no entry commits to." in said


def changed(seq: int, before: bytes, after: bytes) -> Callable[[Files], object]:
    def change(files: Files) -> None:
        lines = files["entries.jsonl"].splitlines(keepends=True)
        assert before in lines[seq - 1]
        lines[seq - 1] = lines[seq - 1].replace(before, after, 1)
        files["entries.jsonl"] = b"".join(lines)

    return change


def exchanged(one: int, other: int) -> Callable[[Files], object]:
    def change(files: Files) -> None:
        names = [f"proofs/{seq}.tlog-proof" for seq in (one, other)]
        files[names[0]], files[names[1]] = files[names[1]], files[names[0]]

    return change


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (changed(2, b"customer:c1", b"customer:c2"), "Entry 2 is not what the ledger held at this place"),
        (changed(8, b"19:39:08", b"19:39:09"), "Entry 8 is not what the ledger held at this place"),
        (exchanged(3, 4), "Entry 3 is not what the ledger held at this place"),
        (
            lambda files: files.pop("proofs/4.tlog-proof"),
            "Entry 4 has no proof: nothing shows that the ledger holds it.",
        ),
        (
            lambda files: files.update({"entries.jsonl": files["entries.jsonl"].split(b"\n", 1)[1]}),
            "There is a proof for entry 1, but the entry was taken out of the bundle.",
        ),
        (
            lambda files: files.update(
                {"entries.jsonl": b"".join(files["entries.jsonl"].splitlines(keepends=True)[::-1])}
            ),
            "Entry 7 stands out of order, or twice.",
        ),
        (
            lambda files: files.update(
                {"entries.jsonl": files["entries.jsonl"] + files["entries.jsonl"].splitlines(keepends=True)[-1]}
            ),
            "Entry 8 stands out of order, or twice.",
        ),
    ],
)
def test_what_was_changed_moved_taken_out_or_put_in_is_named(
    change: Callable[[Files], object], wrong: str, log: Log, auditor: Auditor
) -> None:
    code, said = auditor.checks(log, "--key", log.key, change=change)
    assert code == 1
    assert wrong in said
    assert "RESULT: BROKEN. Do not rely on this bundle." in said
    assert "RESULT: HOLDS" not in said


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'"seq":2', b'"seq": 2'),
        (b'"seq":2', b'"seq":true'),
        (b'"seq":2', b'"seq":0'),
        (b'"seq":2', b'"seq":-2'),
        (b'"seq":2', b'"seq":2.0'),
        (b'"at":"2026', b'"at":"26'),
        (b'Z"', b'"'),
        (b'"kind":"message.received"', b'"kind":1'),
        (b'"thread":"', b'"thread":null,"x":"'),
        (b',"thread":"ticket:1001"', b""),
        (b'"facts":{', b'"facts":[],"factz":{'),
        (b'"facts":{"channel":"form"}', b'"facts":[]'),
        (b'"commitments":{"text":"', b'"commitments":{"text":"0'),
        (b'{"actor"', b'["actor"'),
    ],
)
def test_a_line_that_is_no_entry_is_not_read(before: bytes, after: bytes, log: Log, auditor: Auditor) -> None:
    code, said = auditor.checks(log, "--key", log.key, change=changed(2, before, after))
    assert code == 2, said
    assert said.startswith("countersign_verify: ")
    assert "RESULT" not in said


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2"),
        ("index 1", "index 01"),
        ("index 1", "at 1"),
        ("index 1\n", ""),
        ("index 1\n", "index 1\nAAAA\n"),
        ("index 1\n", "index 1\n!\n"),
        ("\n\ndesk", "\ndesk"),
    ],
)
def test_a_proof_in_another_format_is_not_read(before: str, after: str, log: Log, auditor: Auditor) -> None:
    def change(files: Files) -> None:
        proof = files["proofs/2.tlog-proof"].decode()
        assert before in proof
        files["proofs/2.tlog-proof"] = proof.replace(before, after, 1).encode()

    code, said = auditor.checks(log, "--key", log.key, change=change)
    assert (code, "A proof is not in the format" in said or "checkpoint" in said) == (2, True)


def test_nothing_that_is_extra_in_a_proof_is_believed(log: Log, auditor: Auditor) -> None:
    def change(files: Files) -> None:
        for name in files:
            files[name] = files[name].replace(b"\nindex", b"\nextra AAAA\nindex", 1)

    assert auditor.checks(log, "--key", log.key, change=change)[0] == 0


def test_a_path_that_is_too_long_or_too_short_proves_nothing(log: Log, auditor: Auditor) -> None:
    for change in (
        lambda proof: proof.replace("\n\n", "\n" + base64.b64encode(bytes(32)).decode() + "\n\n", 1),
        lambda proof: re.sub(r"(index 1\n)[^\n]+\n", r"\1", proof, count=1),
    ):

        def damage(files: Files, change: Callable[[str], str] = change) -> None:
            files["proofs/2.tlog-proof"] = change(files["proofs/2.tlog-proof"].decode()).encode()

        code, said = auditor.checks(log, "--key", log.key, change=damage)
        assert code == 1
        assert "Entry 2 is not what the ledger held" in said
