"""Mails as customers' programs write them, for the tests of what comes in."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

from conversations.mailroom.intake import Taken, take_in
from desk.actions import Actor
from tests.cast import CARLA

MAIL = Actor("mail", via="mail")


def letter(
    text: str = "Where is my parcel?",
    *,
    sender: str = f"Carla Jones <{CARLA}>",
    to: str = "help@desk.test",
    **headers: Any,
) -> bytes:
    """A mail of Carla's; further headers by name, `in_reply_to="<a@b>"`."""
    mail = EmailMessage()
    mail["From"], mail["To"] = sender, to
    mail["Subject"] = headers.pop("subject", "My parcel")
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes()


def arrives(text: str = "Where is my parcel?", **more: Any) -> Taken:
    return take_in(letter(text, **more), by=MAIL)
