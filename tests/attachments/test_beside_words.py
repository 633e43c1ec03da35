"""Files beside what a person is writing: theirs alone, kept until they send it, and what is sent is what was ticked."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client
from django.utils import timezone

from accounts.models import Person
from conversations.attachments import uploads
from conversations.attachments.actions import uploaded
from conversations.attachments.files import File
from conversations.attachments.limits import FileGone
from conversations.models import Attachment, Content, Message, Ticket, Upload
from conversations.review.actions import Seen, approve, undo, write_reply
from conversations.tickets.actions import receive_message
from desk.uploads import LARGEST_FILE
from tests.attachments.samples import PDF, PROGRAM, image
from tests.cast import Cast
from tests.drafts import pending_draft


@pytest.fixture
def ana(cast: Cast, client: Client) -> Client:
    client.force_login(cast.ana)
    return client


def put(client: Client, ticket: Ticket, content: bytes = PDF, name: str = "label.pdf", what: str = "reply") -> Any:
    file = SimpleUploadedFile(name, content)
    return client.post(f"/tickets/{ticket.number}/uploads/", {"what": what, "upload": file})


def put_in(client: Client, ticket: Ticket, **more: Any) -> str:
    return str(put(client, ticket, **more).json()["files"][-1]["id"])


def reply_form(ticket: Ticket, **more: Any) -> dict[str, Any]:
    last = ticket.messages.exclude(direction="note").latest("id").pk
    return {"text": "Here is your label.", "last_seen": last, **more}


def names(message: Message) -> list[str]:
    return [file.name for file in message.attachments.all()]


def test_a_file_is_there_again_after_a_reload_and_goes_with_the_reply(cast: Cast, ana: Client) -> None:
    ticket = cast.ticket()
    assert put(ana, ticket).json()["files"][0]["size"] == len(PDF)
    page = ana.get(f"/tickets/{ticket.number}/?mode=write").content.decode()
    held = str(Upload.objects.get().pk)
    assert f'value="{held}"' in page
    assert "label.pdf" in page
    answer = ana.post(f"/tickets/{ticket.number}/reply/", reply_form(ticket, file=held))
    assert answer.status_code == 302
    assert names(Message.objects.get(text="Here is your label.")) == ["label.pdf"]
    assert not Upload.objects.exists()


def test_without_script_files_come_with_the_form(cast: Cast, ana: Client) -> None:
    ticket = cast.ticket()
    form = reply_form(ticket, upload=[SimpleUploadedFile("a.pdf", PDF), SimpleUploadedFile("b.png", image())])
    assert ana.post(f"/tickets/{ticket.number}/reply/", form).status_code == 302
    assert names(Message.objects.get(text="Here is your label.")) == ["a.pdf", "b.png"]


def test_a_note_has_files_of_its_own(cast: Cast, ana: Client) -> None:
    ticket = cast.ticket()
    put(ana, ticket)
    held = put_in(ana, ticket, what="note", name="inside.pdf")
    ana.post(f"/tickets/{ticket.number}/note/", {"text": "Look", "file": held})
    assert names(Message.objects.get(direction="note")) == ["inside.pdf"]
    assert Upload.objects.get().name == "label.pdf", "what stands beside the reply stays there"


@pytest.mark.parametrize("call", ["approve", "edit"])
def test_a_draft_that_is_approved_or_changed_takes_the_files_beside_it(cast: Cast, ana: Client, call: str) -> None:
    draft = pending_draft(cast.ticket())
    held = put_in(ana, draft.ticket)
    assert held in ana.get(f"/tickets/{draft.ticket_id}/").content.decode()
    wish = {"version": draft.version, "text": f"{draft.text}\n\nThe label is attached.", "file": held}
    assert ana.post(f"/drafts/{draft.pk}/{call}/", wish).status_code == 302
    assert names(Message.objects.get(decision__draft=draft)) == ["label.pdf"]


def test_what_is_not_ticked_is_not_sent_and_stays(cast: Cast, ana: Client) -> None:
    ticket = cast.ticket()
    put(ana, ticket)
    ana.post(f"/tickets/{ticket.number}/reply/", reply_form(ticket))
    assert names(Message.objects.get(text="Here is your label.")) == []
    assert Upload.objects.count() == 1


def test_who_is_overtaken_by_the_customer_keeps_text_and_files(cast: Cast, ana: Client) -> None:
    """A file is put in while the ticket moves on: the answer is refused, and nothing of it is lost."""
    ticket = cast.ticket()
    form = reply_form(ticket)
    held = put_in(ana, ticket)
    receive_message(ticket, text="One more thing", channel="mail", by=cast.carla.actor())
    form |= {"file": held, "upload": SimpleUploadedFile("second.pdf", PDF + b"2")}
    answer = ana.post(f"/tickets/{ticket.number}/reply/", form)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Here is your label." in page
    assert held in page
    assert "second.pdf" in page
    assert not Attachment.objects.exists()


def test_a_file_of_a_sort_that_is_not_taken_refuses_the_reply_and_keeps_the_words(cast: Cast, ana: Client) -> None:
    ticket = cast.ticket()
    answer = ana.post(
        f"/tickets/{ticket.number}/reply/",
        reply_form(ticket, upload=[SimpleUploadedFile("ok.pdf", PDF), SimpleUploadedFile("run.exe", PROGRAM)]),
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "run.exe: Programs and scripts are not taken in." in page
    assert "Here is your label." in page
    assert "ok.pdf" in page


@pytest.mark.parametrize(
    ("content", "name", "what", "status", "code"),
    [
        (PROGRAM, "a.txt", "reply", 422, "file_refused"),
        (b"x" * (LARGEST_FILE + 1), "a.txt", "reply", 413, "file_too_large"),
        (b"", "a.txt", "note", 422, "file_empty"),
        (PDF, "a.pdf", "hand_over", 400, "invalid"),
        (PDF, "a.pdf", "", 400, "invalid"),
    ],
)
def test_an_upload_that_is_refused_says_why(
    cast: Cast, ana: Client, content: bytes, name: str, what: str, status: int, code: str
) -> None:
    answer = put(ana, cast.ticket(), content, name, what)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["detail"]
    assert not Upload.objects.exists()
    assert not Content.objects.exists()


def test_more_than_twenty_files_or_25_mb_are_refused_when_they_come(cast: Cast, ana: Client) -> None:
    ticket = cast.ticket()
    for number in range(2):
        put(ana, ticket, b"%d" % number + b"x" * (LARGEST_FILE - 9))
    assert put(ana, ticket, b"y" * LARGEST_FILE).json()["code"] == "files_too_large"
    for number in range(18):
        assert put(ana, ticket, b"%d" % number, f"{number}.txt").status_code == 200
    assert put(ana, ticket, b"one more").json()["code"] == "too_many_files"
    assert Content.objects.count() == 20


def test_the_same_file_twice_is_there_once(cast: Cast, ana: Client) -> None:
    ticket = cast.ticket()
    put(ana, ticket)
    assert len(put(ana, ticket).json()["files"]) == 1
    assert len(put(ana, ticket, name="another name.pdf").json()["files"]) == 2
    assert Content.objects.count() == 2


def test_a_file_that_is_taken_away_is_gone(cast: Cast, ana: Client) -> None:
    ticket = cast.ticket()
    held = put_in(ana, ticket)
    answer = ana.post(f"/tickets/{ticket.number}/uploads/remove/", {"what": "reply", "file": [held, "nonsense"]})
    assert answer.json() == {"files": []}
    assert not Content.objects.exists()


def test_nobody_sees_sends_or_takes_away_the_files_of_another(cast: Cast, ana: Client) -> None:
    ticket, ben = cast.ticket(), Client()
    held = put_in(ana, ticket)
    ben.force_login(cast.ben)
    assert held not in ben.get(f"/tickets/{ticket.number}/?mode=write").content.decode()
    ben.post(f"/tickets/{ticket.number}/uploads/remove/", {"what": "reply", "file": held})
    answer = ben.post(f"/tickets/{ticket.number}/reply/", reply_form(ticket, file=held))
    assert answer.status_code == 409
    assert Upload.objects.filter(pk=held).exists()


@pytest.mark.parametrize(("who", "status"), [("olga", 404), ("aud", 404), ("ada", 404), ("", 302)])
def test_who_may_not_work_on_the_ticket_uploads_nothing(cast: Cast, client: Client, who: str, status: int) -> None:
    person: Person | None = getattr(cast, who) if who else None
    if person:
        client.force_login(person)
    assert put(client, cast.ticket()).status_code == status
    assert not Content.objects.exists()


@pytest.mark.parametrize(("who", "status"), [("ana", 200), ("aud", 200), ("olga", 404), ("", 302)])
def test_a_file_is_behind_the_door_of_its_ticket(cast: Cast, client: Client, who: str, status: int) -> None:
    from conversations.attachments.actions import Received

    ticket = cast.ticket()
    files = Received([File.of("photo.png", image())])
    receive_message(ticket, text="See", channel="mail", files=files, by=cast.carla.actor())
    if who:
        client.force_login(getattr(cast, who))
    number = Attachment.objects.get().pk
    answer = client.get(f"/tickets/{ticket.number}/files/{number}/")
    assert answer.status_code == status
    if status == 200:
        assert answer.content == image()
        assert answer["Content-Disposition"].startswith("attachment")
        assert "sandbox" in answer["Content-Security-Policy"]
        assert client.get(f"/tickets/{cast.ticket().number}/files/{number}/").status_code == 404
        assert client.get(f"/tickets/{ticket.number}/files/{number}/preview/").status_code == 404, "not drawn yet"


def test_a_reply_that_is_taken_back_brings_its_files_back(cast: Cast, ana: Client) -> None:
    ticket = cast.ticket()
    ana.post(f"/tickets/{ticket.number}/reply/", reply_form(ticket, file=put_in(ana, ticket)))
    message = Message.objects.get(text="Here is your label.")
    assert message.decision is not None
    undo(message.decision, by=cast.ana.actor())
    again = Upload.objects.get()
    assert (again.name, again.owner, again.what) == ("label.pdf", f"person:{cast.ana.pk}", "reply")
    assert names(message) == ["label.pdf"], "what was taken back stays what it was"
    page = ana.get(f"/tickets/{ticket.number}/").content.decode()
    assert str(again.pk) in page
    form = reply_form(ticket, file=str(again.pk), text="Here is your label, again.")
    assert ana.post(f"/tickets/{ticket.number}/reply/", form).status_code == 302
    assert names(Message.objects.get(text="Here is your label, again.")) == ["label.pdf"]


def test_what_nobody_sends_goes_by_itself(cast: Cast) -> None:
    ticket, now = cast.ticket(), timezone.now()
    for owner, beside, what in ((f"person:{cast.ana.pk}", ticket, "reply"), (uploads.PORTAL, ticket, ""),
                                (f"service:{cast.ana.pk}", None, "")):  # fmt: skip
        uploads.keep(File.of("a.pdf", PDF), owner=owner, ticket=beside, what=what)
    assert uploads.erase_old(now + timedelta(hours=23)) == 0
    assert uploads.erase_old(now + timedelta(hours=25)) == 2
    assert uploads.erase_old(now + timedelta(days=15)) == 1
    assert not Content.objects.exists()


def test_the_pane_says_what_the_model_did_not_see(cast: Cast, ana: Client) -> None:
    from conversations.attachments.actions import Received

    ticket = cast.ticket()
    receive_message(ticket, text="See", channel="mail", files=Received([File.of("a.pdf", PDF)]), by=cast.carla.actor())
    pending_draft(Ticket.objects.get(pk=ticket.pk))
    assert "1 file that the model did not see" in ana.get(f"/tickets/{ticket.number}/").content.decode()


def test_two_who_send_the_same_file_at_once_send_it_once(company: Cast) -> None:
    ticket, by = company.ticket(), company.ana.actor()
    held = str(uploads.keep(File.of("a.pdf", PDF), owner=str(by), ticket=ticket, what="reply").pk)

    def send(text: str) -> str:
        try:
            write_reply(ticket, text=text, by=by, files=uploaded([held], owner=str(by), ticket=ticket))
        except FileGone:
            return "gone"
        finally:
            connections.close_all()
        return "sent"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(send, ("One", "Two"))) == ["gone", "sent"]
    assert Attachment.objects.count() == 1
    assert Message.objects.filter(direction="out", notice="").count() == 1


def test_the_same_upload_many_times_at_once_is_one_file(company: Cast) -> None:
    ticket = company.ticket()

    def keep(_: int) -> str:
        try:
            return str(uploads.keep(File.of("a.pdf", PDF), owner="person:x", ticket=ticket, what="reply").pk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(keep, range(8)))) == 1
    assert Content.objects.count() == 1


def test_an_approval_that_fails_leaves_its_files_where_they_were(cast: Cast) -> None:
    from conversations.review.problems import DraftStale

    draft, by = pending_draft(cast.ticket()), cast.ana.actor()
    row = uploads.keep(File.of("a.pdf", PDF), owner=str(by), ticket=draft.ticket, what="reply")
    files = uploaded([str(row.pk)], owner=str(by), ticket=draft.ticket)
    with pytest.raises(DraftStale):
        approve(draft, by=by, seen=Seen(draft.version - 1), files=files)
    assert Upload.objects.get() == row
