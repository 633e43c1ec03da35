"""One signed call to a system of the organisation. No transaction is open here.

    POST <address>
    Countersign-Timestamp: 1790000000
    Countersign-Signature: v1=<HMAC-SHA-256 over "<timestamp>.<body>", hexadecimal>

    {"lookup": "Order", "key": "NO-77310", "email": "carla@example.com"}

200 with `{"fields": {"status": "sent"}}` is an answer, 404 says that nothing of this customer's is known by the key. The
address is the administrator's alone, redirects are not followed, an answer is read to its 65,536th byte and no longer than
the time that there is.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import json
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from conversations.redaction.cleaning import clean
from desk.actions import acting

LONGEST_ANSWER = 65_536  # bytes
LONGEST_VALUE = 300  # characters


@dataclass(frozen=True, slots=True)
class Answer:
    """`found` with values, `nothing`, or `failed` with a code of what went wrong."""

    state: str
    values: list[dict[str, str]] = field(default_factory=list)
    error: str = ""


def signature(secret: str, timestamp: int, body: bytes) -> str:
    return "v1=" + hmac.new(secret.encode(), b"%d." % timestamp + body, hashlib.sha256).hexdigest()


def is_allowed(address: str) -> bool:
    """HTTPS with a name; in the demo also what this machine serves, which a path alone stands for."""
    if settings.DEMO and address.startswith("/"):
        return True
    try:
        parts = urlsplit(address)
        named = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    if not named or parts.username or parts.password or parts.fragment:
        return False
    return parts.scheme == "https" or (settings.DEMO and parts.scheme == "http" and _here(parts.hostname or ""))


def ask(address: str, secret: str, *, asked: dict[str, str], fields: list[dict[str, str]], seconds: float) -> Answer:
    """The facts that one system has, or why there are none. Never raises for what the other side does."""
    if acting():
        raise RuntimeError("a lookup inside an action")
    try:
        content = _fetched(address, secret, json.dumps(asked, ensure_ascii=False).encode(), seconds)
        values = _kept(content, fields) if content else []
    except _Failed as failure:
        return Answer("failed", error=str(failure))
    return Answer("found", values) if values else Answer("nothing")


class _Failed(Exception):
    """The code of what went wrong."""


def _fetched(address: str, secret: str, body: bytes, seconds: float) -> bytes:
    """The bytes of an answer; none when nothing is known there."""
    import httpx2

    if address.startswith("/"):
        address = settings.ENV.public_url + address
    timestamp, until = int(time.time()), time.monotonic() + seconds
    headers = {
        "Content-Type": "application/json",
        "Countersign-Timestamp": str(timestamp),
        "Countersign-Signature": signature(secret, timestamp, body),
    }
    try:
        if not (is_allowed(address) and _may_be_called(address)):
            raise _Failed("address_refused")
        with (
            httpx2.Client(timeout=seconds, follow_redirects=False, trust_env=False) as client,
            client.stream("POST", address, content=body, headers=headers) as response,
        ):
            if response.status_code == 404:
                return b""
            if response.status_code != 200:
                raise _Failed(f"status_{response.status_code}")
            return _all_of(response.iter_bytes(8192), until)
    except httpx2.TimeoutException:
        raise _Failed("too_late") from None
    except (httpx2.HTTPError, OSError, UnicodeError):
        raise _Failed("unreachable") from None


def _all_of(pieces: Iterator[bytes], until: float) -> bytes:
    read = b""
    for piece in pieces:
        read += piece
        if len(read) > LONGEST_ANSWER:
            raise _Failed("too_long")
        if time.monotonic() > until:
            raise _Failed("too_late")
    return read


def _kept(content: bytes, fields: list[dict[str, str]]) -> list[dict[str, str]]:
    """Of an answer what is allowed, in our order."""
    try:
        given: Any = json.loads(content)
    except (ValueError, RecursionError):
        raise _Failed("not_json") from None
    facts = given.get("fields") if isinstance(given, dict) else None
    if not isinstance(facts, dict):
        raise _Failed("wrong_shape")
    return [{"label": each["label"], "value": said} for each in fields if (said := _said(facts.get(each["name"])))]


def _said(value: object) -> str:
    """A fact as one line; nothing for what is no plain value."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, str | int | float):
        return ""
    return " ".join(clean(str(value)).split())[:LONGEST_VALUE]


def _may_be_called(address: str) -> bool:
    """Not this machine, and not where clouds keep their secrets, whatever the name resolves to; the demo asks itself."""
    if settings.DEMO:
        return True
    parts = urlsplit(address)
    found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
    addresses = [ipaddress.ip_address(each[4][0]) for each in found]
    return not any(
        each.is_loopback or each.is_link_local or each.is_unspecified or each.is_multicast for each in addresses
    )


def _here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
