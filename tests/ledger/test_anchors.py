"""Anchors: what was signed is known outside the database, and a database that knows less is caught."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.utils import timezone

from desk.actions import SYSTEM
from desk.ledger import anchors, keys, seal
from desk.ledger.models import Anchor, Checkpoint
from desk.ledger.notes import Note, Signer
from desk.ledger.refusals import Refused
from desk.ledger.state import sealing
from tests.cast import Cast
from tests.ledger.conftest import statement

SEALED = ("ledger_entry", "ledger_counter", "ledger_checkpoint", "ledger_node", "ledger_key", "ledger_salt")


def file(outside: Path) -> Path:
    return outside / "checkpoints"


def notes(outside: Path) -> list[str]:
    return [found[0] for found in anchors._NOTE.finditer(file(outside).read_text())]


def stored() -> list[str]:
    return list(Checkpoint.objects.order_by("size").values_list("note", flat=True))


def grow(cast: Cast) -> None:
    cast.ticket()
    assert seal.attempt()


def refused() -> tuple[str, int | None]:
    with pytest.raises(Refused) as caught:
        seal.seal()
    return caught.value.code, caught.value.seq


@contextmanager
def restored_later() -> Iterator[None]:
    """What happens inside is undone as a restored dump undoes it: every table of the ledger is as it was."""
    for table in SEALED:
        statement(f"CREATE TABLE kept_{table} AS SELECT * FROM {table}")
    yield
    for table in SEALED:
        statement(f"DELETE FROM {table}")
        statement(f"INSERT INTO {table} SELECT * FROM kept_{table}")


def test_every_checkpoint_is_added_to_the_file_one_after_another(keyed: Cast, outside: Path) -> None:
    for _ in range(3):
        grow(keyed)
    assert notes(outside) == stored()
    assert file(outside).read_text() == "".join(stored())
    assert str(anchors.last_note(file(outside))) == stored()[-1]
    anchor = Anchor.objects.get(place="file")
    assert (anchor.size, anchor.error, anchor.failures) == (Checkpoint.objects.latest("size").size, "", 0)
    (state,) = sealing().anchors
    assert (state.place, state.entries, state.seconds) == ("file", 0, 0.0)


def test_a_restored_old_dump_is_caught_before_anything_is_signed(keyed: Cast, outside: Path) -> None:
    grow(keyed)
    with restored_later():
        grow(keyed)
        ahead = Checkpoint.objects.latest("size").size
    keyed.ticket()
    assert refused() == ("anchor_ahead", ahead)
    for _ in range(3):
        keyed.ticket()
    assert refused() == ("anchor_ahead", ahead)
    assert seal.attempt() == 0
    assert sealing().trouble == "anchor_ahead"
    assert len(notes(outside)) == 2


def test_after_a_restored_dump_the_ledger_goes_on_under_another_name(
    keyed: Cast, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grow(keyed)
    with restored_later():
        grow(keyed)
    assert refused()[0] == "anchor_ahead"
    monkeypatch.setattr(settings.ENV, "ledger_origin", "desk.test/ledger/2")
    keys.rotate("routine", by=SYSTEM)
    assert refused()[0] == "anchor_ahead"
    file(outside).rename(outside / "evidence")
    assert seal.attempt()
    assert stored()[-1].startswith("desk.test/ledger/2\n")
    assert notes(outside) == stored()[-1:]


def test_a_dump_from_before_a_rotation_is_caught_too(keyed: Cast, outside: Path) -> None:
    grow(keyed)
    with restored_later():
        keys.rotate("routine", by=SYSTEM)
        grow(keyed)
        keys.forget()
        ahead = Checkpoint.objects.latest("size").size
    assert refused() == ("anchor_ahead", ahead)


def test_a_cut_tail_is_caught(keyed: Cast, outside: Path) -> None:
    grow(keyed)
    first = Checkpoint.objects.get().size
    grow(keyed)
    size = Checkpoint.objects.latest("size").size
    statement("DELETE FROM ledger_checkpoint WHERE size > %s", first)
    statement("DELETE FROM ledger_entry WHERE seq > %s", first)
    statement("UPDATE ledger_counter SET value = %s", first)
    assert refused() == ("anchor_ahead", size)


def test_another_history_of_the_same_length_is_caught(keyed: Cast, outside: Path) -> None:
    grow(keyed)
    size = Checkpoint.objects.get().size
    statement("DELETE FROM ledger_checkpoint")
    statement("UPDATE ledger_entry SET canonical = canonical || ' ' WHERE seq = 2")
    statement("UPDATE ledger_entry SET leaf = sha256('\\x00'::bytea || convert_to(canonical, 'UTF8')) WHERE seq = 2")
    kept = file(outside).rename(outside / "kept")
    assert seal.seal() == size
    kept.rename(file(outside))
    assert refused() == ("anchor_differs", size)


def test_a_file_of_another_log_and_one_that_was_changed_are_refused(keyed: Cast, outside: Path) -> None:
    grow(keyed)
    size = Checkpoint.objects.get().size
    stranger = Signer.new("elsewhere.test/ledger")
    text = Note.parse(stored()[0]).text
    whole = file(outside).read_text()
    file(outside).write_text(whole + str(Note(text, (stranger.sign(text),))))
    assert refused() == ("anchor_unknown", size)
    lines = whole.splitlines(keepends=True)
    file(outside).write_text("".join([lines[0], f"{size - 1}\n", *lines[2:]]))
    assert refused() == ("anchor_damaged", size - 1)
    file(outside).unlink()
    file(outside).mkdir()
    assert refused() == ("anchor_unreadable", None)


def test_half_a_note_is_passed_over_and_the_next_one_stands_on_a_line_of_its_own(keyed: Cast, outside: Path) -> None:
    grow(keyed)
    grow(keyed)
    whole = file(outside).read_text()
    for cut in range(1, len(stored()[-1]) + 1, 7):
        file(outside).write_text(whole[:-cut])
        assert anchors.last_note(file(outside)) == Note.parse(stored()[0])
        grow(keyed)
        assert str(anchors.last_note(file(outside))) == stored()[-1]


def test_a_full_disk_under_the_file_holds_up_nothing_and_is_seen_and_made_up_for(keyed: Cast, outside: Path) -> None:
    grow(keyed)
    whole = file(outside).read_text()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(whole) + 20, limits[1]))
    try:
        grow(keyed)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert len(stored()) == 2
    (state,) = sealing().anchors
    assert (state.error, state.entries > 0) == ("file_too_large", True)
    assert sealing().trouble == "anchor_file_fails"
    assert file(outside).read_text() == whole
    assert seal.attempt() == 0
    assert notes(outside) == stored()
    assert sealing().trouble == ""


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("mount"), reason="only root mounts")
def test_a_disk_without_room_leaves_whole_notes_only(
    keyed: Cast, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = outside / "disk"
    disk.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", disk], check=False, capture_output=True
    ).returncode:
        pytest.skip("this machine lets nobody mount")
    try:
        monkeypatch.setattr(settings.ENV, "ledger_anchor_file", str(disk / "checkpoints"))
        while not sealing().anchors[0].error:
            grow(keyed)
        assert sealing().anchors[0].error == os.strerror(errno.ENOSPC).lower().replace(" ", "_")
        assert str(anchors.last_note(disk / "checkpoints")) in stored()
        grow(keyed)
        (disk / "checkpoints").write_text("")
        assert seal.attempt() == 0
        assert (disk / "checkpoints").read_text() == stored()[-1]
    finally:
        subprocess.run(["umount", disk], check=True)


def test_a_file_that_went_away_begins_anew(keyed: Cast, outside: Path) -> None:
    grow(keyed)
    file(outside).unlink()
    grow(keyed)
    assert notes(outside) == stored()[1:]


def test_without_a_file_nothing_is_written(keyed: Cast, outside: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings.ENV, "ledger_anchor_file", "")
    grow(keyed)
    assert not file(outside).exists()
    assert sealing().anchors == []


@pytest.fixture
def auditors(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    addresses = ["works-council@desk.test", "auditor@example.org"]
    monkeypatch.setattr(settings.ENV, "ledger_anchor_mail", addresses)
    return addresses


def test_auditors_get_the_checkpoint_as_it_was_signed(keyed: Cast, outside: Path, auditors: list[str]) -> None:
    assert not anchors.send_mail_if_due()
    grow(keyed)
    assert anchors.send_mail_if_due()
    (letter,) = mail.outbox
    assert letter.to == auditors
    assert letter.extra_headers["Auto-Submitted"] == "auto-generated"
    ((name, content, _kind),) = letter.attachments
    size = Checkpoint.objects.get().size
    assert (name, content) == (f"checkpoint-{size}.txt", stored()[0].encode())
    assert stored()[0] in letter.body
    assert Anchor.objects.get(place="mail").size == size


def test_mails_come_when_there_is_something_new_and_not_too_often(
    keyed: Cast, outside: Path, auditors: list[str]
) -> None:
    grow(keyed)
    assert anchors.send_mail_if_due()
    assert not anchors.send_mail_if_due()
    grow(keyed)
    assert not anchors.send_mail_if_due()
    assert next(each.entries for each in sealing().anchors if each.place == "mail") > 0
    Anchor.objects.filter(place="mail").update(tried_at=timezone.now() - timedelta(minutes=61))
    assert anchors.send_mail_if_due()
    Anchor.objects.filter(place="mail").update(tried_at=timezone.now() - timedelta(minutes=61))
    assert not anchors.send_mail_if_due()
    assert len(mail.outbox) == 2


def test_a_clock_that_was_set_back_silences_no_anchor(keyed: Cast, outside: Path, auditors: list[str]) -> None:
    grow(keyed)
    assert anchors.send_mail_if_due()
    grow(keyed)
    Anchor.objects.filter(place="mail").update(tried_at=timezone.now() + timedelta(days=400))
    assert anchors.send_mail_if_due()


def test_a_mail_server_that_is_away_is_seen_and_tried_again(
    keyed: Cast, outside: Path, auditors: list[str], settings: Any
) -> None:
    grow(keyed)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert not anchors.send_mail_if_due()
    anchor = Anchor.objects.get(place="mail")
    assert (anchor.size, anchor.failures, anchor.error) == (0, 1, "ConnectionRefusedError")
    assert sealing().trouble == "anchor_mail_fails"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert not anchors.send_mail_if_due()
    Anchor.objects.filter(place="mail").update(tried_at=timezone.now() - timedelta(seconds=61))
    assert anchors.send_mail_if_due()
    assert sealing().trouble == ""
