"""The witness program by itself, without a desk: what it takes, what it keeps, and each thing that it refuses."""

from __future__ import annotations

import email.message
import fcntl
import hashlib
import io
import json
import stat
import time
from itertools import product
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from desk.ledger.notes import COSIGNED, Note, Signature, Signer, VerifierKey, write_hashes
from desk.ledger.programs import countersign_witness as program
from tests.ledger import outsiders
from tests.ledger.made import Log, answered


class Machine:
    """The program and a folder, with files beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home = folder, folder / "home"

    def run(self, *arguments: object) -> tuple[int, str, str]:
        return outsiders.run(program, "--home", self.home, *arguments)

    def refusal(self, *arguments: object) -> str:
        """What it says when it cannot be done."""
        code, said, beside = self.run(*arguments)
        assert (code, said) == (2, ""), beside
        assert beside.startswith("countersign_witness: ")
        return beside.removeprefix("countersign_witness: ").removesuffix("\n")

    def file(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def begin(self, *logs: Log) -> VerifierKey:
        code, said, _beside = self.run("new", "auditor.example")
        assert code == 0
        for log in logs:
            assert self.run("trust", log.key)[0] == 0
        return VerifierKey.parse(said)

    def shown(self, note: str, proof: list[bytes] | None = None, *more: object) -> tuple[int, str, str]:
        """It is shown a checkpoint, and a proof from the one before."""
        by = ["--consistency", self.file("proof", write_hashes(proof))] if proof is not None else []
        return self.run("countersign", "--checkpoint", self.file("note", note), *by, *more)

    def kept(self) -> list[dict[str, Any]]:
        return [json.loads(path.read_text()) for path in sorted((self.home / "logs").iterdir())]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def read(note: str) -> program.Checkpoint:
    return program.Checkpoint.read(note)


def test_a_new_key_is_kept_by_its_owner_and_made_once(machine: Machine) -> None:
    for name in ("", "a+b", "two words", "tab\t", "bell\x07"):
        assert machine.refusal("new", name).startswith("A name is one word without a plus sign")
    code, said, beside = machine.run("new", "auditor.example")
    path = machine.home / "key"
    signer = Signer.parse(path.read_text())
    assert (code, said) == (0, f"{signer.verifier}\n")
    assert (signer.name, signer.type) == ("auditor.example", COSIGNED)
    assert f"The private half is in {path}:" in beside
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(machine.home.stat().st_mode) == 0o700
    kept = path.read_text()
    assert machine.refusal("new", "other.example").startswith(f"There is a key already in {machine.home};")
    assert path.read_text() == kept
    path.write_text("PRIVATE+KEY+x\n")
    assert machine.refusal("show") == f"{path} is not a key that this program wrote."
    path.unlink()
    assert machine.refusal("show") == f"There is no key in {machine.home} yet: begin with `new NAME`."


def test_what_a_log_signs_with_and_where_its_desk_is_is_kept(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    log, second = Log(), Signer.new("desk.test/ledger")
    for _twice in range(2):
        code, _said, beside = machine.run("trust", log.key)
        assert (code, beside) == (
            0,
            f"The log {log.signer.name} is trusted with the key {log.signer.verifier.key_id.hex()}.\n",
        )
        assert machine.kept() == [{"origin": "desk.test/ledger", "keys": [log.key]}]
    monkeypatch.chdir(machine.folder)
    machine.run("trust", second.verifier, "--desk", "https://desk.test/", "--token-file", "token")
    assert machine.kept() == [
        {
            "origin": "desk.test/ledger",
            "keys": [log.key, str(second.verifier)],
            "desk": "https://desk.test",
            "token_file": str(machine.folder / "token"),
        }
    ]
    machine.run("trust", Log("other.test/ledger").key)
    assert {each["origin"] for each in machine.kept()} == {"desk.test/ledger", "other.test/ledger"}
    name = hashlib.sha256(b"desk.test/ledger").hexdigest()[:16]
    assert stat.S_IMODE((machine.home / "logs" / f"{name}.json").stat().st_mode) == 0o600


def test_what_is_no_key_of_a_log_is_not_trusted(machine: Machine) -> None:
    log = Log()
    assert machine.refusal("trust", log.witness.verifier) == "That is the key of a witness, not of a log."
    name, identity, key = log.key.split("+", 2)
    for wrong in (
        "x",
        "",
        log.key[:-1],
        f"{name}+{identity}",
        f"other+{identity}+{key}",
        f"+{identity}+{key}",
        f"{name}+00000000+{key}",
        str(VerifierKey("two words", log.signer.verifier.public)),
        str(VerifierKey("", log.signer.verifier.public)),
        str(VerifierKey(name, log.signer.verifier.public + b"x")),
        str(VerifierKey(name, b"")),
    ):
        assert f"{wrong[:80]!r} is not a verifier key" in machine.refusal("trust", wrong)
    assert not (machine.home / "logs").exists()


def test_a_token_travels_to_https_or_within_the_machine_only(machine: Machine) -> None:
    for address in ("https://desk.test", "https://desk.test:8443/help", "http://127.0.0.1:8000", "http://localhost",
                    "http://[::1]:8000"):  # fmt: skip
        assert program.Desk(f"{address}/", "t").address == address
    for address in ("http://desk.test", "desk.test", "ftp://localhost", "https://", "http://127.0.0.1.desk.test", ""):
        with pytest.raises(program.Refused, match="begins with https://"):
            program.Desk(address, "t")


def test_what_follows_is_countersigned_and_kept(machine: Machine) -> None:
    log = answered()
    witness = machine.begin(log)
    before = int(time.time())
    code, line, said = machine.shown(log.note(3))
    assert code == 0
    assert said == (
        "This is the first checkpoint of this log that you see: nothing before it could be compared.\n"
        "Countersigned 3 entries of desk.test/ledger as auditor.example. Send this line back:\n"
    )
    signature = Signature.parse(line.removesuffix("\n"))
    witness.verify(Note.parse(log.note(3)).text, signature)
    assert before <= signature.time <= time.time()
    (kept,) = machine.kept()
    assert (kept["checkpoint"], before <= kept["seen"] <= time.time()) == (log.note(3), True)
    code, line, said = machine.shown(log.note(7), log.consistency(3, 7))
    assert code == 0
    assert said.startswith("The 3 entries that you saw before stand unchanged in these 7.\n")
    witness.verify(Note.parse(log.note(7)).text, Signature.parse(line.removesuffix("\n")))
    code, line, said = machine.shown(log.note(7))
    assert (code, said.splitlines()[0]) == (0, "Nothing new: 7 entries, as before.")
    witness.verify(Note.parse(log.note(7)).text, Signature.parse(line.removesuffix("\n")))
    assert machine.refusal("countersign", "--checkpoint", machine.file("old", log.note(3))) == (
        "This checkpoint is older (3 entries) than what you have seen (7)."
    )
    wanted = machine.refusal("countersign", "--checkpoint", machine.file("new", log.note(8)))
    assert "You have seen 7 entries, this is a checkpoint of 8." in wanted
    assert "`ledger prove --consistency 7 8`" in wanted
    assert machine.kept()[0]["checkpoint"] == log.note(7)
    code, said, _beside = machine.run("show")
    first, second, third = said.splitlines()
    seen = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(machine.kept()[0]["seen"]))
    assert (first, second) == (f"This witness: {witness}", f"Log desk.test/ledger, keys: {log.key}")
    assert third == f"  last seen {seen}: 7 entries"


def test_two_histories_are_not_countersigned_and_the_evidence_is_kept(machine: Machine) -> None:
    log, other = answered(), answered()
    other.signer = log.signer
    other.entries[1]["actor"] = "system"
    machine.begin(log)
    machine.shown(log.note(5))
    proof = other.consistency(5, 8)
    for note, by, what in (
        (other.note(5), None, "For the same 5 entries there are two roots: somebody rewrote the ledger."),
        (other.note(8), proof, "The proof does not lead from the 5 entries that you saw to these 8:"),
    ):
        code, line, said = machine.shown(note, by)
        assert (code, line) == (1, "")
        assert "THIS LOG IS NOT CONSISTENT. It was not countersigned." in said
        assert what in said
        place = max((machine.home / "evidence").iterdir())
        assert f"The evidence is kept in {place}." in said
        assert (place / "kept.txt").read_text() == log.note(5)
        assert (place / "shown.txt").read_text() == note
        assert (place / "README.txt").read_text().startswith(what)
        assert (place / "proof.txt").exists() == bool(by)
        assert stat.S_IMODE((place / "kept.txt").stat().st_mode) == 0o600
        assert machine.kept()[0]["checkpoint"] == log.note(5), "what was seen stays what counts"
    assert (place / "proof.txt").read_text() == write_hashes(proof)
    with pytest.raises(program.TwoHistories, match="shows 3 entries, and you have seen 5: its end was cut off"):
        program.follows({"checkpoint": log.note(5)}, read(log.note(3)), None, latest=True)


def test_a_proof_leads_from_each_size_to_each_later_one_and_no_other_does() -> None:
    log, size = answered(), len(answered().entries)
    notes = {each: read(log.note(each)) for each in range(1, size + 1)}
    for first, second in product(notes, notes):
        old, new = notes[first], notes[second]
        if first > second:
            assert not program.is_consistent(old, new, [])
            continue
        proof = log.consistency(first, second)
        assert program.is_consistent(old, new, proof)
        assert not program.is_consistent(old, new, [*proof, bytes(32)])
        for place in range(len(proof)):
            assert not program.is_consistent(old, new, proof[:place] + proof[place + 1 :])
            assert not program.is_consistent(old, new, [*proof[:place], bytes(32), *proof[place + 1 :]])
        for one, other in ((old, new), (new, old)):
            forged = program.Checkpoint(one.origin, one.size, bytes(32), ())
            assert not program.is_consistent(*((forged, other) if one is old else (other, forged)), proof)
    empty = program.Checkpoint("desk.test/ledger", 0, hashlib.sha256(b"").digest(), ())
    assert program.is_consistent(empty, notes[size], [])
    assert not program.is_consistent(empty, notes[size], [bytes(32)])
    assert not program.is_consistent(program.Checkpoint("x", 0, bytes(32), ()), notes[size], [])


def test_a_proof_is_one_hash_a_line() -> None:
    good = write_hashes([bytes(32)])
    assert program.read_proof(good * 128) == [bytes(32)] * 128
    assert program.read_proof("") == []
    for wrong in (good * 129, "x\n", write_hashes([bytes(31)]), good.replace("A=", "B=")):
        with pytest.raises(program.Refused, match="not one base64 hash a line"):
            program.read_proof(wrong)


def test_a_checkpoint_is_taken_when_a_trusted_key_of_its_log_signed_it(machine: Machine) -> None:
    log, second, stranger = Log(), Signer.new("desk.test/ledger"), Signer.new("other.test/ledger")
    log.add("ticket.opened")
    text = Note.parse(log.note()).text
    ours, theirs, forged = log.signer.sign(text), stranger.sign(text), log.signer.sign(text + "x\n")
    keys = [program.Key.read(str(each.verifier)) for each in (second, log.signer)]
    for signatures, holds in (
        ((ours,), True),
        ((theirs, ours), True),
        ((second.sign(text), ours), True),
        ((theirs,), False),
        ((forged,), False),
        ((forged, ours), False),
        ((Signature("desk.test/ledger", ours.key_id, b"short"),), False),
        ((log.witness.cosign(text, time=1),), False),
    ):
        assert read(str(Note(text, signatures))).signed_by(keys) == holds
    assert not read(str(Note(text, (theirs,)))).signed_by([program.Key.read(str(stranger.verifier))]), "another log's"
    machine.begin(log)
    said = machine.refusal("countersign", "--checkpoint", machine.file("note", str(Note(text, (second.sign(text),)))))
    assert said.startswith("It is not signed with a key of desk.test/ledger that you trust.")
    other = Log("other.test/ledger")
    other.add("ticket.opened")
    assert machine.refusal("countersign", "--checkpoint", machine.file("note", other.note())) == (
        "The log 'other.test/ledger' is not one that you trust yet: `trust LOGKEY` first."
    )


def test_a_checkpoint_is_found_in_a_longer_text(machine: Machine) -> None:
    log = answered()
    note = log.note(4)
    for text in (note, f"Dear auditor,\n\n{note}\nbye\n", note.replace("\n", "\r\n"), f"{note}\n{log.note(6)}"):
        assert (read(text).size, read(text).note) == (4, note)
    mail = email.message.EmailMessage()
    mail.set_content("see below")
    mail.add_attachment(note.encode(), maintype="application", subtype="octet-stream", filename="checkpoint.txt")
    machine.begin(log)
    assert machine.run("countersign", "--mail", machine.file("mail.eml", mail.as_bytes()))[0] == 0
    assert machine.kept()[0]["checkpoint"] == note
    for text in ("", "x", note.replace("\n4\n", "\n04\n"), note.replace("=\n\n", "\n\n"), note.rpartition("\u2014")[0]):
        with pytest.raises(program.Refused, match="There is no signed checkpoint in it"):
            read(text)


def test_what_cannot_be_read_is_said(machine: Machine) -> None:
    log = answered()
    machine.begin(log)
    nowhere = machine.folder / "nowhere"
    for option in ("--checkpoint", "--mail"):
        assert (
            machine.refusal("countersign", option, nowhere) == f"{nowhere} cannot be read: No such file or directory."
        )
    long = machine.file("long", log.note(2) + "x" * program.MOST_BYTES)
    assert machine.refusal("countersign", "--checkpoint", long).startswith("That is longer than any checkpoint")
    assert program.read_file(str(machine.file("full", b"x" * program.MOST_BYTES))) == "x" * program.MOST_BYTES
    other = machine.file("bytes", b"\xff\xfe")
    assert machine.refusal("countersign", "--checkpoint", other).startswith("That is not UTF-8")
    with patch("sys.stdin", io.TextIOWrapper(io.BytesIO(log.note(2).encode()))):
        assert machine.run("countersign", "--checkpoint", "-")[0] == 0
    assert machine.kept()[0]["checkpoint"] == log.note(2)
    next((machine.home / "logs").iterdir()).write_text("{")
    assert machine.refusal("countersign") == (
        f"A file in {machine.home / 'logs'} is damaged; restore it before you countersign."
    )
    machine.home = machine.file("home-is-a-file", "")
    assert machine.refusal("show").endswith("home-is-a-file: File exists.")


def test_which_log_is_asked_is_said_when_there_are_several(machine: Machine) -> None:
    one, two = Log(), Log("other.test/ledger")
    machine.begin()
    assert machine.refusal("countersign") == "There is no log that you trust yet: `trust LOGKEY`."
    machine.run("trust", one.key)
    unknown = "Where the desk is, is not known: run `trust` with --desk, or bring --checkpoint or --mail."
    assert machine.refusal("countersign") == unknown
    machine.run("trust", two.key, "--desk", "http://127.0.0.1:9")
    assert machine.refusal("countersign") == "Say which log with --origin."
    assert machine.refusal("countersign", "--origin", "desk.test/ledger") == unknown
    assert "is not one that you trust yet" in machine.refusal("countersign", "--origin", "x")
    asked = "A token with the scope ledger:read is needed: --token-file with `trust`, or COUNTERSIGN_TOKEN."
    with patch.dict("os.environ"):
        program.os.environ.pop("COUNTERSIGN_TOKEN", None)
        assert machine.refusal("countersign", "--origin", "other.test/ledger") == asked
        assert program._token({"token_file": str(machine.file("token", " abc\n"))}) == "abc"
        program.os.environ["COUNTERSIGN_TOKEN"] = " def\n"
        assert program._token({"token_file": "nowhere"}) == "def"


def test_one_run_waits_for_no_other(machine: Machine) -> None:
    machine.begin()
    with (machine.home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert machine.refusal("show") == "Another run of this witness is at work. Nothing was done."
    assert machine.run("show")[0] == 0
