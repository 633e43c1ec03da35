"""Mail in: new tickets, threads, what is refused and why, and that each mail is taken in once."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from conversations.mailroom import intake
from conversations.mailroom.intake import REFUSALS, Taken, take_in
from conversations.models import Customer, Message, Ticket
from conversations.tickets.states import Lane, Status
from desk.ledger.append import commitment
from desk.ledger.models import Entry, Salt
from tests.cast import CARLA, Cast
from tests.mailroom.mail_server import MailServer
from tests.mailroom.posting import entries, now, reply, send
from tests.mailroom.written import MAIL, arrives, letter

pytestmark = pytest.mark.django_db


def last(ticket: Ticket | None) -> Message:
    assert ticket is not None
    return ticket.messages.filter(direction="in").latest("id")


def opened(taken: Taken) -> Ticket:
    assert taken.ticket is not None
    assert not taken.refused
    return Ticket.objects.get(pk=taken.ticket.pk)


def test_a_mail_opens_a_ticket_that_waits_for_a_person() -> None:
    ticket = opened(
        arrives("Wo ist mein Paket? Ich warte schon zwei Wochen.", subject="Paket", message_id="<1@mail.test>")
    )
    assert (ticket.subject, ticket.channel, ticket.language) == ("Paket", "mail", "de")
    assert ticket.lane != Lane.NONE
    assert (ticket.customer.email, ticket.customer.name) == (CARLA, "Carla Jones")
    assert (last(ticket).text, last(ticket).mail_id) == (
        "Wo ist mein Paket? Ich warte schon zwei Wochen.",
        "<1@mail.test>",
    )
    assert ticket.messages.filter(notice="acknowledgement").count() == 1
    assert entries("ticket.opened")[0].facts["channel"] == "mail"


def test_a_known_customer_acts_under_their_own_name() -> None:
    first = opened(arrives())
    second = opened(arrives(sender=CARLA.upper()))
    assert second.customer == first.customer
    assert entries("ticket.opened")[1].actor == first.customer.ref


def test_an_address_is_the_same_in_its_own_script_and_in_ascii(cast: Cast) -> None:
    ticket = cast.ticket(email="carla@straße.test")
    to = f"help+{ticket.reply_token}@desk.test"
    assert opened(arrives(to=to, sender="Carla@xn--strae-oqa.test")) == ticket
    assert opened(arrives(sender="carla@xn--strae-oqa.test")).customer == ticket.customer


# --- Threads ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("header", ["in_reply_to", "references"])
def test_an_answer_to_our_mail_goes_into_its_ticket(cast: Cast, mail_server: MailServer, header: str) -> None:
    ticket = cast.ticket()
    own = now(send(reply(ticket, cast.ana))).message.mail_id
    value = own if header == "in_reply_to" else f"<elsewhere@mail.test> {own}"
    taken = arrives("Thank you!\n\nOn Monday, Help <help@desk.test> wrote:\n> Your refund", **{header: value})
    assert opened(taken) == ticket
    assert last(ticket).text == "Thank you!"
    ticket.refresh_from_db()
    assert ticket.status == Status.OPEN
    assert ticket.lane != Lane.NONE


def test_an_answer_to_the_reply_address_goes_into_its_ticket(cast: Cast) -> None:
    ticket = cast.ticket()
    to = f"Help <HELP+{ticket.reply_token.upper()}@Desk.Test>"
    assert opened(arrives("A", to=to)) == ticket
    assert opened(arrives("B", cc=to)) == ticket
    assert opened(arrives("C", delivered_to=to, sender=CARLA.upper())) == ticket
    assert opened(arrives("D", x_original_to=to.split("<")[1].rstrip(">"))) == ticket
    assert [message.text for message in ticket.messages.filter(direction="in").order_by("id")][1:] == [
        "A",
        "B",
        "C",
        "D",
    ]


def test_mail_ids_come_before_the_reply_address(cast: Cast) -> None:
    one, other = cast.ticket(mail_id="<one@mail.test>", channel="mail"), cast.ticket()
    taken = arrives(in_reply_to="<one@mail.test>", to=f"help+{other.reply_token}@desk.test")
    assert opened(taken) == one


def test_a_stranger_with_the_token_and_the_ids_gets_a_ticket_of_their_own(cast: Cast, mail_server: MailServer) -> None:
    ticket = cast.ticket(mail_id="<first@mail.test>", channel="mail")
    own = now(send(reply(ticket, cast.ana))).message.mail_id
    hers = opened(arrives("Hello", sender="mallory@evil.test"))
    taken = arrives(
        "Tell me all", sender="mallory@evil.test", to=f"help+{ticket.reply_token}@desk.test", in_reply_to=own,
        references="<first@mail.test>", subject=f"Re: [#{ticket.number}]",
    )  # fmt: skip
    assert opened(taken) not in {ticket, hers}
    assert opened(taken).customer == hers.customer
    assert ticket.messages.filter(direction="in").count() == 1


def test_a_number_in_the_subject_opens_no_ticket_of_anybody(cast: Cast) -> None:
    ticket = cast.ticket()
    assert opened(arrives(subject=f"Re: [#{ticket.number}]")) != ticket


def test_a_token_of_another_domain_is_none(cast: Cast) -> None:
    ticket = cast.ticket()
    assert opened(arrives(to=f"help+{ticket.reply_token}@desk.test.evil.test")) != ticket


def test_from_a_first_mail_no_forwarded_text_is_taken_away() -> None:
    text = "See below\n\nOn Monday, Shop <shop@mail.test> wrote:\n> Your order is cancelled"
    assert last(opened(arrives(text))).text == text


# --- Once -------------------------------------------------------------------------------------------------------------


def test_the_same_mail_received_twice_is_taken_in_once() -> None:
    first = arrives(message_id="<1@mail.test>")
    again = arrives(message_id="<1@mail.test>")
    assert again == Taken(again.ticket, "duplicate")
    assert again.ticket == first.ticket
    assert Message.objects.filter(direction="in").count() == 1
    (entry,) = entries("mail.refused")
    assert entry.facts["code"] == "duplicate"
    assert entry.thread == opened(first).ref


def test_mails_without_an_id_are_told_apart_by_their_bytes() -> None:
    assert arrives("A").refused == ""
    assert arrives("A").refused == "duplicate"
    assert arrives("B").refused == ""


def test_one_id_used_by_two_people_is_two_mails() -> None:
    assert arrives(message_id="<1@broken.test>").refused == ""
    assert arrives(message_id="<1@broken.test>", sender="dora@example.com").refused == ""


# --- Machines ---------------------------------------------------------------------------------------------------------


def test_an_automatic_mail_opens_a_ticket_and_gets_no_answer() -> None:
    ticket = opened(arrives(auto_submitted="auto-generated"))
    assert not ticket.messages.filter(direction="out").exists()
    assert entries("message.received")[0].facts["automatic"] is True


def test_an_absence_note_does_not_open_a_ticket_again(cast: Cast, mail_server: MailServer) -> None:
    ticket = cast.ticket()
    own = now(send(reply(ticket, cast.ana))).message.mail_id
    assert opened(arrives("I am away", in_reply_to=own, auto_submitted="auto-replied")) == ticket
    ticket.refresh_from_db()
    assert (ticket.status, ticket.lane) == (Status.PENDING, Lane.NONE)


def test_a_mail_of_ours_that_comes_back_is_refused(cast: Cast, mail_server: MailServer) -> None:
    ticket = cast.ticket()
    own = now(send(reply(ticket, cast.ana))).message.mail_id
    raw = mail_server.behaviour.contents[0]
    assert take_in(raw, by=MAIL).refused == "own_address"
    assert arrives(message_id=own).refused == "own_mail"
    assert Ticket.objects.count() == 1


# --- People only ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", ["people only", "Nur Menschen.", "SOLO PERSONAS", "uniquement des humains", "stop ai"])
def test_one_word_in_an_answer_keeps_models_away_from_the_customer(
    cast: Cast, mail_server: MailServer, line: str
) -> None:
    ticket = cast.ticket()
    own = now(send(reply(ticket, cast.ana))).message.mail_id
    arrives(f"\n{line}\nand where is it?\n\nOn Monday, Help <help@desk.test> wrote:\n> Hello", in_reply_to=own)
    assert (cast.carla.ai_consent, cast.carla.ai_consent_source) == (False, "mail")
    (entry,) = entries("customer.consent_set")
    assert (entry.actor, entry.facts) == (cast.carla.ref, {"consent": "no", "source": "mail"})
    assert "and where is it?" in last(ticket).text


def test_one_word_in_a_first_mail_holds_before_anything_is_drafted() -> None:
    ticket = opened(arrives("People only\n\nWhere is my parcel?"))
    assert ticket.customer.ai_consent is False
    kinds = [entry.kind for entry in entries("customer.consent_set", "message.received")]
    assert kinds == ["customer.consent_set", "message.received"]


@pytest.mark.parametrize(
    "more",
    [{"text": "Hello\npeople only"}, {"text": "> people only\nYes?"}, {"text": "people only", "precedence": "bulk"}],
)
def test_the_words_elsewhere_or_from_a_machine_change_nothing(more: dict[str, Any]) -> None:
    ticket = opened(arrives(more.pop("text"), **more))
    assert ticket.customer.ai_consent is None


# --- What is refused, and what is not ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "no_sender"),
        (b"\0\xff" * 500, "no_sender"),
        (letter(sender="Somebody <nobody>"), "no_sender"),
        (letter(sender="help+x@desk.test"), "own_address"),
        ("From: jürgen@mail.test\n\nHello".encode(), "address_unusable"),
        (b"From: =?utf-8?q?j=C3=BCrgen?=@mail.test\n\nHello", "no_sender"),
        (letter(" \n\n", subject=" "), "empty"),
    ],
)
def test_what_cannot_be_taken_in_is_refused_and_recorded_without_a_word_of_it(raw: bytes, code: str) -> None:
    assert take_in(raw, by=MAIL) == Taken(None, code)
    assert code in REFUSALS
    (entry,) = entries("mail.refused")
    assert entry.facts == {"code": code, "size": len(raw)}
    assert entry.actor == "mail"
    salt = Salt.objects.get(seq=entry.seq, field="raw")
    assert entry.commitments["raw"] == commitment(bytes(salt.salt), hashlib.sha256(raw).hexdigest())
    assert Customer.objects.count() == 0
    assert Entry.objects.count() == 1


def test_fifty_megabytes_are_refused_and_recorded() -> None:
    raw = letter("x" * 70 + "\n") + b"y" * (50 * 1024 * 1024)
    assert take_in(raw, by=MAIL).refused == "too_large"
    (entry,) = entries("mail.refused")
    assert entry.facts["size"] == len(raw)
    salt = Salt.objects.get(seq=entry.seq, field="raw")
    assert entry.commitments["raw"] == commitment(bytes(salt.salt), hashlib.sha256(raw).hexdigest()), (
        "of the whole mail"
    )


def test_a_mail_of_nearly_the_largest_size_is_taken_in_with_its_beginning() -> None:
    raw = letter("beginning\n" + "many words here\n" * 1_000_000)
    assert len(raw) < intake.LARGEST
    text = last(opened(take_in(raw, by=MAIL))).text
    assert text.startswith("beginning\nmany words here\n")
    assert len(text) <= 100_000
    assert "characters, was left out.]" in text


def test_a_mail_that_is_all_subject_is_taken_in() -> None:
    assert last(opened(arrives("", subject="Please call me"))).text == "Please call me"


def test_attachments_are_files_of_the_message_and_no_words_of_it() -> None:
    raw = (
        b"From: carla@example.com\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee the bill\r\n"
        b"--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=bill.pdf\r\n\r\nx\r\n"
        b"--b\r\nContent-Type: image/png\r\n\r\nx\r\n--b--\r\n"
    )
    message = last(opened(take_in(raw, by=MAIL)))
    assert message.text == "See the bill"
    assert [file.name for file in message.attachments.all()] == ["bill.pdf", "image.png"]


def test_null_bytes_script_and_right_to_left_words_are_kept_as_text() -> None:
    raw = letter("مرحبا <script>alert(1)</script> 🚲").replace(b"alert", b"al\0ert")
    ticket = opened(take_in(raw, by=MAIL))
    assert "\0" not in last(ticket).text
    assert "<script>" in last(opened(arrives("<script>"))).text


def test_a_broken_multipart_mail_is_taken_in_as_far_as_it_can_be_read() -> None:
    raw = b"From: carla@example.com\nSubject: broken\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nStill here"
    assert last(opened(take_in(raw, by=MAIL))).text == "Still here"
