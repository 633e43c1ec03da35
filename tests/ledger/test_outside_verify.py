"""countersign_verify.py against bundles of made-up ledgers: what it lets pass, what it names, and what it says to a person."""

from __future__ import annotations

import base64
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desk.ledger.notes import COSIGNED, Checkpoint, Note, Signer, write_hashes
from desk.ledger.programs import countersign_verify as program
from tests.ledger import outsiders
from tests.ledger.made import ANA, THREAD, Files, Log, answered

Told = tuple[int, str]


@pytest.fixture
def log() -> Log:
    return answered()


class Auditor:
    """Somebody with the program, a folder, and what they brought."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def file(self, name: str, text: str) -> str:
        path = self.folder / name
        path.write_text(text)
        return str(path)

    def checks(
        self, log: Log, *arguments: str, note: str | None = None, change: Callable[[Files], object] | None = None
    ) -> Told:
        path = log.bundle(self.folder / "bundle.zip", note=note, change=change or (lambda _files: None))
        return self.runs(str(path), *arguments)

    def runs(self, *arguments: str) -> Told:
        code, said, beside = outsiders.run(program, *arguments)
        return code, said + beside


@pytest.fixture
def auditor(tmp_path: Path) -> Auditor:
    return Auditor(tmp_path)


def test_what_happened_is_told_in_order_and_in_words(log: Log, auditor: Auditor) -> None:
    code, said = auditor.checks(log, "--key", log.key)
    assert code == 0, said
    root = log.root(8).hex()[:16]
    assert said.splitlines()[:4] == [
        "WHAT THE PROOF RESTS ON",
        f"  Checkpoint of desk.test/ledger: 8 entries, root {root}...",
        f"  Signed with the key {log.signer.verifier.key_id.hex()} of desk.test/ledger, which you brought.",
        "",
    ]
    happened = [line for line in said.splitlines() if line.startswith("  2026")]
    assert happened == [
        "  2026-11-27 19:39:01 UTC  customer c1: the request was opened (entry 1)",
        "  2026-11-27 19:39:02 UTC  customer c1: the customer wrote (entry 2)",
        "  2026-11-27 19:39:03 UTC  the desk itself: a model was asked (entry 3)",
        "  2026-11-27 19:39:04 UTC  the desk itself: a draft was ready for people (entry 4)",
        "  2026-11-27 19:39:05 UTC  person 907464fb: changed version 2 of draft 2 (3 words) and approved the result (entry 5)",
        "  2026-11-27 19:39:06 UTC  the desk itself: put into the post (entry 6)",
        "  2026-11-27 19:39:07 UTC  the desk itself: handed to the mail server (entry 7)",
        "  2026-11-27 19:39:08 UTC  the desk itself: taken by the mail server (entry 8)",
    ]
    assert said[said.index("DECISION 1") :].splitlines()[:12] == [
        "DECISION 1",
        "  Who:    person 907464fb",
        "  When:   2026-11-27 19:39:05 UTC",
        "  What:   changed version 2 of draft 2 (3 words) and approved the result (entry 5, by page)",
        "  Model:  asked 2026-11-27 19:39:03 UTC with prompt reply-3; 2100 bytes left, 2 personal items replaced before (entry 3)",
        "  Draft:  draft 2, version 2, ready 2026-11-27 19:39:04 UTC, made with settings 1; 1 of 1 statements had a source (entry 4)",
        "  Text:   the text is in this bundle, and it is the very one committed to in entry 5:",
        "              | Within five days.",
        "  Then:   put into the post, 2026-11-27 19:39:06 UTC (entry 6)",
        "  Then:   handed to the mail server, 2026-11-27 19:39:07 UTC (entry 7)",
        "  Then:   taken by the mail server, 2026-11-27 19:39:08 UTC (entry 8)",
        "  Hence:  what was sent is what was decided, to the letter.",
    ]
    assert "RESULT: HOLDS. 8 entries are what the ledger held when the checkpoint was signed" in said
    assert "BUT NOBODY" not in said
    assert "erased, as the ledger says" not in said


def test_one_entry_is_told_of_in_the_singular(auditor: Auditor) -> None:
    log = Log()
    log.add("ticket.opened", THREAD)
    code, said = auditor.checks(log, "--key", log.key)
    assert (code, "1 entry is what the ledger held" in said) == (0, True)


def test_a_decision_whose_reply_did_not_go_out_is_not_said_to_have(auditor: Auditor) -> None:
    log = answered()
    log.cut(7)
    assert "up to this checkpoint the ledger does not say that it was sent." in auditor.checks(log, "--key", log.key)[1]
    other = Log()
    other.add("draft.rejected", "decision:1", actor=ANA, draft="draft:2", version=1, reason="tone", via="page")
    code, said = auditor.checks(other, "--key", other.key)
    assert "rejected version 1 of draft 2 (reason: tone)" in said
    assert (code, "Hence:" in said) == (0, False)


def test_a_reply_taken_back_before_it_was_sent_belongs_to_its_decision(auditor: Auditor) -> None:
    log = answered()
    log.cut(6)
    log.add("decision.undone", "decision:1", actor=ANA, kind_undone="edited")
    log.add("sending.withdrawn", "sending:1", because="undone")
    log.add("sending.sent", "sending:9")
    code, said = auditor.checks(log, "--key", log.key)
    assert code == 0
    way = [line.split(",")[0] for line in said.splitlines() if line.startswith("  Then:")]
    assert way == [
        "  Then:   put into the post",
        "  Then:   the decision was taken back by a person",
        "  Then:   taken back before it was sent",
    ]


def test_two_replies_each_have_their_own_way(auditor: Auditor) -> None:
    log = answered()
    log.add(
        "reply.written", "decision:2", actor=ANA, via="page", disclosure="person", texts={"text": "One more thing."}
    )
    log.add("sending.queued", "sending:2", texts={"text": "One more thing."})
    log.add("notice.queued", "sending:3")
    log.add("sending.queued", "sending:3", texts={"text": "We have got your mail."})
    log.add("sending.sent", "sending:3")
    log.add("sending.sent", "sending:2")
    code, said = auditor.checks(log, "--key", log.key)
    assert code == 0, said
    second = said[said.index("DECISION 2") : said.index("WHAT THIS CHECK")]
    assert "wrote a reply without using a draft" in second
    assert "Draft:" not in second, "drafts of another decision"
    assert re.findall(r"Then: .*\(entry (\d+)\)", second) == ["10", "14"]


def test_what_was_sent_is_compared_with_what_was_decided(auditor: Auditor) -> None:
    log = answered()
    log.cut(7)
    log.add("sending.sent", "sending:1", texts={"text": "Never."})
    code, said = auditor.checks(log, "--key", log.key)
    assert code == 1
    assert "The text in the post (entry 8) is not the one decided (entry 5)." in said


@pytest.mark.parametrize(
    ("decided", "sent", "text", "wrong"),
    [
        ("a" * 64, "a" * 64, None, ""),
        ("a" * 64, "b" * 64, None, "What was sent (entry 3) is not what was decided (entry 1)."),
        ("a" * 64, "a" * 64, "Soon.", "Entry 1 names the hash of another text than the one that was decided."),
    ],
)
def test_hashes_that_entries_of_version_one_name_are_compared(
    decided: str, sent: str, text: str | None, wrong: str, auditor: Auditor
) -> None:
    log = Log()
    texts = {"text": text} if text else None
    log.add(
        "draft.approved", "decision:1", actor=ANA, draft="draft:1", version=1, via="page", text=decided, texts=texts
    )
    log.add("sending.queued", "sending:1")
    log.add("sending.sent", "sending:1", text=sent)
    code, said = auditor.checks(log, "--key", log.key)
    assert code == bool(wrong)
    assert wrong in said
    if not wrong:
        assert "what was sent is what was decided, to the letter." in said


def test_a_long_text_is_shown_whole_only_when_asked_for(auditor: Auditor) -> None:
    log = Log()
    log.add("message.received", "message:1", texts={"text": "x" * 599 + "y" + "z" * 1_200})
    log.add("message.received", "message:2", texts={"text": "w" * 600})
    said = auditor.checks(log, "--key", log.key)[1]
    assert f"| {'x' * 599}y [... 1,200 more characters: --whole]" in said
    assert "w" * 600 + "\n" in said
    assert "z" * 1_200 in auditor.checks(log, "--key", log.key, "--whole")[1]


# --- Erased, missing, exchanged -------------------------------------------------------------------------------------------


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


# --- Entries and proofs ---------------------------------------------------------------------------------------------------


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


# --- Who signed -----------------------------------------------------------------------------------------------------------


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
    import hashlib

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


# --- A checkpoint that was kept, and witnesses -----------------------------------------------------------------------------


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


# --- An archive that somebody made ----------------------------------------------------------------------------------------


def zipped(path: Path, files: dict[str, bytes]) -> str:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return str(path)


def test_limits_are_what_no_bundle_reaches_and_one_that_reaches_them_is_read(
    log: Log, auditor: Auditor, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = log.files()
    limits = {
        "MOST_FILES": len(files),
        "MOST_BYTES": sum(map(len, files.values())),
        "LONGEST_LINE": max(len(line) for name in ("entries.jsonl", "texts.jsonl") for line in files[name].splitlines())
        + 1,
        "LONGEST_PROOF": max(len(content) for name, content in files.items() if name.startswith("proofs/")),
    }
    for name, most in limits.items():
        monkeypatch.setattr(program, name, most)
    assert auditor.checks(log, "--key", log.key)[0] == 0
    for name, most in limits.items():
        monkeypatch.setattr(program, name, most - (2 if name == "LONGEST_LINE" else 1))
        code, said = auditor.checks(log, "--key", log.key)
        assert (code, "It was not read." in said) == (2, True), name
        monkeypatch.setattr(program, name, most)


@pytest.mark.parametrize("name", program.NEEDED)
def test_a_file_that_every_bundle_has_is_missed(name: str, log: Log, auditor: Auditor) -> None:
    code, said = auditor.checks(log, change=lambda files: files.pop(name))
    assert (code, f"There is no {name} in it: this is no evidence bundle." in said) == (2, True)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("texts.jsonl", b"[]\n"),
        ("texts.jsonl", b"{}\n"),
        ("texts.jsonl", b'{"seq":1,"field":"text","salt":"00","text":"x"}\n'),
        ("texts.jsonl", b'{"seq":true,"field":"text","salt":"' + b"0" * 64 + b'","text":"x"}\n'),
        ("texts.jsonl", b'{"seq":1,"field":1,"salt":"' + b"0" * 64 + b'","text":"x"}\n'),
        ("texts.jsonl", b'{"seq":1,"field":"text","salt":"' + b"0" * 64 + b'","text":"x"}'),
        ("keys.txt", b"\xff\n"),
        ("keys.txt", b"no key\n"),
        ("entries.jsonl", b"[]\n"),
    ],
)
def test_a_file_with_something_else_in_it_is_not_read(name: str, line: bytes, log: Log, auditor: Auditor) -> None:
    code, said = auditor.checks(log, change=lambda files: files.update({name: line}))
    assert code == 2, said
    assert said.startswith("countersign_verify: ")


def test_files_that_only_people_read_and_empty_lines_between_keys_are_allowed(log: Log, auditor: Auditor) -> None:
    more = {
        "ticket.html": b"<p>",
        "README.txt": b"",
        "countersign_verify.py": b"",
        "proofs/": b"",
        "keys.txt": f"\n{log.key}\n\n".encode(),
    }
    assert auditor.checks(log, "--key", log.key, change=lambda files: files.update(more))[0] == 0


def test_an_archive_packed_otherwise_or_with_doubled_names_is_not_read(
    log: Log, auditor: Auditor, tmp_path: Path
) -> None:
    path = tmp_path / "lzma.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        for name, content in log.files().items():
            archive.writestr(name, content)
    assert "packed in a way that bundles are not" in auditor.runs(str(path))[1]
    assert "cannot be read" in auditor.runs(str(tmp_path / "nowhere.zip"))[1]
    assert auditor.runs(zipped(tmp_path / "x.zip", {"../x": b""}))[0] == 2


def test_what_a_terminal_would_obey_is_not_printed(auditor: Auditor) -> None:
    log = Log()
    log.add(
        "message.received", "message:1", actor="customer:\x1b[2J", texts={"text": "Look: \x9b2J here\u202e\nand there"}
    )
    code, said = auditor.checks(log, "--key", log.key)
    assert code == 0
    assert not {"\x1b", "\x9b", "\u202e"} & set(said)
    assert "| Look: ·2J here·\n" in said
    assert "| and there\n" in said


def test_references_and_actors_read_as_words() -> None:
    assert program.ref("draft:2") == "draft 2"
    assert program.ref("2:draft") == "2:draft"
    assert program.ref("settings") == "settings"
    assert program.who("person:907464fb-0000") == "person 907464fb"
    assert program.who("system") == "the desk itself"
    assert program.who("mail") == "mail"


def test_a_hash_list_that_is_none_is_refused(log: Log, auditor: Auditor) -> None:
    kept = auditor.file("kept", log.note(3))
    for text in ("AAAA\n", "no hash\n"):
        code, said = auditor.checks(log, "--checkpoint", kept, "--consistency", auditor.file("proof", text))
        assert (code, "The consistency proof is not one base64 hash a line." in said) == (2, True)
    assert auditor.checks(log, "--checkpoint", str(auditor.folder / "nowhere"))[0] == 2
    (auditor.folder / "latin").write_bytes(b"\xe9")
    assert "it is not UTF-8" in auditor.checks(log, "--checkpoint", str(auditor.folder / "latin"))[1]
