"""Receipts, sealed and opened: what left for a model, what it answered, and what the placeholders in both stand for.

AES-256-GCM with the customer's key; table, column, row and customer are bound in, so that no receipt can be put in another's
place. Whoever erases the customer destroys the key, and these bytes are noise, also in copies that nobody can reach.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from conversations.drafting.models import ModelCall
from desk.data_keys import opened, sealer
from desk.rows import drawn


def new_receipt(*, request: str, placeholders: Mapping[str, str], customer_id: UUID, **more: Any) -> ModelCall:
    """A receipt that is not stored yet, with its key drawn: it is bound to it. Inside an action."""
    sealing, key = Sealing.of(customer_id), drawn(ModelCall)
    return ModelCall(
        pk=key,
        customer_id=customer_id,
        request_sealed=sealing.part(key, "request", request),
        request_bytes=len(request.encode()),
        placeholders_sealed=sealing.part(key, "placeholders", json.dumps(dict(placeholders))),
        **more,
    )


@dataclass(frozen=True, slots=True)
class Sealing:
    """Seals for one customer, whose key comes with the next statement of the action."""

    customer_id: UUID
    seal: Callable[[str, str], bytes]

    @classmethod
    def of(cls, customer_id: UUID) -> Sealing:
        return cls(customer_id, sealer(_owner(customer_id)))

    def part(self, call_id: int, part: str, content: str) -> bytes:
        """One of request, response and placeholders, for the column `<part>_sealed`."""
        return self.seal(content, _context(call_id, part))


def request_of(call: ModelCall) -> str:
    """What left, to the letter; "" when it was erased. Raises Unreadable."""
    return _open(call, "request", bytes(call.request_sealed))


def response_of(call: ModelCall) -> str:
    """What came back, to the letter; "" when nothing did. Raises Unreadable."""
    return _open(call, "response", bytes(call.response_sealed))


def placeholders_of(call: ModelCall) -> dict[str, str]:
    """What each placeholder stands for. Raises Unreadable."""
    found: dict[str, str] = json.loads(_open(call, "placeholders", bytes(call.placeholders_sealed)) or "{}")
    return found


def _open(call: ModelCall, part: str, content: bytes) -> str:
    return opened(_owner(call.customer_id), content, _context(call.pk, part)) if content else ""


def _owner(customer_id: UUID) -> str:
    return f"customer:{customer_id}"


def _context(call_id: int, part: str) -> str:
    return f"drafting_model_call|{part}|{call_id}"
