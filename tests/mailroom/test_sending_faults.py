"""What becomes of a reply when the mail server refuses, falls silent or hangs up, step by step."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from conversations.mailroom.compose import envelope_of
from conversations.mailroom.handover import Handover
from conversations.models import Customer, Sending
from conversations.tickets.actions import resolve_sending
from conversations.tickets.kinds import CustomerChanged
from conversations.tickets.states import Lane, SendingState, Why
from desk import jobs
from desk.actions import SYSTEM, Actor, action, record
from desk.children import free_port
from desk.jobs import Job
from tests.cast import Cast
from tests.mailroom.mail_server import DROP, HANG, MailServer
from tests.mailroom.posting import entries, job_of, make_due, now, reply, send

MAYBE_LATER = {
    "the recipient's server is busy": ({"rcpt": "450 Busy"}, "smtp_450"),
    "the sender is put off": ({"mail": "451 Later"}, "smtp_451"),
    "the text is not wanted now": ({"data": "451 Later"}, "smtp_451"),
    "the text was heard and not taken": ({"dot": "451 Greylisted"}, "smtp_451"),
    "silence before the text": ({"rcpt": HANG}, "no_answer"),
    "gone before the text": ({"mail": DROP}, "smtp_421"),
}
NEVER = {
    "there is no such person": ({"rcpt": "550 No such user"}, "smtp_550"),
    "the sender is not wanted": ({"mail": "550 Go away"}, "smtp_550"),
    "the text is not wanted": ({"dot": "554 Spam"}, "smtp_554"),
}
NOBODY_KNOWS = {
    "silence after the text": ({"dot": HANG}, "no_answer"),
    "gone after the text": ({"dot": DROP}, "connection_lost"),
    "silence to DATA": ({"data": HANG}, "no_answer"),
}


@pytest.mark.parametrize("case", MAYBE_LATER)
def test_a_reply_that_the_server_surely_has_not_waits_for_another_try(
    cast: Cast, mail_server: MailServer, case: str
) -> None:
    answers, code = MAYBE_LATER[case]
    mail_server.behaviour.answers = answers
    sending = send(reply(cast.ticket(), cast.ana))

    assert sending.state == SendingState.QUEUED
    assert sending.first_tried_at is not None
    job = job_of(sending)
    assert (job.state, job.attempts) == (Job.State.QUEUED, 0), "a busy server is not the job's fault"
    assert job.run_after > timezone.now() + timedelta(seconds=20)
    assert entries("sending.deferred")[-1].facts["error"] in {code, "connection_lost"}

    mail_server.behaviour.answers = {}
    assert send(sending).state == SendingState.SENT


@pytest.mark.parametrize("case", NEVER)
def test_a_reply_that_is_refused_for_good_has_failed_and_is_in_trouble(
    cast: Cast, mail_server: MailServer, case: str
) -> None:
    answers, code = NEVER[case]
    mail_server.behaviour.answers = answers
    sending = send(reply(cast.ticket(), cast.ana))

    assert (sending.state, sending.last_error) == (SendingState.FAILED, code)
    ticket = sending.message.ticket
    assert (ticket.lane, ticket.lane_why) == (Lane.TROUBLE, Why.SENDING_FAILED)
    assert job_of(sending).state == Job.State.DONE
    assert [entry.facts for entry in entries("sending.failed")] == [{"error": code}]


@pytest.mark.parametrize("case", NOBODY_KNOWS)
def test_silence_after_data_is_unknown_and_never_repeated(cast: Cast, mail_server: MailServer, case: str) -> None:
    answers, code = NOBODY_KNOWS[case]
    mail_server.behaviour.answers = answers
    sending = send(reply(cast.ticket(), cast.ana))

    assert (sending.state, sending.last_error) == (SendingState.UNKNOWN, code)
    ticket = sending.message.ticket
    assert (ticket.lane, ticket.lane_why) == (Lane.TROUBLE, Why.SENDING_UNKNOWN)
    handed_over = len(mail_server.mails)

    mail_server.behaviour.answers = {}
    Job.objects.filter(pk=job_of(sending).pk).update(state=Job.State.QUEUED)
    assert send(sending).state == SendingState.UNKNOWN
    assert len(mail_server.mails) == handed_over


def test_a_person_who_looked_may_send_an_unknown_reply_once_more(cast: Cast, mail_server: MailServer) -> None:
    mail_server.behaviour.answers = {"dot": DROP}
    sending = send(reply(cast.ticket(), cast.ana))
    mail_server.behaviour.answers = {}
    resolve_sending(sending, outcome="again", by=cast.ana.actor())
    again = Job.objects.get(key__startswith=f"sending.deliver:{sending.pk}.")
    make_due(again)
    jobs.run(again.pk)
    assert now(sending).state == SendingState.SENT
    first, second = mail_server.mails
    assert first["Message-ID"] == second["Message-ID"], "so that a mail box can tell them to be one"


def test_a_slow_server_is_waited_for(cast: Cast, mail_server: MailServer) -> None:
    mail_server.behaviour.pause = 0.3
    assert send(reply(cast.ticket(), cast.ana)).state == SendingState.SENT


def test_a_sent_reply_is_sent_even_if_the_server_never_says_goodbye(cast: Cast, mail_server: MailServer) -> None:
    mail_server.behaviour.answers = {"quit": HANG}
    assert send(reply(cast.ticket(), cast.ana)).state == SendingState.SENT


def test_no_mail_server_at_all_is_a_reason_to_wait(cast: Cast, settings: Any, impatient: None) -> None:
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    sending = send(reply(cast.ticket(), cast.ana))
    assert (sending.state, sending.last_error) == (SendingState.QUEUED, "no_connection")


def test_a_server_that_accepts_and_never_greets_is_a_reason_to_wait(cast: Cast, settings: Any, impatient: None) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as mute:
        settings.EMAIL_HOST, settings.EMAIL_PORT = mute.getsockname()
        sending = send(reply(cast.ticket(), cast.ana))
    assert (sending.state, sending.last_error) == (SendingState.QUEUED, "no_answer")


def test_after_two_days_of_trying_a_reply_has_failed(cast: Cast, mail_server: MailServer) -> None:
    mail_server.behaviour.answers = {"rcpt": "450 Busy"}
    sending = send(reply(cast.ticket(), cast.ana))
    _began_to_try(sending, hours=47)
    assert send(sending).state == SendingState.QUEUED
    _began_to_try(sending, hours=49)
    sending = send(sending)
    assert (sending.state, sending.last_error) == (SendingState.FAILED, "expired.smtp_450")


def test_waits_between_tries_double_up_to_half_an_hour(cast: Cast, mail_server: MailServer) -> None:
    mail_server.behaviour.answers = {"rcpt": "450 Busy"}
    sending = send(reply(cast.ticket(), cast.ana))
    waits = []
    for minutes in (1, 10, 600):
        _began_to_try(sending, hours=minutes / 60)
        send(sending)
        waits.append((job_of(sending).run_after - timezone.now()).total_seconds() / 60)
    assert 0.7 < waits[0] < 1.3
    assert 7 < waits[1] < 13
    assert 23 < waits[2] < 37


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_a_wrong_password_keeps_mails_until_it_is_mended(cast: Cast, settings: Any, impatient: None) -> None:
    with MailServer(password="right") as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "desk", "wrong"
        sending = send(reply(cast.ticket(), cast.ana))
        assert (sending.state, sending.last_error) == (SendingState.QUEUED, "smtp_535")
        settings.EMAIL_HOST_PASSWORD = "right"
        assert send(sending).state == SendingState.SENT


def test_an_address_beyond_ascii_goes_to_a_server_that_knows_such(cast: Cast, mail_server: MailServer) -> None:
    ticket = cast.ticket()
    _moves_to(ticket.customer, "jürgen@müller.test")
    assert send(reply(ticket, cast.ana)).state == SendingState.SENT
    assert mail_server.behaviour.envelopes[0].rcpt_tos == ["jürgen@xn--mller-kva.test"]
    assert "To: jürgen@xn--mller-kva.test\r\n".encode() in mail_server.behaviour.contents[0]


def test_an_address_beyond_ascii_fails_clearly_where_the_server_knows_none(
    cast: Cast, settings: Any, impatient: None
) -> None:
    ticket = cast.ticket()
    _moves_to(ticket.customer, "jürgen@example.com")
    with MailServer(utf8=False) as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        sending = send(reply(ticket, cast.ana))
        assert (sending.state, sending.last_error) == (SendingState.FAILED, "smtp_lacks_utf8")
        assert server.behaviour.seen in ([], ["quit"])


def test_a_domain_beyond_ascii_needs_nothing_of_the_server(cast: Cast, settings: Any, impatient: None) -> None:
    ticket = cast.ticket(email="carla@straße.test")
    with MailServer(utf8=False) as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        assert send(reply(ticket, cast.ana)).state == SendingState.SENT
        assert server.behaviour.envelopes[0].rcpt_tos == ["carla@xn--strae-oqa.test"], "as IDNA 2008 has it"


@pytest.mark.parametrize("address", ['"a b"@example.com', "carla@[127.0.0.1]", "a\r\nRCPT TO:<x@y.test>@example.com"])
def test_an_address_that_cannot_go_over_the_wire_fails_clearly(
    cast: Cast, mail_server: MailServer, address: str
) -> None:
    ticket = cast.ticket()
    _moves_to(ticket.customer, address)
    sending = send(reply(ticket, cast.ana))
    assert (sending.state, sending.last_error) == (SendingState.FAILED, "address_unusable")
    assert mail_server.behaviour.seen == []


def test_a_job_that_dies_leaves_its_reply_to_a_person(cast: Cast, mail_server: MailServer) -> None:
    sending = reply(cast.ticket(), cast.ana)
    job = job_of(sending)
    Job.objects.filter(pk=job.pk).update(attempts=5)
    sending = send(sending)
    assert (sending.state, sending.last_error) == (SendingState.FAILED, "job_dead")
    assert job_of(sending).state == Job.State.DEAD
    assert mail_server.mails == []


@pytest.fixture
def offered(cast: Cast, mail_server: MailServer) -> Iterator[Handover]:
    with Handover(envelope_of(reply(cast.ticket(), cast.ana).message)) as server:
        yield server


def test_the_network_is_never_asked_inside_a_transaction(offered: Handover, cast: Cast) -> None:
    @action("test.networking")
    def offer_inside(*, by: Actor) -> None:
        offered.offer()

    with pytest.raises(RuntimeError, match="no transaction is open"):
        offer_inside(by=SYSTEM)


def _began_to_try(sending: Sending, *, hours: float) -> None:
    _set(Sending, sending.pk, first_tried_at=timezone.now() - timedelta(hours=hours))


def _moves_to(customer: Customer, address: str) -> None:
    _set(Customer, customer.pk, email=address)


def _set(table: Any, pk: Any, **fields: Any) -> None:
    @action("test.set")
    def change(*, by: Actor) -> None:
        table.objects.filter(pk=pk).update(**fields)
        record(CustomerChanged(fields=list(fields)), by=by, subject="customer:test")

    change(by=SYSTEM)
