"""Files over the API: uploaded, named, told, downloaded."""

from __future__ import annotations

from typing import Any

import pytest

from conversations.models import Attachment, Message, Ticket, Upload
from desk.uploads import LARGEST_FILE
from tests.api.calls import Caller, problem
from tests.attachments.samples import HTML, PDF, PROGRAM
from tests.cast import Cast
from tests.drafts import pending_draft

WISH = {"subject": "My bill", "body": "It is wrong, see there.", "customer": {"email": "carla@example.com"}}


def upload(who: Caller, content: bytes = PDF, name: str = "bill.pdf", **headers: str) -> Any:
    return who.send("POST", f"uploads/?name={name}", content, "application/octet-stream", **headers)


def uploaded(who: Caller, content: bytes = PDF, name: str = "bill.pdf") -> str:
    answer = upload(who, content, name)
    assert answer.status_code == 201, answer.content
    return str(answer.json()["id"])


def test_an_upload_tells_what_it_is_by_its_content(ana: Caller) -> None:
    told = upload(ana, HTML, "../../page.html").json()
    assert told == {"id": told["id"], "name": "page.html", "type": "application/octet-stream", "size": len(HTML)}


def test_a_ticket_with_files_tells_them_and_they_can_be_downloaded(shop: Caller) -> None:
    number = shop.post("tickets/", {**WISH, "attachments": [uploaded(shop)]}).json()["number"]
    (file,) = shop.get(f"tickets/{number}/").json()["messages"][0]["attachments"]
    assert (file["name"], file["type"], file["size"], file["missing"]) == (
        "bill.pdf",
        "application/pdf",
        len(PDF),
        None,
    )
    answer = shop.get(file["url"].removeprefix("http://testserver"))
    assert answer.content == PDF
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {"body": "From her", "from": "customer"},
        {"body": "For us", "from": "agent", "internal": True},
        {"body": "For her", "from": "agent"},
    ],
)
def test_every_kind_of_message_takes_files(cast: Cast, ana: Caller, body: dict[str, Any]) -> None:
    ticket = cast.ticket()
    answer = ana.post(
        f"tickets/{ticket.number}/messages/", {**body, "attachments": [uploaded(ana), uploaded(ana, HTML, "a")]}
    )
    assert answer.status_code == 201, answer.content
    assert [file["name"] for file in answer.json()["attachments"]] == ["bill.pdf", "a"]


@pytest.mark.parametrize(("call", "more"), [("approve", {}), ("edit", {"text": "Another text, with a file."})])
def test_a_decision_takes_files(cast: Cast, ana: Caller, call: str, more: dict[str, Any]) -> None:
    draft = pending_draft(cast.ticket())
    answer = ana.post(f"drafts/{draft.pk}/{call}/", {"version": draft.version, "attachments": [uploaded(ana)], **more})
    assert answer.status_code == 200, answer.content
    message = Message.objects.get(decision=answer.json()["id"])
    assert [file.name for file in message.attachments.all()] == ["bill.pdf"]


def test_the_same_request_twice_is_one_ticket_with_one_file(shop: Caller) -> None:
    first, second = (upload(shop, **{"Idempotency-Key": "u"}) for _ in range(2))
    assert first.json() == second.json()
    assert second["Idempotent-Replayed"] == "true"
    wish = {**WISH, "attachments": [first.json()["id"]]}
    one, other = (shop.post("tickets/", wish, key="k") for _ in range(2))
    assert one.json() == other.json()
    assert (Ticket.objects.count(), Attachment.objects.count()) == (1, 1)


def test_a_file_goes_with_one_message_only(cast: Cast, ana: Caller) -> None:
    ticket, file = cast.ticket(), uploaded(ana)
    body = {"body": "See there", "from": "customer", "attachments": [file]}
    assert ana.post(f"tickets/{ticket.number}/messages/", body).status_code == 201
    problem(ana.post(f"tickets/{ticket.number}/messages/", body), 409, "file_gone")


def test_nobody_sends_what_another_uploaded(cast: Cast, ana: Caller, ben: Caller) -> None:
    ticket = cast.ticket()
    body = {"body": "See there", "from": "customer", "attachments": [uploaded(ana)]}
    problem(ben.post(f"tickets/{ticket.number}/messages/", body), 409, "file_gone")
    assert Upload.objects.exists()


def test_a_file_of_a_ticket_that_one_does_not_see_is_not_there(cast: Cast, shop: Caller, olga: Caller) -> None:
    ticket = cast.ticket()
    body = {"body": "See there", "from": "customer", "attachments": [uploaded(shop)]}
    (file,) = shop.post(f"tickets/{ticket.number}/messages/", body).json()["attachments"]
    path = file["url"].removeprefix("http://testserver")
    problem(olga.get(path), 404, "not_found")
    problem(shop.get(f"tickets/{cast.ticket().number}/attachments/{file['id']}/"), 404, "not_found")
    problem(Caller().get(path), 401, "unauthenticated")


@pytest.mark.parametrize(
    ("content", "name", "status", "code"),
    [
        (b"", "a.txt", 422, "file_empty"),
        (PROGRAM, "a.txt", 422, "file_refused"),
        (PDF, "a.exe", 422, "file_refused"),
        (b"x" * (LARGEST_FILE + 1), "a.txt", 413, "file_too_large"),
    ],
)
def test_what_cannot_be_taken_is_a_problem(ana: Caller, content: bytes, name: str, status: int, code: str) -> None:
    problem(upload(ana, content, name), status, code)
    assert not Upload.objects.exists()


def test_ten_megabytes_are_taken(ana: Caller) -> None:
    assert upload(ana, b"x" * LARGEST_FILE).json()["size"] == LARGEST_FILE


def test_too_many_and_too_much_are_problems(cast: Cast, ana: Caller) -> None:
    ticket = cast.ticket()
    path, body = f"tickets/{ticket.number}/messages/", {"body": "See there", "from": "customer"}
    big = [uploaded(ana, b"%d" % number + b"x" * (LARGEST_FILE - 9)) for number in range(3)]
    problem(ana.post(path, {**body, "attachments": big}), 413, "files_too_large")
    many = [uploaded(ana, b"%d" % number) for number in range(21)]
    problem(ana.post(path, {**body, "attachments": many}), 400, "invalid")
    for wrong in ("x", "", "0" * 36):
        problem(ana.post(path, {**body, "attachments": [wrong]}), 409, "file_gone")
    problem(ana.post(path, {**body, "attachments": "x"}), 400, "invalid")
    assert not ticket.messages.filter(text="See there").exists()
