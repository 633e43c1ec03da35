"""Mail in: raw bytes become a message in a ticket, or a recorded refusal; nothing is lost without a trace."""

from __future__ import annotations

import hashlib
import io
from typing import BinaryIO

from conversations.mailroom.actions import Raw, Taken, refuse, take
from conversations.mailroom.addresses import is_ours
from conversations.mailroom.letters import read
from desk.actions import Actor

LARGEST = 40 * 1024 * 1024  # bytes: 25 MB of files are 34 MB in a mail

REFUSALS = {
    "too_large": "It was larger than 40 MB.",
    "no_sender": "It names nobody who could be answered.",
    "address_unusable": "No reply could go to the address of its sender.",
    "empty": "It says nothing and brings nothing.",
    "own_mail": "It is a mail of our own that came back.",
    "own_address": "It says that it comes from our own address.",
    "duplicate": "It has been taken in before.",
}
"""Why a mail may be refused, as its entry in the ledger says it by code."""


def take_in(raw: bytes, *, by: Actor) -> Taken:
    """Take in one mail as a mail server hands it over. Raises only when the database is away: then try again."""
    return take_in_from(io.BytesIO(raw), by=by)


def take_in_from(stream: BinaryIO, *, by: Actor) -> Taken:
    """The same from a stream, of which no more than the largest mail is kept in memory."""
    content = stream.read(LARGEST + 1)
    seen, size = hashlib.sha256(content), len(content)
    while size > LARGEST and (more := stream.read(1024 * 1024)):
        seen.update(more)
        size += len(more)
    raw = Raw(seen.hexdigest(), size)
    if size > LARGEST:
        return refuse(raw, "too_large", by=by)
    letter = read(content)
    if not letter.sender:
        return refuse(raw, "no_sender", by=by)
    if is_ours(letter.sender):
        return refuse(raw, "own_address", by=by)
    return take(letter, raw, by=by)
