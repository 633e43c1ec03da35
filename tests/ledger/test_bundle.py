"""Evidence bundles, and the program that checks them on a machine that has nothing of ours."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from conversations.review.actions import Edit, Seen, approve, edit, export_evidence
from conversations.tickets.actions import begin_sending, finish_sending
from conversations.tickets.models import Sending, Ticket
from conversations.tickets.states import SendingState
from desk.actions import SYSTEM
from desk.ledger import keys
from desk.ledger.evidence import NothingSealed
from desk.ledger.models import Checkpoint, Entry, Key, Salt
from desk.ledger.notes import COSIGNED, Note, Signer
from desk.ledger.programs import countersign_verify as program
from desk.ledger.prove import prove_consistency
from desk.ledger.seal import seal
from desk.ledger.witnesses import handed_out, keep_cosignature, newest_checkpoint
from tests.cast import Cast
from tests.drafts import TEXT, pending_draft
from tests.ledger import outsiders
from tests.ledger.conftest import statement
from tests.ledger.erasing import erase_text

Edited = dict[str, bytes]


@pytest.fixture
def ticket(keyed: Cast) -> Ticket:
    """A request, a draft that was changed and approved, and a reply that went out."""
    found = keyed.ticket()
    draft = pending_draft(found)
    decision = edit(draft, Edit(TEXT.replace("Hello Carla", "Good day Carla")), by=keyed.ana.actor(), seen=Seen(2))
    sending = Sending.objects.get(decision=decision)
    send(sending)
    keyed.ticket("Something else, of somebody else.", email="erik@example.com", name="Erik")
    seal()
    return found


@pytest.fixture
def bundle(ticket: Ticket, keyed: Cast, tmp_path: Path) -> Path:
    return download(ticket, keyed, tmp_path / "ticket.zip")


def send(sending: Sending) -> None:
    from types import SimpleNamespace

    claim: Any = SimpleNamespace(hold=lambda: None, complete=lambda: None)
    begin_sending(sending, claim, by=SYSTEM)
    finish_sending(sending, claim, end=SendingState.SENT, by=SYSTEM)


def download(ticket: Ticket, cast: Cast, path: Path) -> Path:
    made = export_evidence(ticket, by=cast.aud.actor())
    path.write_bytes(made.file.read())
    made.file.close()
    return path


def check(*arguments: object) -> tuple[int, str]:
    code, said, beside = outsiders.run(program, *arguments)
    return code, said + beside


def rezipped(bundle: Path, change: Callable[[Edited], object]) -> Path:
    """The same bundle with something changed in it."""
    with zipfile.ZipFile(bundle) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    path = bundle.with_name("changed.zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def key() -> str:
    return str(Key.objects.latest("id").verifier)


def test_a_bundle_holds_and_says_who_decided_what_when_on_which_draft(bundle: Path, keyed: Cast) -> None:
    code, said, _beside = outsiders.run_apart(program, bundle, "--key", key(), "--whole")
    assert code == 0, said
    decided = Entry.objects.get(kind="draft.edited")
    assert f"Who:    person {str(keyed.ana.pk)[:8]}" in said
    assert f"When:   {decided.at:%Y-%m-%d %H:%M:%S} UTC" in said
    assert "changed version 2 of draft" in said
    assert "Good day Carla" in said
    assert "the very one committed to in entry" in said
    assert "what was sent is what was decided" in said
    assert "which you brought" in said
    assert "RESULT: HOLDS." in said
    assert "That nothing was left out." in said


def test_it_holds_what_the_format_says_and_nothing_of_other_tickets(bundle: Path, ticket: Ticket) -> None:
    with zipfile.ZipFile(bundle) as archive:
        names = set(archive.namelist())
        lines = archive.read("entries.jsonl").decode().splitlines()
        page = archive.read("ticket.html").decode()
        everything = b"".join(archive.read(name) for name in names)
    seqs = [json.loads(line)["seq"] for line in lines]
    assert names == {
        "ticket.html", "entries.jsonl", "texts.jsonl", "keys.txt", "README.txt", "countersign_verify.py",
        *(f"proofs/{seq}.tlog-proof" for seq in seqs),
    }  # fmt: skip
    assert seqs == sorted(seqs)
    assert {seq for seq in seqs if Entry.objects.get(seq=seq).thread == ticket.ref} == set(
        Entry.objects.filter(thread=ticket.ref, seq__lte=newest_checkpoint().size).values_list("seq", flat=True)
    )
    assert "settings.recorded" in "".join(lines)
    assert lines == [Entry.objects.get(seq=seq).canonical for seq in seqs]
    assert b"erik@example.com" not in everything
    assert b"Something else, of somebody else" not in everything
    for told in (
        "Good day Carla",
        "Ana Ruiz",
        "Refunds and returns",
        "Who looked at what",
        "Hello Carla",
        "changed and approved",
    ):
        assert told in page, told
    assert "<script" not in page


def test_without_a_key_from_outside_it_says_so(bundle: Path) -> None:
    code, said = check(bundle)
    assert code == 0
    assert "Who signed. The only key at hand came with the bundle" in said
    assert "NOBODY OUTSIDE VOUCHES FOR THE KEY" in said


def test_a_key_of_somebody_else_does_not_do(bundle: Path) -> None:
    other = Signer.new("desk.test/ledger").verifier
    code, said = check(bundle, "--key", other)
    assert code == 1
    assert "not signed with a key that you brought" in said


def test_a_checkpoint_that_was_kept_vouches_and_finds_two_histories(
    bundle: Path, ticket: Ticket, keyed: Cast, tmp_path: Path
) -> None:
    first = newest_checkpoint()
    (tmp_path / "kept").write_text(first.note)
    code, said = check(bundle, "--checkpoint", tmp_path / "kept")
    assert code == 0
    assert "the same as the checkpoint that you brought" in said
    assert "VOUCHES" not in said
    keyed.ticket()
    seal()
    later = download(ticket, keyed, tmp_path / "later.zip")
    code, said = check(later, "--checkpoint", tmp_path / "kept", "--key", key())
    assert code == 0
    assert f"Ask for the consistency proof from {first.size}" in said
    proof = tmp_path / "proof"
    proof.write_text("".join(f"{encoded(each)}\n" for each in prove_consistency(first.size, newest_checkpoint().size)))
    code, said = check(later, "--checkpoint", tmp_path / "kept", "--key", key(), "--consistency", proof)
    assert code == 0
    assert f"The {first.size} entries of the earlier checkpoint stand unchanged" in said
    proof.write_text(proof.read_text().splitlines(keepends=True)[0])
    assert check(later, "--checkpoint", tmp_path / "kept", "--consistency", proof)[0] == 1
    signer = keys.read_signers()[-1]
    text = Note.parse(first.note).text
    other = f"{text.splitlines()[0]}\n{first.size}\n{encoded(bytes(32))}\n"
    (tmp_path / "kept").write_text(str(Note(other, (signer.sign(other),))))
    code, said = check(bundle, "--checkpoint", tmp_path / "kept", "--key", key())
    assert code == 1
    assert "TWO HISTORIES" in said


def encoded(hash_: bytes) -> str:
    import base64

    return base64.b64encode(hash_).decode()


def test_a_policy_is_asked_for_and_witnesses_are_named(
    bundle: Path, ticket: Ticket, keyed: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    witness = Signer.new("auditor.example", type=COSIGNED)
    policy = tmp_path / "policy"
    policy.write_text(f"log {key()}\nwitness auditor {witness.verifier}\nquorum auditor\n")
    code, said = check(bundle, "--policy", policy)
    assert code == 1
    assert "is not witnessed as your policy asks (auditor)" in said
    monkeypatch.setattr(settings.ENV, "ledger_policy", str(policy))
    keep_cosignature(str(witness.cosign(Note.parse(newest_checkpoint().note).text, time=1_800_000_000)), by=SYSTEM)
    code, said = check(download(ticket, keyed, tmp_path / "witnessed.zip"), "--policy", policy)
    assert code == 0, said
    assert "Countersigned by the witness auditor.example on 2027-01-15 08:00:00 UTC." in said
    assert "Your policy (auditor) is met." in said
    approve_something(keyed, ticket)
    seal()
    code, said = check(download(ticket, keyed, tmp_path / "younger.zip"), "--policy", policy)
    assert code == 1, "what came after rests on a checkpoint that nobody countersigned yet"
    assert "Countersigned by the witness" in said


def approve_something(cast: Cast, ticket: Ticket) -> None:
    approve(pending_draft(ticket), by=cast.ben.actor(), seen=Seen(2))


def test_an_erased_text_is_erased_and_a_missing_one_is_broken(ticket: Ticket, keyed: Cast, tmp_path: Path) -> None:
    entry = Entry.objects.get(kind="message.received", thread=ticket.ref)
    erase_text(entry)
    seal()
    code, said = check(download(ticket, keyed, tmp_path / "a.zip"), "--key", key())
    assert code == 0, said
    erased = Entry.objects.get(kind="text.erased")
    assert f"the text was erased on {erased.at:%Y-%m-%d %H:%M:%S} UTC, entry {erased.seq}" in said
    assert "erased, as the ledger says: 1" in said
    decided = Entry.objects.get(kind="draft.edited")
    Salt.objects.filter(seq=decided.seq)
    statement("DELETE FROM ledger_salt WHERE seq = %s", decided.seq)
    code, said = check(download(ticket, keyed, tmp_path / "b.zip"), "--key", key())
    assert code == 1
    assert f"The text of entry {decided.seq} (text) is missing, and no entry says that it was erased." in said


def flipped(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def test_whatever_bit_is_flipped_in_entries_proofs_or_texts_it_does_not_hold(bundle: Path) -> None:
    with zipfile.ZipFile(bundle) as archive:
        sizes = {name: len(archive.read(name)) for name in archive.namelist()}
    proofs = [name for name in sizes if name.startswith("proofs/")]
    for name in ("entries.jsonl", "texts.jsonl", proofs[0], proofs[-1]):
        for place in range(3, sizes[name], max(1, sizes[name] // 15)):

            def flip(files: Edited, name: str = name, place: int = place) -> None:
                files[name] = flipped(files[name], place)

            assert program.main([str(rezipped(bundle, flip)), "--key", key()]) in {1, 2}, (name, place)
    assert program.main([str(bundle), "--key", key()]) == 0


def test_what_was_taken_out_put_in_or_exchanged_is_named(bundle: Path) -> None:
    """In a real bundle; test_outside_verify.py has further ways."""
    lines = "entries.jsonl"
    damages: list[tuple[Callable[[Edited], object], str]] = [
        (lambda files: files.pop(min(n for n in files if n.startswith("proofs/"))), "has no proof"),
        (lambda files: files.update({lines: b"".join(files[lines].splitlines(keepends=True)[1:])}), "was taken out"),
        (lambda files: files.update({"texts.jsonl": b""}), "is missing, and no entry says"),
        (
            lambda files: files.update(
                {"texts.jsonl": files["texts.jsonl"].replace(b"Good day Carla", b"Go away Carla")}
            ),
            "is not the one that was committed to",
        ),
    ]
    for change, said in damages:
        code, told = check(rezipped(bundle, change), "--key", key())
        assert (code, said in told) == (1, True), told


def hostile(make: Callable[[zipfile.ZipFile], None], path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        make(archive)
    return path


def bomb(archive: zipfile.ZipFile) -> None:
    with archive.open("entries.jsonl", "w") as file:
        for _each in range(12):
            file.write(bytes(1024 * 1024))


def huge_line(archive: zipfile.ZipFile) -> None:
    archive.writestr("entries.jsonl", b'{"a":"' + b"x" * (9 * 1024 * 1024) + b'"}\n')
    archive.writestr("texts.jsonl", b"")
    archive.writestr("keys.txt", b"")


def named(name: str, content: bytes = b"x") -> Callable[[zipfile.ZipFile], None]:
    return lambda archive: archive.writestr(zipfile.ZipInfo(name), content)


def twice(archive: zipfile.ZipFile) -> None:
    for _each in range(2):
        archive.writestr("keys.txt", b"")


def lines(content: bytes) -> Callable[[zipfile.ZipFile], None]:
    def make(archive: zipfile.ZipFile) -> None:
        for name, text in (("entries.jsonl", content), ("texts.jsonl", b""), ("keys.txt", b"")):
            archive.writestr(name, text)

    return make


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    ("make", "said"),
    [
        (bomb, "larger than any bundle"),
        (huge_line, "longer than any line"),
        (named("../../etc/cron.d/x"), "does not belong there"),
        (named("/etc/passwd"), "does not belong there"),
        (named("proofs/../keys.txt"), "does not belong there"),
        (named("C:\\evil.exe"), "does not belong there"),
        (named("proofs/00.tlog-proof"), "does not belong there"),
        (named("\x1b]0;owned\x07"), "does not belong there"),
        (twice, "twice"),
        (named("keys.txt"), "no evidence bundle"),
        (lines(b"{}\n"), "not the canonical text of an entry"),
        (lines(b"[" * 100_000 + b"\n"), "not JSON"),
        (lines(b'{"seq":' + b"9" * 10_000 + b"}\n"), "not JSON"),
        (lines(b'{"seq":NaN}\n'), "not JSON"),
        (lines(b"\xff\n"), "not JSON"),
        (lines(b'{"seq":1}'), "cut off"),
        (lines(b""), "no entries"),
    ],
)
def test_an_archive_that_was_made_to_do_harm_is_refused_with_a_sentence(
    make: Any, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "MOST_BYTES", 10 * 1024 * 1024)  # a real bomb takes seconds to make
    assert program.main([str(hostile(make, tmp_path / "hostile.zip"))]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert "\x1b" not in told
    assert list(tmp_path.iterdir()) == [tmp_path / "hostile.zip"], "nothing is ever unpacked to the disk"


def test_what_is_no_archive_at_all_is_refused(bundle: Path, tmp_path: Path) -> None:
    whole = bundle.read_bytes()
    for name, content in {
        "empty": b"",
        "text": b"hello",
        "cut": whole[: len(whole) // 2],
        "encrypted": encrypted(whole),
    }.items():
        (tmp_path / name).write_bytes(content)
        assert program.main([str(tmp_path / name)]) == 2, name
    assert program.main([str(tmp_path / "nowhere")]) == 2


def encrypted(whole: bytes) -> bytes:
    """The flag alone, in the directory: what it would be with a password."""
    place = whole.index(b"PK\x01\x02")
    return whole[: place + 8] + bytes([whole[place + 8] | 1]) + whole[place + 9 :]


def test_what_a_text_says_cannot_command_a_terminal(keyed: Cast, tmp_path: Path) -> None:
    ticket = keyed.ticket("Look: \x9b2J here\u202e")
    seal()
    code, said = check(download(ticket, keyed, tmp_path / "t.zip"), "--key", key())
    assert code == 0
    assert "\x9b" not in said
    assert "\u202e" not in said


def test_a_download_is_an_entry_and_needs_the_right(ticket: Ticket, keyed: Cast, tmp_path: Path) -> None:
    from desk.problems import NotAllowed

    download(ticket, keyed, tmp_path / "t.zip")
    entry = Entry.objects.latest("seq")
    assert (entry.kind, entry.actor, entry.thread) == ("evidence.exported", keyed.aud.ref, ticket.ref)
    assert entry.facts["size"] == newest_checkpoint().size
    with pytest.raises(NotAllowed):
        export_evidence(ticket, by=keyed.ana.actor())


def test_before_anything_is_sealed_there_is_no_evidence_and_no_entry(keyed: Cast) -> None:
    ticket, before = keyed.ticket(), Entry.objects.count()
    with pytest.raises(NothingSealed):
        export_evidence(ticket, by=keyed.aud.actor())
    assert not Checkpoint.objects.exists()
    assert Entry.objects.count() >= before
    assert not Entry.objects.filter(kind="evidence.exported").exists()


def test_a_bundle_carries_the_cosignatures_that_there_are(bundle: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(bundle.read_bytes())) as archive:
        proof = archive.read(next(name for name in archive.namelist() if name.startswith("proofs/"))).decode()
    assert proof.endswith(handed_out(newest_checkpoint()))


def test_a_tree_that_others_wrote_makes_the_same_root_and_the_same_proofs(bundle: Path) -> None:
    from pymerkle import InmemoryTree

    newest = newest_checkpoint()
    theirs = InmemoryTree(algorithm="sha256")
    for text in Entry.objects.filter(seq__lte=newest.size).order_by("seq").values_list("canonical", flat=True):
        theirs.append_entry(text.encode())
    assert theirs.get_root(newest.size) == bytes(newest.root)
    with zipfile.ZipFile(bundle) as archive:
        proofs = [program.Proof.read(archive.read(name)) for name in archive.namelist() if name.startswith("proofs/")]
    assert proofs
    for proof in proofs:
        assert theirs.prove_inclusion(proof.index + 1, newest.size).path[1:] == proof.path
