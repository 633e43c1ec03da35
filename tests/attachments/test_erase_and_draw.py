"""Erasing files, and the job that draws previews."""

from __future__ import annotations

import hashlib

import pytest

from conversations.attachments import uploads
from conversations.attachments.actions import Received, erase_of, uploaded
from conversations.attachments.files import File
from conversations.attachments.queries import lists
from conversations.models import Attachment, Content, Preview, Ticket, Upload
from conversations.review.actions import write_reply
from conversations.tickets.actions import receive_message
from desk import jobs
from desk.jobs import Job
from desk.ledger.models import Entry, Salt
from tests.attachments.samples import PDF, bomb, image
from tests.cast import Cast


def written_with(cast: Cast, ticket: Ticket, *files: tuple[str, bytes]) -> list[Attachment]:
    received = Received([File.of(*file) for file in files])
    message = receive_message(ticket, text="See there", channel="mail", files=received, by=cast.carla.actor())
    return list(message.attachments.order_by("position"))


def drawn(attachment: Attachment) -> Job:
    job = Job.objects.get(key=f"preview.draw:{attachment.pk}")
    jobs.run(job.pk)
    job.refresh_from_db()
    return job


def test_erasing_leaves_that_there_were_files_and_nothing_of_them(cast: Cast) -> None:
    ticket, other = cast.ticket(), cast.ticket()
    photo, bill = written_with(cast, ticket, ("My passport.png", image()), ("bill.pdf", PDF))
    (kept,) = written_with(cast, other, ("bill.pdf", PDF))
    drawn(photo)
    uploads.keep(File.of("unsent.pdf", PDF), owner="person:x", ticket=ticket, what="reply")

    assert erase_of(ticket.messages.all(), by=cast.ada.actor()) == 2

    for row in (photo, bill):
        size = row.size
        row.refresh_from_db()
        assert (row.content, row.name, row.sha256, row.missing, row.size) == (None, "", "", "erased", size)
    assert set(ticket.messages.exclude(files_digest="").values_list("files_digest", flat=True)) == {"erased"}
    assert list(Content.objects.values_list("attachment", flat=True)) == [kept.pk], "another ticket keeps its own"
    assert not Preview.objects.exists()
    assert not Upload.objects.exists()
    entry = Entry.objects.get(kind="files.erased")
    assert (entry.facts, entry.commitments, entry.thread) == ({"count": 2}, {}, ticket.ref)


def test_erasing_takes_what_was_computed_from_files_from_their_decision_too(cast: Cast) -> None:
    ticket, by = cast.ticket(), cast.ana.actor()
    row = uploads.keep(File.of("a.pdf", PDF), owner=str(by), ticket=ticket, what="reply")
    decision = write_reply(ticket, text="Here.", by=by, files=uploaded([str(row.pk)], owner=str(by), ticket=ticket))
    message = ticket.messages.get(decision=decision)
    sources = {f"enclosure:{message.pk}:lines", f"decided_enclosure:{decision.pk}:lines"}
    assert set(Salt.objects.filter(field="files").values_list("source", flat=True)) == sources
    assert lists(sources) == dict.fromkeys(sources, f"{hashlib.sha256(PDF).hexdigest()} {len(PDF)} a.pdf")
    erase_of([message], by=cast.ada.actor())
    decision.refresh_from_db()
    assert decision.files_digest == "erased"
    assert lists(sources) == {}


def test_erasing_twice_erases_nothing_more(cast: Cast) -> None:
    ticket = cast.ticket()
    written_with(cast, ticket, ("bill.pdf", PDF))
    assert erase_of(ticket.messages.all(), by=cast.ada.actor()) == 1
    assert erase_of(ticket.messages.all(), by=cast.ada.actor()) == 0


def test_a_picture_is_drawn_in_a_job_and_its_page_hears_of_it(cast: Cast) -> None:
    ticket = cast.ticket()
    (photo,) = written_with(cast, ticket, ("photo.png", image()))
    assert not Preview.objects.exists()
    assert drawn(photo).state == Job.State.DONE
    assert Preview.objects.get().content_id == photo.content_id
    assert Entry.objects.get(kind="preview.drawn").thread == ticket.ref


@pytest.mark.parametrize("content", [bomb(), image()[:300], image("JPEG")[:40]])
def test_what_cannot_be_drawn_has_no_preview_and_is_nobodys_trouble(cast: Cast, content: bytes) -> None:
    ticket = cast.ticket()
    (photo,) = written_with(cast, ticket, ("photo.png", content))
    assert photo.type in {"image/png", "image/jpeg"}
    assert drawn(photo).state == Job.State.DONE
    assert not Preview.objects.exists()
    assert not jobs.trouble(ticket.ref).exists()


def test_no_job_is_made_for_what_is_no_picture(cast: Cast) -> None:
    written_with(cast, cast.ticket(), ("bill.pdf", PDF))
    assert not Job.objects.filter(kind="preview.draw").exists()


def test_a_file_that_was_erased_meanwhile_is_not_drawn(cast: Cast) -> None:
    ticket = cast.ticket()
    (photo,) = written_with(cast, ticket, ("photo.png", image()))
    erase_of(ticket.messages.all(), by=cast.ada.actor())
    assert drawn(photo).state == Job.State.DONE
    assert not Preview.objects.exists()
