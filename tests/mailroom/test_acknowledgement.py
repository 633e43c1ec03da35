"""The first contact gets an answer that a person wrote once; machines, strangers and loops get none."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from conversations.mailroom.addresses import ticket_link
from conversations.models import Message, Ticket
from conversations.tickets.actions import receive_message, set_policy
from conversations.tickets.notices import for_customer
from tests.api.calls import Caller
from tests.cast import Cast
from tests.mailroom.mail_server import MailServer
from tests.mailroom.posting import entries, part_of, send
from tests.mailroom.written import arrives


def notices(ticket: Ticket) -> list[Message]:
    return list(ticket.messages.filter(notice="acknowledgement"))


def test_a_new_ticket_is_acknowledged_with_how_ai_is_used_the_wait_and_the_link(cast: Cast) -> None:
    ticket = cast.ticket(priority="high")
    (notice,) = notices(ticket)
    assert notice.text.startswith("Hello Carla Jones,")
    assert f"has the number #{ticket.number}" in notice.text
    assert "within 4 hours" in notice.text
    assert "A person in our team always decides what is sent" in notice.text
    assert for_customer(notice, "https://desk.test/mine/").count("https://desk.test/mine/") == 1
    assert notice.text.endswith("Nordlicht Outdoor")
    assert "{" not in for_customer(notice, "")
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


@pytest.mark.parametrize(
    ("policy", "consent", "says"),
    [
        ("notice", None, "may draft a reply"),
        ("notice", False, "No computer program (AI) is given your message."),
        ("consent", None, "before you have said yes"),
        ("consent", True, "may draft a reply"),
        ("consent", False, "No computer program (AI) is given your message."),
    ],
)
def test_how_ai_is_used_is_said_as_it_holds_for_this_customer(
    cast: Cast, policy: str, consent: bool | None, says: str
) -> None:
    set_policy(ai_consent=policy, by=cast.ada.actor())
    (notice,) = notices(cast.ticket(ai_consent=consent))
    ways = ("may draft a reply", "No computer program (AI) is given your message.", "before you have said yes")
    assert [way for way in ways if way in notice.text] == [says]
    assert for_customer(notice, "https://desk.test/mine/").count("https://desk.test/mine/") == 1


def test_who_writes_people_only_in_the_first_mail_is_not_told_of_a_model(cast: Cast) -> None:
    ticket = arrives("People only, please.\n\nWhere is my refund?").ticket
    assert ticket is not None
    (notice,) = notices(ticket)
    assert "No computer program (AI) is given your message." in notice.text


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
    link = ticket_link(ticket)
    assert part_of(mail, "plain").strip() == for_customer(notices(ticket)[0], link)
    assert link in part_of(mail, "plain")
    assert f'<a href="{link}">{link}</a>' in part_of(mail, "html")


def test_the_secret_link_is_in_the_mail_and_nowhere_that_the_desk_reads(cast: Cast, client: Client) -> None:
    ticket = cast.ticket()
    sending = notices(ticket)[0].sending
    assert ticket.link_token not in notices(ticket)[0].text
    client.force_login(cast.ana)
    for path in (f"/tickets/{ticket.number}/", f"/sendings/{sending.pk}/"):
        page = client.get(path).content.decode()
        assert "the customer&#x27;s own link" in page
        assert "{link}" not in page
        assert ticket.link_token not in page
    told = Caller(cast.token(cast.aud, "tickets:read")).get(f"tickets/{ticket.number}/").content.decode()
    assert "[the customer's own link]" in told
    assert ticket.link_token not in told


def test_what_a_customer_writes_is_never_filled_with_a_link(cast: Cast, client: Client) -> None:
    ticket = cast.ticket("Is {link} a mistake?", name="Carla {link}")
    assert notices(ticket)[0].text.startswith("Hello,\n"), "a name with the place of a link is not repeated"
    client.force_login(cast.ana)
    assert "Is {link} a mistake?" in client.get(f"/tickets/{ticket.number}/").content.decode()
    assert "Is {link} a mistake?" in Client().get(f"/help/t/{ticket.link_token}/").content.decode()


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
