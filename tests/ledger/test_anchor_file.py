"""The anchor file: each thing that it may not say, what is read of a damaged one, and what is added to it when."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.db import DatabaseError
from django.utils import timezone

from desk.ledger import anchors
from desk.ledger.models import Anchor, Checkpoint
from desk.ledger.notes import Checkpoint as Said
from desk.ledger.notes import Note, Signer
from desk.ledger.refusals import Refused
from tests.cast import Cast

SIGNER = Signer.new("desk.test/ledger")


@pytest.fixture
def path(standing: None, outside: Path) -> Iterator[Path]:
    """Where the file of the ledger that stands is to be."""
    found = outside / "folder" / "checkpoints"
    settings.ENV.ledger_anchor_file = str(found)
    yield found
    Anchor.objects.all().delete()


def checkpoints() -> list[Checkpoint]:
    return list(Checkpoint.objects.order_by("size"))


def signed(size: int | str, root: bytes, *, by: Signer = SIGNER) -> str:
    text = Said("desk.test/ledger", 0, root).text.replace("\n0\n", f"\n{size}\n")
    return str(Note(text, (by.sign(text),)))


def put(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)


def refused(signers: list[Signer]) -> tuple[str, int | None] | None:
    try:
        anchors.check_file(signers)
    except Refused as wrong:
        return wrong.code, wrong.seq
    return None


def test_a_file_that_says_nothing_else_than_the_ledger_is_passed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two, three = checkpoints()
    assert refused([]) is None, "there is no file yet"
    for text in ("", "half a note\n12\n", one.note, two.note + three.note, signed(two.size, bytes(two.root))):
        put(path, text)
        assert refused([SIGNER]) is None, text
    put(path, signed(two.size, bytes(32)))
    assert refused([SIGNER])
    monkeypatch.setattr(settings.ENV, "ledger_anchor_file", "")
    assert refused([SIGNER]) is None


def test_each_thing_that_the_file_says_otherwise_has_its_code(path: Path) -> None:
    one, two, three = checkpoints()
    forged = two.note.replace(f"\n{two.size}\n", f"\n{two.size + 1}\n", 1)
    for text, code, seq in (
        (signed(three.size + 1, bytes(three.root)), "anchor_ahead", three.size + 1),
        (signed(three.size, bytes(32)), "anchor_differs", three.size),
        (signed(two.size, bytes(one.root)), "anchor_differs", two.size),
        (signed(two.size - 1, bytes(two.root)), "anchor_differs", two.size - 1),
        (signed(two.size, bytes(two.root), by=Signer.new("desk.test/ledger")), "anchor_unknown", two.size),
        (one.note + forged, "anchor_damaged", two.size + 1),
        (signed("007", bytes(32)), "anchor_damaged", None),
    ):
        put(path, text)
        assert refused([SIGNER]) == (code, seq)
    path.unlink()
    path.mkdir()
    assert refused([SIGNER]) == ("anchor_unreadable", None)


def test_before_the_first_checkpoint_the_file_knows_more_and_gets_nothing(keyed: Cast, outside: Path) -> None:
    path = outside / "checkpoints"
    anchors.append_to_file()
    assert not path.exists()
    put(path, signed(7, bytes(32)))
    assert refused([SIGNER]) == ("anchor_ahead", 7)


def test_the_last_whole_note_is_read_whatever_stands_around_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two, three = (each.note for each in checkpoints())
    assert anchors.last_note(path) is None
    for text, found in (
        ("", None),
        ("nothing\n", None),
        (one, one),
        (one + two, two),
        (one + three[:-9], one),
        (f"{one}{two[:-9]}\n{three}", three),
        (one + two.rpartition(" ")[0] + " !\n", one),
        (f"{two}\xff\xfe", two),
    ):
        put(path, text)
        note = anchors.last_note(path)
        assert (str(note) if note else None) == found, text
    put(path, one + two + three)
    monkeypatch.setattr(anchors, "TAIL", len(three.encode()) - 18)  # from within its number on
    assert anchors.last_note(path) is None, "no further back is looked"
    monkeypatch.setattr(anchors, "TAIL", len(three.encode()))
    assert str(anchors.last_note(path)) == three


def test_the_last_checkpoint_is_added_once_on_a_line_of_its_own(path: Path) -> None:
    one, _two, three = checkpoints()
    anchors.append_to_file()
    assert path.read_text() == three.note
    assert stat.S_IMODE(path.stat().st_mode) == 0o644 & ~_mask()
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    anchor = Anchor.objects.get()
    assert (anchor.place, anchor.size, anchor.failures, anchor.error) == ("file", three.size, 0, "")
    assert anchor.at == anchor.tried_at
    path.unlink()
    anchors.append_to_file()
    assert not path.exists(), "it has been there, which is what the row is for"
    for before, after in ((one.note, one.note + three.note), (three.note, three.note), ("half", f"half\n{three.note}")):
        Anchor.objects.all().delete()
        put(path, before)
        anchors.append_to_file()
        assert path.read_text() == after


def _mask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_a_file_that_cannot_be_written_is_counted_and_made_up_for(path: Path) -> None:
    three = checkpoints()[-1]
    path.mkdir(parents=True)
    for failures in (1, 2):
        anchors.append_to_file()
        anchor = Anchor.objects.get()
        assert (anchor.size, anchor.at, anchor.failures, anchor.error) == (0, None, failures, "is_a_directory")
    Anchor.objects.update(size=three.size)
    path.rmdir()
    anchors.append_to_file()
    anchor = Anchor.objects.get()
    assert (anchor.size, anchor.failures, anchor.error, path.read_text()) == (three.size, 0, "", three.note)


def test_each_place_is_there_when_it_is_set(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert anchors.places() == ["file"]
    monkeypatch.setattr(settings.ENV, "ledger_anchor_mail", ["auditor@example.org"])
    assert anchors.places() == ["file", "mail"]
    monkeypatch.setattr(settings.ENV, "ledger_anchor_file", "")
    assert anchors.places() == ["mail"]


def test_a_mail_waits_for_its_pause_and_longer_after_each_that_failed(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not anchors.send_mail_if_due(), "nobody gets any"
    monkeypatch.setattr(settings.ENV, "ledger_anchor_mail", ["auditor@example.org"])
    minutes = settings.ENV.ledger_anchor_minutes
    for failures, pause in ((0, 60 * minutes), (1, 60), (2, 120), (3, 240), (6, 1920), (7, 3600), (40, 3600)):
        for ago, due in ((pause - 5, False), (pause + 5, True), (-5, True), (0, False)):
            Anchor.objects.update_or_create(
                place="mail",
                defaults={
                    "size": 1,
                    "failures": failures,
                    "error": "x",
                    "tried_at": timezone.now() - timedelta(seconds=ago),
                },
            )
            assert anchors.send_mail_if_due() == due, (failures, ago)
    assert len(mail.outbox) == 14
    anchor = Anchor.objects.get()
    Anchor.objects.update(size=checkpoints()[-1].size, tried_at=timezone.now() - timedelta(days=9))
    assert not anchors.send_mail_if_due(), "there is nothing new"
    assert anchor.place == "mail"


def test_a_mail_carries_the_checkpoint_to_the_byte(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings.ENV, "ledger_anchor_mail", ["auditor@example.org"])
    three = checkpoints()[-1]
    assert anchors.send_mail_if_due()
    (letter,) = mail.outbox
    assert letter.subject == f"Ledger of desk.test/ledger: {three.size} entries"
    assert letter.extra_headers == {"Auto-Submitted": "auto-generated"}
    assert letter.attachments == [(f"checkpoint-{three.size}.txt", three.note.encode(), "application/octet-stream")]
    assert f"    python manage.py ledger verify --checkpoint checkpoint-{three.size}.txt\n\n{three.note}" in letter.body
    anchor = Anchor.objects.get()
    assert (anchor.place, anchor.size, anchor.failures, anchor.error) == ("mail", three.size, 0, "")


def test_no_fault_ends_the_watch_over_mails(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import connection

    class Stop(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            assert connection.connection is None, "while it waits nobody else waits for its connection"
            waited.append(timeout)
            return True

    def due() -> bool:
        Anchor.objects.count()
        if not faults:
            stop.set()
            return False
        raise faults.pop()

    waited: list[Any] = []
    stop, faults = Stop(), [ValueError("x"), DatabaseError("x")]
    monkeypatch.setattr(anchors, "send_mail_if_due", due)
    anchors.run_mail(stop)
    assert waited == [5, 5, 5]
