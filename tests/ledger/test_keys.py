"""Keys: made, handed on in the middle of the log, lost, compromised; the chain from one to the next holds."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from django.conf import settings

from desk.actions import SYSTEM
from desk.ledger import keys, seal
from desk.ledger.models import Checkpoint, Entry, Key
from desk.ledger.notes import Checkpoint as Said
from desk.ledger.notes import Note, NotSigned, Signer
from desk.ledger.refusals import Refused
from tests.cast import Cast


def in_file(outside: Path) -> list[Signer]:
    return [Signer.parse(line) for line in (outside / "key").read_text().splitlines()]


def signed_by(checkpoint: Checkpoint) -> set[Key]:
    note = Note.parse(checkpoint.note)
    return {key for key in Key.objects.all() if any(key.verifier.signs(each) for each in note.signatures)}


def latest() -> Checkpoint:
    return Checkpoint.objects.latest("size")


def test_the_first_key_is_made_in_its_file_and_told_in_the_ledger(company: Cast, outside: Path) -> None:
    key = keys.make(by=SYSTEM)
    (signer,) = in_file(outside)
    assert signer.verifier == key.verifier
    assert key.name == "desk.test/ledger"
    assert stat.S_IMODE((outside / "key").stat().st_mode) == 0o600
    entry = Entry.objects.get(kind="ledger_key.made")
    assert entry.facts == {"key_id": key.verifier.key_id.hex(), "public_key": bytes(key.public).hex()}
    with pytest.raises(keys.KeyTrouble, match="rotate"):
        keys.make(by=SYSTEM)


def test_a_key_whose_row_was_not_written_any_more_is_taken_as_it_is(company: Cast, outside: Path) -> None:
    kept = Signer.new("desk.test/ledger")
    (outside / "key").write_text(f"{kept.secret()}\n")
    assert keys.make(by=SYSTEM).verifier == kept.verifier


def test_the_name_comes_from_the_public_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings.ENV, "ledger_origin", "")
    monkeypatch.setattr(settings, "PUBLIC_URL", "https://desk.example.com/help")
    assert keys.origin() == "desk.example.com/help/ledger"


def test_a_rotation_in_the_middle_is_signed_by_both_and_leads_from_one_to_the_other(keyed: Cast, outside: Path) -> None:
    seal.seal()
    old, before = Key.objects.get(), latest().size
    new = keys.rotate("routine", by=SYSTEM)
    told = Entry.objects.get(kind="ledger_key.rotated")
    seal.seal()
    handover = latest()
    keyed.ticket()
    seal.seal()
    assert [signed_by(each) for each in Checkpoint.objects.order_by("size")] == [{old}, {old, new}, {new}]
    assert before < told.seq <= handover.size
    assert Note.parse(handover.note).verified([old.verifier, new.verifier]) == [old.verifier, new.verifier]
    assert told.facts["public_key"] == bytes(new.public).hex()
    assert [handover.key, latest().key] == [new, new]
    assert keys.forget() == 1
    assert [signer.verifier for signer in in_file(outside)] == [new.verifier]
    keyed.ticket()
    assert seal.seal()


def test_the_name_of_the_log_may_change_with_its_key(keyed: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    seal.seal()
    old = Key.objects.get()
    monkeypatch.setattr(settings.ENV, "ledger_origin", "help.test/ledger")
    new = keys.rotate("routine", by=SYSTEM)
    seal.seal()
    note = Note.parse(latest().note)
    assert Said.parse(note.text).origin == new.name == "help.test/ledger"
    assert note.verified([old.verifier])


@pytest.mark.parametrize("reason", ["lost", "compromised"])
def test_a_key_that_is_lost_or_no_longer_secret_does_not_sign_once_more(
    keyed: Cast, outside: Path, reason: str
) -> None:
    seal.seal()
    old = Key.objects.get()
    if reason == "lost":
        (outside / "key").unlink()
    new = keys.rotate(reason, by=SYSTEM)
    assert [signer.verifier for signer in in_file(outside)] == [new.verifier]
    seal.seal()
    assert signed_by(latest()) == {new}
    with pytest.raises(NotSigned):
        Note.parse(latest().note).verified([old.verifier])


def test_after_several_rotations_the_key_that_signed_last_hands_over(keyed: Cast) -> None:
    seal.seal()
    first = Key.objects.get()
    keys.rotate("routine", by=SYSTEM)
    third = keys.rotate("routine", by=SYSTEM)
    seal.seal()
    assert signed_by(latest()) == {first, third}


def test_a_handover_across_a_key_that_was_lost_is_none(keyed: Cast) -> None:
    seal.seal()
    keys.rotate("compromised", by=SYSTEM)
    third = keys.rotate("routine", by=SYSTEM)
    seal.seal()
    assert signed_by(latest()) == {third}


def test_a_routine_rotation_needs_the_key_before(keyed: Cast, outside: Path) -> None:
    seal.seal()
    kept = (outside / "key").read_text()
    (outside / "key").write_text(f"{Signer.new('other').secret()}\n")
    with pytest.raises(keys.KeyTrouble, match="--reason lost"):
        keys.rotate("routine", by=SYSTEM)
    (outside / "key").write_text(kept)
    new = keys.rotate("routine", by=SYSTEM)
    (outside / "key").write_text("".join(f"{signer.secret()}\n" for signer in in_file(outside)[1:]))
    with pytest.raises(Refused, match="old_key_missing"):
        seal.seal()
    with pytest.raises(keys.KeyTrouble, match="not signed yet"):
        keys.forget()
    newest = keys.rotate("lost", by=SYSTEM)
    seal.seal()
    assert signed_by(latest()) == {newest}
    assert newest != new


def test_a_rotation_that_dies_after_the_file_leaves_the_old_key_signing(
    keyed: Cast, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = Key.objects.get()

    def dies(*_args: object, **_more: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying, pytest.raises(KeyboardInterrupt):
        dying.setattr(keys, "_rotated", dies)
        keys.rotate("routine", by=SYSTEM)
    assert len(in_file(outside)) == 2
    assert seal.seal()
    assert signed_by(latest()) == {old}
    new = keys.rotate("routine", by=SYSTEM)
    seal.seal()
    assert signed_by(latest()) == {old, new}


def test_where_no_key_can_be_kept_none_is_made(company: Cast, outside: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (outside / "key").mkdir()
    with pytest.raises(keys.KeyTrouble, match="cannot be read"):
        keys.make(by=SYSTEM)
    (outside / "file").touch()
    monkeypatch.setattr(settings.ENV, "ledger_key", str(outside / "file" / "key"))
    with pytest.raises(keys.KeyTrouble):
        keys.make(by=SYSTEM)
    monkeypatch.setattr(settings.ENV, "ledger_key", "")
    with pytest.raises(keys.KeyTrouble, match="LEDGER_KEY"):
        keys.make(by=SYSTEM)
    with pytest.raises(keys.KeyTrouble, match="no key yet"):
        keys.rotate("routine", by=SYSTEM)
    assert not Key.objects.exists()


def test_no_secret_is_in_the_database(keyed: Cast, outside: Path) -> None:
    from django.db import connection

    (signer,) = in_file(outside)
    seed = signer.private.private_bytes_raw()
    keys.rotate("routine", by=SYSTEM)
    seal.seal()
    with connection.cursor() as cursor:
        for table in ("ledger_key", "ledger_checkpoint", "ledger_entry", "ledger_sealer", "ledger_anchor", "desk_job"):
            cursor.execute(f"SELECT t::text FROM {table} t")
            told = " ".join(row[0] for row in cursor.fetchall())
            assert seed.hex() not in told
            assert signer.secret().rpartition("+")[2] not in told
