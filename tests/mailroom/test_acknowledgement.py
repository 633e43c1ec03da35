"""The first contact gets an answer that a person wrote once; machines, strangers and loops get none."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from conversations.models import Message, Ticket
from conversations.tickets.actions import receive_message
from tests.cast import Cast
from tests.mailroom.mail_server import MailServer
from tests.mailroom.posting import entries, part_of, send


def notices(ticket: Ticket) -> list[Message]:
    return list(ticket.messages.filter(notice="acknowledgement"))


def test_a_new_ticket_is_acknowledged_with_how_ai_is_used_the_wait_and_the_link(cast: Cast) -> None:
    ticket = cast.ticket(priority="high")
    (notice,) = notices(ticket)
    assert notice.text.startswith("Hello Carla Jones,")
    assert f"has the number #{ticket.number}" in notice.text
    assert "within 4 hours" in notice.text
    assert "A person in our team always decides what is sent" in notice.text
    assert f"http://127.0.0.1:8000/help/t/{ticket.link_token}/" in notice.text
    assert notice.text.endswith("Nordlicht Outdoor")
    assert "{" not in notice.text
    (entry,) = entries("notice.queued", thread=ticket.ref)
    assert entry.facts == {"notice": "acknowledgement", "language": "en"}
    assert entry.actor == "system"


@pytest.mark.parametrize(
    ("language", "written", "begins", "wait"),
    [
        ("de", "de", "Guten Tag Carla Jones,", "innerhalb von 8 Stunden"),
        ("es", "es", "Hola, Carla Jones:", "en un plazo de 8 horas"),
        ("fr", "fr", "Bonjour Carla Jones,", "sous 8 heures"),
        ("it", "en", "Hello Carla Jones,", "within 8 hours"),
    ],
)
def test_it_is_written_in_the_customers_language_or_in_english(
    cast: Cast, language: str, written: str, begins: str, wait: str
) -> None:
    (notice,) = notices(cast.ticket(language=language))
    assert notice.text.startswith(begins)
    assert wait in notice.text
    assert entries("notice.queued")[0].facts["language"] == written


def test_it_leaves_as_automatic_mail_in_the_thread_and_carries_nothing_that_the_customer_wrote(
    cast: Cast, mail_server: MailServer
) -> None:
    ticket = cast.ticket("Buy at http://evil.test", subject="Buy now", mail_id="<first@mail.test>", channel="mail")
    send(notices(ticket)[0].sending)
    mail = mail_server.mail
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["AI-Disclosure"] is None
    assert mail["Subject"] == f"We have your message [#{ticket.number}]"
    assert mail["In-Reply-To"] == "<first@mail.test>"
    assert "Buy" not in mail.as_string()
    assert part_of(mail, "plain").strip() == notices(ticket)[0].text


@pytest.mark.parametrize(
    "name", ["Win money http://evil.test", "evil.test", "a/b", "call 0900 12345", "x" * 61, "@x", ""]
)
def test_a_name_that_could_carry_a_message_to_a_stranger_is_not_repeated(cast: Cast, name: str) -> None:
    (notice,) = notices(cast.ticket(name=name))
    assert notice.text.startswith("Hello,\n")


def test_automatic_mail_is_not_acknowledged(cast: Cast) -> None:
    assert notices(cast.ticket(automatic=True)) == []


@pytest.mark.parametrize(
    "address", ["help@desk.test", "HELP@Desk.Test", "help+abc@desk.test", "no-reply@shop.test", "MAILER-DAEMON@mx.test"]
)
def test_our_own_addresses_and_those_that_nobody_reads_are_not_acknowledged(cast: Cast, address: str) -> None:
    assert notices(cast.ticket(email=address)) == []


def test_a_fourth_ticket_within_an_hour_is_not_acknowledged(cast: Cast) -> None:
    tickets = [cast.ticket() for _ in range(4)]
    assert [len(notices(ticket)) for ticket in tickets] == [1, 1, 1, 0]
    assert len(notices(cast.ticket(email="dora@example.com"))) == 1, "counted for each customer"


def test_tickets_brought_in_from_the_past_are_not_acknowledged(cast: Cast) -> None:
    assert notices(cast.ticket(received_at=timezone.now() - timedelta(days=3))) == []


def test_a_further_message_is_not_acknowledged(cast: Cast) -> None:
    ticket = cast.ticket()
    receive_message(ticket, text="Hello?", channel="form", by=ticket.customer.actor())
    assert len(notices(ticket)) == 1
