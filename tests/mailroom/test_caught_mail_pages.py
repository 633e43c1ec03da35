"""The demo's page of mails that went out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import Envelope
from django.test import Client

from conversations.mailroom.catcher import Catcher
from conversations.mailroom.compose import envelope_of
from tests.cast import Cast
from tests.mailroom.posting import reply


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COUNTERSIGN_MAIL_DIR", str(tmp_path / "mail"))
    return tmp_path / "mail"


def caught(folder: Path, content: bytes) -> str:
    """The name of a mail that the catcher has just kept."""
    envelope = Envelope()
    envelope.content, envelope.mail_from, envelope.rcpt_tos = content, "help@desk.test", ["carla@example.com"]
    return Catcher(folder).store(envelope).name


def test_a_reply_that_went_out_can_be_read_and_its_link_followed(cast: Cast, client: Client, folder: Path) -> None:
    ticket = cast.ticket(subject="Größe <b>")
    sending = reply(ticket, cast.ana, "Try <b>size L</b>", kind="edited", disclosure="drafted_changed")
    name = caught(folder, envelope_of(sending.message).content())

    listed = client.get("/demo/mail/")
    assert listed.status_code == 200
    page = listed.content.decode()
    assert f'href="/demo/mail/{name}/"' in page
    assert "Größe &lt;b&gt;" in page
    assert "drafted with AI, changed" in page

    page = client.get(f"/demo/mail/{name}/").content.decode()
    link = f"http://127.0.0.1:8000/help/t/{ticket.link_token}/"
    assert f'href="{link}"' in page
    assert "Try &lt;b&gt;size L&lt;/b&gt;" in page
    assert ">AI-Disclosure</th>" in page
    assert ">drafted_changed</td>" in page
    assert f"help+{ticket.reply_token}@desk.test" in page


def test_the_newest_mail_stands_first(client: Client, folder: Path, db: Any) -> None:
    for number in range(3):
        caught(folder, f"Subject: number {number}\r\n\r\nx".encode())
    page = client.get("/demo/mail/").content.decode()
    assert page.index("number 2") < page.index("number 1") < page.index("number 0")


def test_without_any_mail_the_page_says_so(client: Client, folder: Path, db: Any) -> None:
    assert "No mail has gone out yet" in client.get("/demo/mail/").content.decode()


@pytest.mark.parametrize(
    "name",
    ["x.eml", "..", "%2e%2e%2frun.json", "..%2f..%2frun.json", "20260101T000000.000000Z-000001.eml", "%00.eml",
     "20260101T000000.000000Z-000001.eml.new", "99999999T999999.000000Z-000001.eml"],
)  # fmt: skip
def test_no_other_file_is_ever_shown(client: Client, folder: Path, db: Any, name: str) -> None:
    folder.mkdir()
    (folder.parent / "run.json").write_text("secret")
    (folder / "x.eml").write_text("Subject: secret\n\nsecret")
    (folder / "20260101T000000.000000Z-000001.eml.new").write_text("secret")
    answer = client.get(f"/demo/mail/{name}/")
    assert answer.status_code == 404
    assert b"secret" not in answer.content


def test_outside_of_the_demo_there_is_no_such_page(client: Client, folder: Path, db: Any, settings: Any) -> None:
    name = caught(folder, b"Subject: x\r\n\r\nx")
    settings.DEMO = False
    assert client.get("/demo/mail/", secure=True).status_code == 404
    assert client.get(f"/demo/mail/{name}/", secure=True).status_code == 404


@pytest.mark.parametrize("content", [b"", b"\0\xff" * 2000, b"Subject: =?utf-8?b?x\r\n\r\n<script>alert(1)</script>"])
def test_a_broken_mail_is_shown_as_far_as_it_can_be_read(client: Client, folder: Path, db: Any, content: bytes) -> None:
    answer = client.get(f"/demo/mail/{caught(folder, content)}/")
    assert answer.status_code == 200
    assert b"<script>alert" not in answer.content
