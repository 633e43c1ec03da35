"""Nothing that somebody typed becomes a header, a recipient or a second mail."""

from __future__ import annotations

from email import message_from_bytes, policy
from types import SimpleNamespace
from typing import Any, cast

import pytest
from django.conf import settings as desk_settings
from hypothesis import given
from hypothesis import strategies as some

from conversations.mailroom import compose
from conversations.models import Message
from tests.cast import Cast
from tests.mailroom.mail_server import MailServer
from tests.mailroom.posting import reply, send

HEADERS = {
    "Message-ID", "Date", "From", "To", "Reply-To", "Subject", "References", "In-Reply-To", "AI-Disclosure",
    "MIME-Version", "Content-Type",
}  # fmt: skip
NASTY = "Hello\r\nBcc: everybody@evil.test\r\n\r\n<script>\u2028X: y\x0bZ: z\x85Q: q\x00"


def test_a_subject_with_line_breaks_stays_one_subject(cast: Cast, mail_server: MailServer) -> None:
    ticket = cast.ticket(subject=NASTY)
    send(reply(ticket, cast.ana, "Text\r\nBcc: everybody@evil.test"))
    mail = mail_server.mail
    assert set(mail.keys()) <= HEADERS
    assert mail_server.behaviour.envelopes[0].rcpt_tos == ["carla@example.com"]
    assert mail["Subject"].endswith(f"[#{ticket.number}]")


def composed(*, subject: str, organisation: str, team: str, text: str, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """A mail around these words, straight into the composer: what the doors before it let pass does not matter."""
    monkeypatch.setattr(compose.queries, "earlier_mail_ids", lambda message: compose.queries.Earlier((), ""))
    monkeypatch.setattr(
        compose, "settings",
        SimpleNamespace(
            ENV=SimpleNamespace(organisation=organisation, mail_from=desk_settings.ENV.mail_from),
        ),
    )  # fmt: skip
    ticket = SimpleNamespace(
        number=1042, subject=subject, language="en", reply_token="a" * 26, link_token="b" * 43,
        customer=SimpleNamespace(email="carla@example.com"), team=SimpleNamespace(name=team),
    )  # fmt: skip
    message = SimpleNamespace(
        ticket=ticket,
        text=text,
        notice="",
        mail_id="",
        disclosure_kind="person",
        disclosure_text="Written by Orders.",
        files_digest="",
        pk=1,
    )
    return compose.envelope_of(cast("Message", message)).content()


anything = some.text(alphabet=some.characters(codec="utf-8") | some.sampled_from('\r\n\0\t:<>"\\,;@=?()'), max_size=200)


@given(subject=anything, organisation=anything, team=anything, text=anything)
def test_whatever_is_typed_the_headers_are_ours_and_the_text_is_whole(
    subject: str, organisation: str, team: str, text: str
) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        raw = composed(subject=subject, organisation=organisation, team=team, text=text, monkeypatch=monkeypatch)
    assert raw.isascii()
    assert b"\0" not in raw.partition(b"\r\n\r\n")[0]
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    mail: Any = message_from_bytes(raw, policy=policy.default)
    assert list(mail.keys()) == [
        "Message-ID", "Date", "From", "To", "Reply-To", "Subject", "AI-Disclosure", "MIME-Version", "Content-Type",
    ]  # fmt: skip
    assert [address.addr_spec for address in mail["From"].addresses] == ["help@desk.test"]
    assert [address.addr_spec for address in mail["To"].addresses] == ["carla@example.com"]
    assert mail["Subject"].endswith("[#1042]")
    shown = mail.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert shown.startswith(text.replace("\r\n", "\n").replace("\r", "\n"))
