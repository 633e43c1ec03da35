"""Addresses: our own, the reply addresses of tickets, and how an address goes over the wire."""

from __future__ import annotations

import contextlib
import re
import uuid
from dataclasses import dataclass

import idna
from django.conf import settings

from conversations.tickets.models import Ticket

# RFC 5321 dot-string, RFC 6531 for what is not ASCII. Quoted local parts and address literals get no mail from here.
_LOCAL = re.compile(r"[^\x00-\x20\x7f\"(),:;<>@\[\\\].\x80-\xa0]+(?:\.[^\x00-\x20\x7f\"(),:;<>@\[\\\].\x80-\xa0]+)*")
_HOST = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*")
_TOKEN = "[a-z2-7]{26}"  # noqa: S105 - the form of conversations.tickets.models.reply_token


class AddressUnusable(ValueError):
    """No mail can go to this address."""


@dataclass(frozen=True, slots=True)
class WireAddress:
    """An address as a mail server takes it: the domain in ASCII (IDNA 2008). `needs_utf8`: only with SMTPUTF8."""

    address: str
    needs_utf8: bool


def on_the_wire(address: str) -> WireAddress:
    """Raises AddressUnusable when no mail could go there."""
    local, _, domain = address.strip().rpartition("@")
    if not _LOCAL.fullmatch(local) or len(local.encode()) > 64:
        raise AddressUnusable
    try:
        # A domain in ASCII is taken as it is: some that work in practice are none by the rules of IDNA.
        host = domain.lower() if _HOST.fullmatch(domain) else idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError:
        raise AddressUnusable from None
    return WireAddress(f"{local}@{host}", not local.isascii())


def spellings(address: str) -> list[str]:
    """The address in lower case, its domain as it is, in ASCII and in its own script: all are one mail box."""
    local, _, domain = address.strip().lower().rpartition("@")
    found = {domain}
    with contextlib.suppress(idna.IDNAError):
        found |= {idna.encode(domain, uts46=True).decode("ascii"), idna.decode(domain, uts46=True)}
    return [f"{local}@{each}" for each in found]


def own_domain() -> str:
    """The domain of MAIL_FROM, in ASCII."""
    return on_the_wire(settings.ENV.mail_from).address.rpartition("@")[2]


def new_mail_id() -> str:
    """A Message-ID of our own, in its angle brackets."""
    return f"<{uuid.uuid4().hex}@{own_domain()}>"


def reply_address(ticket: Ticket) -> str:
    """Where an answer finds its ticket: the unguessable token behind a plus in our own address."""
    local, _, host = on_the_wire(settings.ENV.mail_from).address.rpartition("@")
    return f"{local}+{ticket.reply_token}@{host}"


def tokens_in(header: str) -> list[str]:
    """The reply tokens of the addresses of ours in a header. Servers fold case, so this does too."""
    local, _, domain = settings.ENV.mail_from.rpartition("@")
    hosts = "|".join(re.escape(host) for host in {domain.lower(), own_domain()})
    return re.findall(rf"(?<![\w.+-]){re.escape(local.lower())}\+({_TOKEN})@(?:{hosts})(?![\w-]|\.\w)", header.lower())


def is_ours(address: str) -> bool:
    """Whether mail to this address comes back to us."""
    local, _, domain = settings.ENV.mail_from.lower().rpartition("@")
    other, _, host = address.strip().lower().rpartition("@")
    return host in {domain, own_domain()} and (other == local or other.startswith(f"{local}+"))


def ticket_link(ticket: Ticket) -> str:
    """The customer's page of their ticket; who has the link may read it."""
    return f"{settings.PUBLIC_URL}/help/t/{ticket.link_token}/"


def marks_of(ticket: Ticket) -> tuple[str, ...]:
    """What a copy of a mail of ours in this ticket has in it somewhere."""
    return (ticket.link_token, ticket.reply_token, settings.ENV.mail_from.lower(), f"[#{ticket.number}]")
