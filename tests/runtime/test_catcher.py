"""The mail catcher, as the process that `make run` starts, with a real mail client."""

from __future__ import annotations

import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.smtp import Envelope

from conversations.mailroom.catcher import Catcher
from desk.children import free_port
from desk.var import REPOSITORY


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "mail"


@pytest.fixture
def port(folder: Path) -> Iterator[int]:
    number = free_port()
    command = [
        sys.executable,
        "-m",
        "conversations.mailroom.catcher",
        "--port",
        str(number),
        "--directory",
        str(folder),
    ]
    process = subprocess.Popen(command, cwd=REPOSITORY)
    limit = time.monotonic() + 15
    while True:
        try:
            smtplib.SMTP("127.0.0.1", number, timeout=5).close()
            break
        except OSError:
            assert time.monotonic() < limit, "the catcher did not start"
            time.sleep(0.05)
    yield number
    process.terminate()
    assert process.wait(timeout=5) == 0


def letter(subject: str) -> EmailMessage:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, "help@shop.test", "Carla <carla@mail.test>"
    message.set_content("Grüße aus der Werkstatt 🚲\n.\nEin Punkt allein beendet nichts.\n")
    return message


def test_a_mail_becomes_one_file_as_it_was_sent(port: int, folder: Path) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=5) as client:
        client.send_message(letter("Größe"), to_addrs=["carla@mail.test", "hidden@mail.test"])
        assert len(list(folder.iterdir())) == 1, "kept before the server says so"
        client.send_message(letter("second"))

    first, second = (
        message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(folder.glob("*.eml"))
    )
    assert (first["Subject"], second["Subject"]) == ("Größe", "second")
    assert first.get_all("Delivered-To") == ["carla@mail.test", "hidden@mail.test"]
    assert first["Return-Path"] == "<help@shop.test>"
    body = first.get_body()
    assert body is not None
    assert body.get_content().splitlines() == letter("").get_content().splitlines()


def test_a_mail_to_an_address_beyond_ascii_arrives(port: int, folder: Path) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=5) as client:
        client.sendmail("help@shop.test", ["jürgen@müller.test"], b"Subject: hi\r\n\r\nhi\r\n", ["SMTPUTF8"])
    (file,) = folder.glob("*.eml")
    assert "Delivered-To: jürgen@müller.test" in file.read_text(encoding="utf-8")


def test_only_the_newest_mails_are_kept(tmp_path: Path) -> None:
    catcher = Catcher(tmp_path, keep=3)
    for number in range(5):
        envelope = Envelope()
        envelope.content = f"Subject: {number}\r\n\r\n".encode()
        catcher.store(envelope)
    kept = [path.read_bytes().split(b"Subject: ")[1][:1] for path in sorted(tmp_path.glob("*.eml"))]
    assert kept == [b"2", b"3", b"4"]


def test_half_a_mail_of_a_killed_catcher_is_cleared_away(tmp_path: Path) -> None:
    (tmp_path / "20260101T000000.000000Z-000001.eml.new").write_bytes(b"half")
    Catcher(tmp_path)
    assert not list(tmp_path.iterdir())
