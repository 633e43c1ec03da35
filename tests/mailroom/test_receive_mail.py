"""`manage.py receive_mail`, as a mail server starts it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from conversations.models import Ticket
from desk.children import free_port
from desk.var import REPOSITORY
from tests.cast import Cast
from tests.mailroom.posting import entries
from tests.mailroom.written import letter


def receive(raw: bytes, *, database_url: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "manage.py", "receive_mail"],
        input=raw,
        capture_output=True,
        cwd=REPOSITORY,
        env={**os.environ, "DATABASE_URL": database_url},
        timeout=60,
        check=False,
    )


def test_while_the_desk_is_down_the_mail_server_keeps_the_mail() -> None:
    taken = subprocess.run(
        [sys.executable, "manage.py", "receive_mail"],
        input=letter("Hello"),
        capture_output=True,
        cwd=REPOSITORY,
        env={"PATH": os.environ["PATH"], "VAR": "/nowhere"},
        timeout=60,
        check=False,
    )
    assert taken.returncode == 75
    assert b"DATABASE_URL is missing" in taken.stderr


def test_a_mail_on_standard_input_becomes_a_ticket(company: Cast, own_database: str) -> None:
    taken = receive(letter("Hello", message_id="<1@mail.test>"), database_url=own_database)
    assert taken.returncode == 0, taken.stderr
    ticket = Ticket.objects.get()
    assert taken.stdout.decode().strip() == f"taken in: ticket {ticket.number}"

    again = receive(letter("Hello", message_id="<1@mail.test>"), database_url=own_database)
    assert (again.returncode, again.stdout.decode().strip()) == (0, "refused: duplicate")
    assert Ticket.objects.count() == 1
    assert len(entries("mail.refused")) == 1


def test_fifty_megabytes_on_standard_input_are_recorded_as_refused(company: Cast, own_database: str) -> None:
    refused = receive(letter() + b"x" * (50 * 1024 * 1024), database_url=own_database)
    assert (refused.returncode, refused.stdout.decode().strip()) == (0, "refused: too_large")
    assert entries("mail.refused")[0].facts["code"] == "too_large"


@pytest.mark.timeout(90)
def test_with_the_database_away_the_mail_server_is_told_to_try_again() -> None:
    away = receive(letter(), database_url=f"postgresql://nobody@127.0.0.1:{free_port()}/none")
    assert away.returncode == 75
    assert b"carla" not in away.stderr.lower(), "logs hold no personal text"
