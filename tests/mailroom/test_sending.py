"""A decided reply on its way out, over real SMTP: what the mail says, and what stays when it went well."""

from __future__ import annotations

import re

import pytest

from conversations.tickets.actions import receive_message
from conversations.tickets.states import SendingState
from desk import jobs
from desk.jobs import Job
from tests.cast import Cast
from tests.mailroom.mail_server import MailServer
from tests.mailroom.posting import entries, job_of, make_due, now, part_of, reply, send


def test_a_decided_reply_arrives_and_is_sent_for_good(cast: Cast, mail_server: MailServer) -> None:
    ticket = cast.ticket()
    sending = send(reply(ticket, cast.ana))

    assert sending.state == SendingState.SENT
    assert job_of(sending).state == Job.State.DONE
    assert [entry.kind for entry in entries("sending.begun", "sending.sent", thread=ticket.ref)] == [
        "sending.begun", "sending.sent",
    ]  # fmt: skip
    assert mail_server.behaviour.envelopes[0].rcpt_tos == ["carla@example.com"]
    assert mail_server.behaviour.envelopes[0].mail_from == "help@desk.test"


def test_a_sent_reply_is_not_sent_by_running_its_job_again(cast: Cast, mail_server: MailServer) -> None:
    sending = send(reply(cast.ticket(), cast.ana))
    Job.objects.filter(pk=job_of(sending).pk).update(state=Job.State.QUEUED)
    assert send(sending).state == SendingState.SENT
    assert len(mail_server.mails) == 1


def test_the_text_leaves_to_the_letter_with_the_disclosure_and_the_link_under_it(
    cast: Cast, mail_server: MailServer
) -> None:
    ticket = cast.ticket()
    text = "Grüße 🚲\n.\n. a line with a dot\n\nمرحبا <b>not bold</b> https://evil.test/x\n" + "long " * 300
    sending = send(reply(ticket, cast.ana, text.strip()))

    said = part_of(mail_server.mail, "plain")
    assert said.startswith(text.strip())
    foot = said.removeprefix(text.strip())
    assert foot == (
        "\n\n—\nWritten by Orders.\nTo have only people answer you, or to reach a person: "
        f"http://127.0.0.1:8000/help/t/{ticket.link_token}/\n"
    )
    assert now(sending).message.text == text.strip(), "what was decided is kept without the foot"


def test_what_people_write_is_no_template(cast: Cast, mail_server: MailServer) -> None:
    send(reply(cast.ticket(), cast.ana, "Put {link} into the form."))
    assert part_of(mail_server.mail, "plain").startswith("Put {link} into the form.\n")


def test_the_html_part_says_the_same_with_no_link_but_ours(cast: Cast, mail_server: MailServer) -> None:
    ticket = cast.ticket()
    send(reply(ticket, cast.ana, 'First\nsecond\n\n<script>alert(1)</script> <a href="https://evil.test">x</a>'))
    html = part_of(mail_server.mail, "html")
    assert re.findall(r'href="([^"]*)"', html) == [f"http://127.0.0.1:8000/help/t/{ticket.link_token}/"]
    assert "<script" not in html
    assert "First<br>\nsecond</p>" in html
    assert "Written by Orders." in html


@pytest.mark.parametrize(
    ("kind", "disclosure"), [("written", "person"), ("approved", "drafted"), ("edited", "drafted_changed")]
)
def test_the_header_says_how_the_reply_came_about(
    cast: Cast, mail_server: MailServer, kind: str, disclosure: str
) -> None:
    send(reply(cast.ticket(), cast.ana, kind=kind, disclosure=disclosure))
    assert mail_server.mail["AI-Disclosure"] == disclosure
    assert mail_server.mail["Auto-Submitted"] is None, "a person's reply is no automatic mail"


def test_the_reply_stands_in_the_thread_of_the_customers_mails(cast: Cast, mail_server: MailServer) -> None:
    long_id = f"<{'A' * 90}@eurprd07.prod.outlook.test>"
    ticket = cast.ticket(mail_id="<first@mail.test>", channel="mail")
    first = send(reply(ticket, cast.ana))
    own = now(first).message.mail_id
    assert re.fullmatch(r"<[0-9a-f]{32}@desk\.test>", own)
    assert mail_server.mail["Message-ID"] == own

    receive_message(ticket, text="Not yet", channel="mail", mail_id=long_id, by=ticket.customer.actor(via="mail"))
    send(reply(ticket, cast.ana, "It will."))
    second = mail_server.mails[1]
    assert second["In-Reply-To"] == long_id
    assert second["References"].split() == ["<first@mail.test>", own, long_id]
    assert f"\r\n {long_id}\r\n".encode() in mail_server.behaviour.contents[1], "not broken up and not encoded"


def test_from_reply_to_and_subject_lead_back_to_the_ticket(cast: Cast, mail_server: MailServer) -> None:
    ticket = cast.ticket(subject="Re: AW: Wo ist mein Paket? ✨")
    send(reply(ticket, cast.ana))
    mail = mail_server.mail
    assert mail["Subject"] == f"Re: Wo ist mein Paket? ✨ [#{ticket.number}]"
    assert mail["Reply-To"] == f"help+{ticket.reply_token}@desk.test"
    sender = mail["From"].addresses[0]
    assert (sender.display_name, sender.addr_spec) == ("Nordlicht Outdoor · Orders", "help@desk.test")


def test_a_long_thread_keeps_its_first_and_its_latest_mails_in_references(cast: Cast, mail_server: MailServer) -> None:
    ticket = cast.ticket(mail_id="<0@mail.test>", channel="mail")
    for number in range(1, 40):
        receive_message(
            ticket, text="?", channel="mail", mail_id=f"<{number}@mail.test>", by=ticket.customer.actor(via="mail")
        )
    send(reply(ticket, cast.ana))
    references = mail_server.mail["References"].split()
    assert references[0] == "<0@mail.test>"
    assert references[-1] == "<39@mail.test>"
    assert len(references) == 20


def test_a_job_whose_sending_is_not_there_is_done_without_a_mail(cast: Cast, mail_server: MailServer) -> None:
    sending = reply(cast.ticket(), cast.ana)
    job = job_of(sending)
    Job.objects.filter(pk=job.pk).update(key="sending.deliver:999999")
    job.refresh_from_db()
    make_due(job)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.DONE
    assert mail_server.mails == []
