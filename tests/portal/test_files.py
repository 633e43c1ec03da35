"""Files of customers: with the first request, on their page, and what comes back to them. Nothing here needs script."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from conversations.attachments import uploads
from conversations.attachments.actions import uploaded
from conversations.attachments.files import File
from conversations.models import Attachment, Message, Ticket, Upload
from conversations.review.actions import write_reply
from conversations.tickets.actions import add_note
from desk import jobs
from desk.jobs import Job
from desk.uploads import LARGEST_FILE
from tests.attachments.samples import HTML, PDF, PROGRAM, image
from tests.cast import Cast
from tests.portal.letters import send
from tests.portal.pages import WISH, ask, once_of, page_of, read, words


def file(name: str = "bill.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def write(client: Client, ticket: Ticket, *files: Any, **more: Any) -> Any:
    once = once_of(client.get(page_of(ticket)).content.decode())
    return client.post(f"{page_of(ticket)}write/", {"once": once, "message": "See there.", "upload": files, **more})


def own_file(ticket: Ticket) -> Attachment:
    return Attachment.objects.filter(message__ticket=ticket).latest("id")


def test_a_request_brings_its_files(client: Client, cast: Cast) -> None:
    assert ask(client, upload=[file(), file("page.html", HTML)]).status_code == 302
    message = Ticket.objects.get().messages.earliest("id")
    assert [(each.name, each.type) for each in message.attachments.all()] == [
        ("bill.pdf", "application/pdf"), ("page.html", "application/octet-stream"),
    ]  # fmt: skip
    assert not Upload.objects.exists()


def test_a_message_brings_its_files_and_shows_them_to_be_saved(client: Client, cast: Cast) -> None:
    ticket = cast.ticket()
    assert write(client, ticket, file("Größe.pdf")).status_code == 302
    page = read(client, page_of(ticket))
    address = f"{page_of(ticket)}files/{own_file(ticket).pk}/"
    assert address in page
    answer = client.get(address)
    assert answer.content == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == "attachment; filename=\"Gr__e.pdf\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe.pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
    assert "no-store" in answer["Cache-Control"]


def test_pages_and_drawings_leave_as_bytes_alone(client: Client, cast: Cast) -> None:
    ticket = cast.ticket()
    write(client, ticket, file("page.html", HTML))
    answer = client.get(f"{page_of(ticket)}files/{own_file(ticket).pk}/")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ([file("run.exe", PROGRAM)], "run.exe: Programs and scripts are not taken in."),
        ([file("big.txt", b"x" * (LARGEST_FILE + 1))], "big.txt: A file may have at most 10 MB."),
        ([file("none.txt", b"")], "none.txt: There is nothing in the file."),
        ([file(f"{number}.txt", b"x") for number in range(21)], "A message may have at most 20 files."),
        ([file(f"{number}.txt", b"x" * LARGEST_FILE) for number in range(3)], "at most 25 MB together"),
    ],
)
def test_what_cannot_be_taken_is_said_and_nothing_that_was_typed_is_lost(
    client: Client, cast: Cast, given: list[Any], sentence: str
) -> None:
    answer = ask(client, upload=given)
    assert answer.status_code == 400
    page = answer.content.decode()
    assert sentence in words(page)
    assert WISH["message"] in page
    assert not Ticket.objects.exists()


def test_a_form_that_comes_back_keeps_its_files(client: Client, cast: Cast) -> None:
    answer = ask(client, email="nonsense", upload=[file()])
    page = answer.content.decode()
    held = Upload.objects.get()
    assert answer.status_code == 400
    assert f'value="{held.pk}"' in page
    again = client.post("/help/new/", {**WISH, "once": once_of(page), "file": str(held.pk)})
    assert again.status_code == 302
    assert own_file(Ticket.objects.get()).name == "bill.pdf"


def test_a_file_that_is_gone_is_said_and_the_words_are_kept(client: Client, cast: Cast) -> None:
    ticket = cast.ticket()
    for nonsense in ("", "x", "../..", "00000000-0000-0000-0000-000000000000"):
        answer = write(client, ticket, file=nonsense)
        assert answer.status_code == 400
        assert "A file was taken away or sent meanwhile" in answer.content.decode()
        assert "See there." in answer.content.decode()


def test_the_same_form_twice_is_one_message_with_its_file(client: Client, cast: Cast) -> None:
    ticket = cast.ticket()
    once = once_of(client.get(page_of(ticket)).content.decode())
    for _ in range(2):
        wish = {"once": once, "message": "See there.", "upload": [file()]}
        assert client.post(f"{page_of(ticket)}write/", wish).status_code == 302
    assert ticket.messages.filter(text="See there.").count() == 1
    assert Attachment.objects.count() == 1


def test_a_customer_gets_what_was_sent_and_neither_notes_nor_what_waits(client: Client, cast: Cast) -> None:
    ticket, by = cast.ticket(), cast.ana.actor()

    def enclosed(what: str) -> Any:
        row = uploads.keep(File.of(f"{what}.pdf", PDF), owner=str(by), ticket=ticket, what=what)
        return uploaded([str(row.pk)], owner=str(by), ticket=ticket)

    note = add_note(ticket, text="Inside", files=enclosed("note"), by=by)
    reply = Message.objects.get(decision=write_reply(ticket, text="Here.", files=enclosed("reply"), by=by))
    addresses = {one.pk: f"{page_of(ticket)}files/{one.attachments.get().pk}/" for one in (note, reply)}
    assert [client.get(address).status_code for address in addresses.values()] == [404, 404]
    send(reply)
    assert client.get(addresses[note.pk]).status_code == 404
    assert client.get(addresses[reply.pk]).content == PDF
    assert "reply.pdf" in read(client, page_of(ticket))
    assert "note.pdf" not in read(client, page_of(ticket))


def test_the_link_of_another_ticket_leads_to_no_file_of_this_one(client: Client, cast: Cast) -> None:
    ticket, other = cast.ticket(), cast.ticket(email="dora@example.com")
    write(client, ticket, file())
    number = own_file(ticket).pk
    for path in (f"{page_of(other)}files/{number}/", f"{page_of(ticket)}files/999999999999999999999/",
                 f"{page_of(ticket)}files/{number}/preview/", f"/help/t/nonsense/files/{number}/"):  # fmt: skip
        assert client.get(path).status_code == 404


def test_a_picture_gets_a_preview_of_our_own_making(client: Client, cast: Cast) -> None:
    ticket = cast.ticket()
    write(client, ticket, file("photo.png", image()))
    jobs.run(Job.objects.get(kind="preview.draw").pk)
    address = f"{page_of(ticket)}files/{own_file(ticket).pk}/preview/"
    assert address in read(client, page_of(ticket))
    answer = client.get(address)
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/webp", "nosniff")
    assert answer.content[:4] == b"RIFF"


def test_files_of_one_page_are_nobody_elses(client: Client, cast: Cast) -> None:
    """What stands beside the words of one ticket cannot be sent in another."""
    ticket, other = cast.ticket(), cast.ticket(email="dora@example.com")
    held = uploads.keep(File.of("a.pdf", PDF), owner=uploads.PORTAL, ticket=ticket)
    assert write(client, other, file=str(held.pk)).status_code == 400
    assert write(client, ticket, file=str(held.pk)).status_code == 302
