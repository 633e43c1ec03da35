"""What anybody may type into any field: stored and shown safely, or refused with a sentence. Never an error of ours."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client

from conversations.models import Ticket
from conversations.tickets.texts import MAX_TEXT
from tests.cast import Cast
from tests.portal.letters import approved_reply, send
from tests.portal.pages import WISH, ask, page_of, read

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>'\";--{{ 7*7 }}{% load static %}"
TEXTS: dict[str, str] = {
    "script": SCRIPT,
    "emoji": "👩‍👩‍👧‍👦 🏳️‍🌈 1️⃣ ❤️",
    "right_to_left": "مرحبا \u202eevil\u202c أين طلبي؟ שלום",
    "nul": "a\x00b\x00",
    "controls": "a\x1b[31mb\x08\x7f\u200b\u2028c",
    "marks": "Z̸͎̈́a̷l̷g̷o̵" * 8,
    "surrogate": "\ufffd\ufffe\uffff",
    "markdown": "[x](javascript:alert(1)) ![](http://spy.example/x.png)",
    "lines": "\r\n\r\n one\rtwo\n\nthree \r\n",
    "sql": "Robert'); DROP TABLE tickets_ticket;--",
}
FIELDS = ("name", "email", "subject", "message")


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("kind", TEXTS)
def test_any_text_in_any_field_is_taken_or_refused_with_a_sentence(
    client: Client, cast: Cast, field: str, kind: str
) -> None:
    response = ask(client, **{field: TEXTS[kind]})
    assert response.status_code in {302, 400}
    if response.status_code == 400:
        html = response.content.decode()
        assert "field-error" in html
        assert field == "email", "only an address has a form that it must have"
    else:
        html = read(client, page_of(Ticket.objects.get()))
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert "\x00" not in html
    assert "\u202e" not in html


def test_script_is_shown_as_the_text_that_it_is(client: Client, cast: Cast) -> None:
    ask(client, subject=SCRIPT, message=SCRIPT)
    html = read(client, page_of(Ticket.objects.get()))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "{{ 7*7 }}" in html


def test_links_in_an_answer_can_be_followed_and_nothing_else_in_it_acts(client: Client, cast: Cast) -> None:
    ticket = cast.ticket()
    text = "See https://example.com/track?a=1&b=2 or javascript:alert(1) <a href=javascript:alert(1)>x</a>"
    send(approved_reply(ticket, cast.ana, text))
    html = read(client, page_of(ticket))
    assert 'href="https://example.com/track?a=1&amp;b=2"' in html
    assert 'href="javascript' not in html
    assert "<a href=javascript" not in html


def test_the_longest_message_is_taken_and_one_more_letter_is_not(client: Client, cast: Cast) -> None:
    assert ask(client, message="x" * MAX_TEXT).status_code == 302
    response = ask(client, message="y" * (MAX_TEXT + 1))
    assert response.status_code == 400
    assert "This has 100001 characters; we can take 100000." in response.content.decode()
    assert "y" * (MAX_TEXT + 1) in response.content.decode()


@pytest.mark.parametrize(("field", "size"), [("name", 201), ("subject", 301), ("email", 255), ("email", 100_000)])
def test_a_field_that_is_too_long_is_refused_beside_it(client: Client, cast: Cast, field: str, size: int) -> None:
    text = f"{'a' * (size - 12)}@example.com" if field == "email" else "a" * size
    response = ask(client, **{field: text})
    assert response.status_code == 400
    assert "field-error" in response.content.decode()


def test_a_body_beyond_all_measure_is_refused(client: Client, cast: Cast) -> None:
    body = b"message=" + b"x" * (3 * 1024 * 1024)
    response = client.post("/help/new/", body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 413
    assert not Ticket.objects.exists()


@pytest.mark.parametrize(
    "more", [{"once": "\x00\ud800"}, {"once": "x" * 50_000}, {"once": ["a", "b"]}, {"nobody_asked": SCRIPT}]
)
def test_a_form_that_was_tampered_with_does_no_harm(client: Client, cast: Cast, more: dict[str, Any]) -> None:
    fields = {
        key: value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
        for key, value in more.items()
    }
    assert client.post("/help/new/", {**WISH, **fields}).status_code == 302
    assert Ticket.objects.count() == 1


def test_a_file_where_no_file_is_wanted_is_ignored(client: Client, cast: Cast) -> None:
    assert client.post("/help/new/", {**WISH, "file": io.BytesIO(b"MZ")}).status_code == 302


def test_several_addresses_in_one_field_are_refused(client: Client, cast: Cast) -> None:
    for address in ("a@example.com,b@example.com", "a@example.com\nBcc: b@example.com", "a@example.com b@example.com"):
        assert ask(client, email=address).status_code == 400
    assert not Ticket.objects.exists()
