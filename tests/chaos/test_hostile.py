"""What anybody may send, on the real wire and through every door: stored and shown safely, or refused with a sentence."""

from __future__ import annotations

import http.client
import subprocess
import sys
from email.message import EmailMessage

import pytest
from django.test import Client

from conversations.drafting.models import Draft
from conversations.models import Ticket
from desk.var import REPOSITORY
from tests.chaos.stack import Stack, drafts, eventually
from tests.mailroom.posting import part_of

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)><style>*{display:none}</style>\\"
STRANGE = f"{SCRIPT} 👩‍👩‍👧‍👦🏳️‍🌈 مرحبا \u202eevil\u202c שלום a\x00b\x1b[31m \u200b{{{{ 7*7 }}}} {{% load static %}} '; DROP TABLE x;--"
LONG = ("Where is my refund? I sent the jacket back. Ünïcödé 🧦 " * 400)[:10_000]
TOO_MUCH = 30 * 1024 * 1024


def _by_api(desk: Stack) -> int:
    return desk.shop.opened(
        "strange-api@example.com",
        subject=STRANGE,
        body=f"{STRANGE}\n{LONG}",
        customer={"email": "strange-api@example.com", "name": STRANGE[:150]},
        tags=[SCRIPT[:40], "مرحبا", "a\x00b"],
    )


def _by_form(desk: Stack) -> int:
    wish = {
        "name": STRANGE[:150],
        "email": "strange-form@example.com",
        "subject": STRANGE,
        "message": f"{STRANGE}\n{LONG}",
    }
    assert Client().post("/help/new/", wish).status_code == 302
    return Ticket.objects.get(customer__email="strange-form@example.com").number


def _by_mail(desk: Stack) -> int:
    mail = EmailMessage()
    mail["From"] = f'"{SCRIPT[:25]} مرحبا" <strange-mail@example.com>'
    mail["Subject"] = STRANGE.replace("\x00", "").replace("\x1b", "")
    mail["To"], mail["Message-ID"] = "help@desk.test", "<strange@example.com>"
    mail.set_content(f"{STRANGE}\n{LONG}")
    mail.add_alternative(f"<html><body>{STRANGE}<p>{LONG}</p></body></html>", subtype="html")
    assert _receive(desk, mail.as_bytes()) == 0
    return Ticket.objects.get(customer__email="strange-mail@example.com").number


def _receive(desk: Stack, raw: bytes) -> int:
    return subprocess.run(
        [sys.executable, "manage.py", "receive_mail"],
        cwd=REPOSITORY,
        input=raw,
        env=dict(desk.environment),
        check=False,
        capture_output=True,
        timeout=60,
    ).returncode


def _is_harmless(html: str) -> None:
    for evil in ("<script>alert", "<img src=x", "<style>*", "\x00", "\x1b", "\u202e", ">49<", " 49 "):
        assert evil not in html, evil


def _is_shown(html: str) -> None:
    _is_harmless(html)
    assert "&lt;script&gt;alert(1)" in html


@pytest.mark.parametrize("come_in", [_by_api, _by_form, _by_mail])
def test_ten_thousand_characters_of_everything_in_every_field_are_drafted_decided_sent_and_shown(
    desk: Stack, come_in: object
) -> None:
    number = come_in(desk)  # type: ignore[operator]
    ticket = Ticket.objects.select_related("customer").get(pk=number)
    eventually(lambda: drafts(number) == 1, within=15, what="a draft")
    agent = Client()
    agent.force_login(desk.cast.ana)
    for path in ("/queue/todo/", f"/customers/{ticket.customer_id}/"):
        _is_harmless(agent.get(path).content.decode())
    _is_shown(agent.get(f"/tickets/{number}/").content.decode())

    draft = Draft.objects.get(ticket=number)
    text = f"{draft.text}\n\n{STRANGE}\n{LONG}"
    wish: dict[str, object] = {"version": draft.version, "text": text}
    answer = desk.ana.call("POST", f"drafts/{draft.pk}/edit/", wish)
    assert answer.body["code"] == "flags_unacknowledged", answer.body
    wish["acknowledged"] = [{"flag": flag["id"], "answer": "false_alarm"} for flag in answer.body["flags"]]
    answer = desk.ana.call("POST", f"drafts/{draft.pk}/edit/", wish)
    assert answer.status == 200, answer.body
    eventually(lambda: desk.mails_to(ticket.customer.email) == 2, within=15, what="the reply is sent")
    mail = desk.mail.mails[-1]
    assert "<script>alert" not in part_of(mail, "html")
    assert "🧦" in part_of(mail, "plain")
    assert len(mail["Subject"].splitlines()) == 1
    _is_shown(Client().get(f"/help/t/{ticket.link_token}/").content.decode())
    _is_shown(agent.get(f"/tickets/{number}/").content.decode())


def test_thirty_megabytes_are_refused_with_a_sentence_at_every_door_and_the_desk_stays_well(desk: Stack) -> None:
    kinds = {"form": "application/x-www-form-urlencoded", "json": "application/json"}
    doors = [("/api/v1/tickets/", "json"), ("/help/new/", "form"), ("/accounts/login/", "form")]
    before = Ticket.objects.count()
    for path, kind in doors:
        for announced in (True, False):
            status, said = _send_too_much(desk, path, kinds[kind], announced=announced)
            assert status in {400, 413}, (path, status)
            assert "Traceback" not in said
            assert any(word in said for word in ("2 MB", "too large", "too_large")), said[:500]
    assert Ticket.objects.count() == before
    assert _receive(desk, b"From: a@example.com\r\nSubject: Big\r\n\r\n" + b"x" * (TOO_MUCH + 12_000_000)) == 0
    assert Ticket.objects.count() == before
    assert desk.shop.well()


def _send_too_much(desk: Stack, path: str, kind: str, *, announced: bool) -> tuple[int, str]:
    """Thirty megabytes; a server that has heard enough may answer, and hang up, before it has heard all."""
    connection = http.client.HTTPConnection("127.0.0.1", desk.port, timeout=30)
    cookie = Client().get("/help/new/").cookies["csrftoken"].value
    headers = {"Content-Type": kind, "Authorization": f"Bearer {desk.shop.token}", "Cookie": f"csrftoken={cookie}"}
    headers["X-CSRFToken"] = cookie
    pieces = (b"message=" if kind.endswith("urlencoded") else b'{"body": "') + b"x" * TOO_MUCH
    try:
        if announced:
            connection.request("POST", path, pieces, headers)
        else:
            chunks = (pieces[place : place + 65536] for place in range(0, len(pieces), 65536))
            connection.request("POST", path, chunks, headers, encode_chunked=True)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()
