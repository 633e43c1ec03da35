"""Files that come with mails and go with replies, to the byte."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

import pytest

from conversations.attachments import uploads
from conversations.attachments.actions import erase_of, uploaded
from conversations.attachments.files import File
from conversations.attachments.queries import content_of
from conversations.mailroom.intake import take_in
from conversations.models import Attachment, Message, Sending, Ticket
from conversations.review.actions import write_reply
from conversations.tickets.states import SendingState
from desk.ledger.models import Entry
from desk.uploads import LARGEST_FILE
from tests.attachments.samples import HTML, PDF, PROGRAM, image
from tests.cast import CARLA, Cast
from tests.mailroom.mail_server import MailServer
from tests.mailroom.posting import send
from tests.mailroom.written import MAIL

pytestmark = pytest.mark.django_db


def mail_with(*files: tuple[str, bytes], text: str = "See the files.", **headers: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Carla Jones <{CARLA}>", "help@desk.test", "My parcel"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    for name, content in files:
        mail.add_attachment(content, maintype="application", subtype="x-anything", filename=name)
    return mail.as_bytes()


def files_in(raw: bytes) -> list[Attachment]:
    ticket = take_in(raw, by=MAIL).ticket
    assert ticket is not None
    return list(ticket.messages.earliest("id").attachments.order_by("position"))


def test_files_of_a_mail_are_kept_as_they_came() -> None:
    found = files_in(mail_with(("photo.png", image()), ("Rechnung März.pdf", PDF), ("page.html", HTML)))
    assert [(file.name, file.type, file.missing) for file in found] == [
        ("photo.png", "image/png", ""),
        ("Rechnung März.pdf", "application/pdf", ""),
        ("page.html", "application/octet-stream", ""),
    ]
    assert [content_of(file) for file in found] == [image(), PDF, HTML]


def test_a_picture_in_the_text_of_a_mail_is_a_file_too() -> None:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = CARLA, "Broken zip"
    mail.set_content("See here")
    mail.add_alternative('<p>See here <img src="cid:1"></p>', subtype="html")
    mail.get_payload()[1].add_related(image("JPEG"), "image", "jpeg", cid="<1>")  # type: ignore[index,union-attr]
    (file,) = files_in(mail.as_bytes())
    assert (file.name, file.type) == ("image.jpg", "image/jpeg")


def test_a_mail_in_a_mail_is_a_file_that_can_be_opened() -> None:
    inner = EmailMessage()
    inner["Subject"] = "What I wrote before"
    inner.set_content("inner words")
    mail = EmailMessage()
    mail["From"] = CARLA
    mail.set_content("Forwarded")
    mail.add_attachment(inner)
    (file,) = files_in(mail.as_bytes())
    assert file.name == "What I wrote before.eml"
    assert b"inner words" in content_of(file)


def test_what_is_too_much_is_left_out_with_its_reason_and_the_rest_of_the_mail_is_kept() -> None:
    found = files_in(
        mail_with(
            ("big.bin2", b"x" * (LARGEST_FILE + 1)), ("run.exe", PROGRAM), ("nothing.txt", b""), ("bill.pdf", PDF)
        )
    )
    assert [(file.name, file.missing, file.content_id is None) for file in found] == [
        ("big.bin2", "too_large", True),
        ("run.exe", "refused", True),
        ("nothing.txt", "empty", True),
        ("bill.pdf", "", False),
    ]
    assert found[0].size == LARGEST_FILE + 1
    assert found[0].message.text == "See the files."
    entry = Entry.objects.get(kind="files.enclosed")
    assert entry.facts == {"count": 4, "refused": 3, "bytes_kept": len(PDF)}


def test_of_a_hundred_files_the_first_twenty_are_kept() -> None:
    found = files_in(mail_with(*((f"{number}.txt", b"words") for number in range(100))))
    assert len(found) == 100
    assert [file.missing for file in found] == [""] * 20 + ["too_much"] * 80


def test_of_more_than_25_megabytes_what_fits_is_kept() -> None:
    half = b"x" * (LARGEST_FILE - 1000)
    found = files_in(mail_with(("1.txt", half), ("2.txt", half), ("3.txt", half[: 6 * 1024 * 1024]), ("4.pdf", PDF)))
    assert [file.missing for file in found] == ["", "", "too_much", ""]


def test_a_mail_that_brings_nothing_but_a_file_is_taken_in() -> None:
    raw = mail_with(("bill.pdf", PDF), text="").replace(b"Subject: My parcel\n", b"")
    (file,) = files_in(raw)
    assert file.message.text == "[attachment]"


@pytest.mark.parametrize(
    "part",
    [
        b"Content-Type: application/pdf; name=\"=?utf-8?q?=FF=FE?=\"\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!not base64!!!",
        b"Content-Type: application/pdf\r\nContent-Disposition: attachment; filename*=nonsense''%FF%00\r\n\r\nx",
        b"Content-Type: image/png\r\nContent-Transfer-Encoding: x-unknown\r\n\r\n\x89PNG",
        b"Content-Type: message/rfc822\r\n\r\n",
        b"Content-Type: multipart/mixed\r\n\r\nno boundary",
        b"Content-Type: ;;;\r\nContent-Disposition: attachment; filename=\"../../../x\r\n\r\ny",
        b"Content-Type: text/plain; charset=idna\r\nContent-Disposition: attachment\r\n\r\n" + b"\xff" * 50,
    ],
)  # fmt: skip
def test_a_broken_part_never_loses_the_mail(part: bytes) -> None:
    raw = (
        b"From: carla@example.com\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nStill here\r\n--b\r\n"
    )
    taken = take_in(raw + part + b"\r\n--b--\r\n", by=MAIL)
    assert taken.ticket is not None
    assert taken.ticket.messages.earliest("id").text.startswith("Still here")


def test_the_same_mail_twice_has_its_files_once() -> None:
    raw = mail_with(("bill.pdf", PDF), Message_ID="<once@example.com>")
    files_in(raw)
    take_in(raw, by=MAIL)
    assert Attachment.objects.count() == 1


def answered_with(cast: Cast, ticket: Ticket, *files: tuple[str, bytes]) -> Sending:
    by = cast.ana.actor()
    rows = [uploads.keep(File.of(*file), owner=str(by), ticket=ticket, what="reply") for file in files]
    enclosure = uploaded([str(row.pk) for row in rows], owner=str(by), ticket=ticket)
    return Sending.objects.get(decision=write_reply(ticket, text="Here they are.", by=by, files=enclosure))


def received(mail: EmailMessage) -> list[tuple[str | None, str, Any]]:
    return [
        (part.get_filename(), part.get_content_type(), part.get_payload(decode=True))
        for part in mail.iter_attachments()
    ]


def test_files_leave_with_the_reply_to_the_byte(cast: Cast, mail_server: MailServer) -> None:
    text = "Zeile eins\nZeile zwei\r\nmit Ümlaut".encode()
    sending = answered_with(
        cast, cast.ticket(), ("Rücksendung – Größe.pdf", PDF), ("notes.txt", text), ("photo.png", image())
    )
    assert send(sending).state == SendingState.SENT
    assert received(mail_server.mail) == [
        ("Rücksendung – Größe.pdf", "application/pdf", PDF),
        ("notes.txt", "application/octet-stream", text),
        ("photo.png", "image/png", image()),
    ]
    body = mail_server.mail.get_body(("plain",))
    assert body is not None
    assert str(body.get_content()).startswith("Here they are.")
    assert len(mail_server.mails) == 1


def test_a_reply_whose_file_is_gone_does_not_leave_without_it(cast: Cast, mail_server: MailServer) -> None:
    sending = answered_with(cast, cast.ticket(), ("a.pdf", PDF))
    erase_of(Message.objects.filter(sending=sending), by=cast.ada.actor())
    after = send(sending)
    assert (after.state, after.last_error) == (SendingState.FAILED, "file_missing")
    assert not mail_server.mails


def test_twenty_five_megabytes_leave(cast: Cast, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    from conversations.mailroom import handover

    monkeypatch.setattr(handover, "TAKEN", 20.0)
    half = b"0123456789abcdef" * (LARGEST_FILE // 16)
    sending = answered_with(cast, cast.ticket(), ("1.txt", half), ("2.txt", half), ("3.txt", half[: LARGEST_FILE // 2]))
    assert send(sending).state == SendingState.SENT
    assert [len(content) for _, _, content in received(mail_server.mail)] == [
        LARGEST_FILE,
        LARGEST_FILE,
        LARGEST_FILE // 2,
    ]
