"""New customers who write in while somebody tries the desk."""

from __future__ import annotations

import itertools
import secrets

from django.conf import settings

from conversations.demo.content import content
from conversations.portal.actions import Asked, send_request
from conversations.portal.once import new_mark
from conversations.tickets.models import Ticket
from desk.actions import Actor
from desk.clock import every

SECONDS = 20

_beats = itertools.count()


@every(SECONDS)
def trickle() -> Ticket | None:
    """Send one request as the public form does, from an address that nobody has written from before."""
    if not settings.ENV.demo_trickle:
        return None
    rows = content("trickle")
    row = rows[next(_beats) % len(rows)]
    name, _, domain = row["customer"]["email"].partition("@")
    asked = Asked(
        name=row["customer"]["name"],
        email=f"{name}+{secrets.token_hex(4)}@{domain}",
        subject=row["subject"],
        message=row["text"],
        ai_consent=None,
    )
    return send_request(asked, mark=new_mark(), by=Actor("customer", via="page"))
