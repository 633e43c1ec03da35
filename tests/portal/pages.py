"""What a visitor does: open a page, fill in its form, send it."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from django.test import Client

from conversations.models import Ticket
from desk.ledger.models import Entry

WISH: dict[str, str] = {
    "name": "Dora Lind",
    "email": "dora@example.com",
    "subject": "Broken zip",
    "message": "The zip of my jacket broke on the first day. What can I do?",
}


def once_of(html: str) -> str:
    """The mark in the form on a page."""
    found = re.search(r'name="once" value="([^"]+)"', html)
    assert found
    return found[1]


def ask(client: Client, **more: Any) -> Any:
    """Open the form for a new request and send it."""
    once = once_of(client.get("/help/new/").content.decode())
    return client.post("/help/new/", {"once": once, **WISH, **more})


def page_of(ticket: Ticket) -> str:
    return f"/help/t/{ticket.link_token}/"


def read(client: Client, path: str, **headers: str) -> str:
    """A page's HTML, which has to be there."""
    response = client.get(path, headers=headers)
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


def words(html: str) -> str:
    """What a reader sees of a page: without tags, on one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def entries() -> list[str]:
    return list(Entry.objects.order_by("seq").values_list("kind", flat=True))
