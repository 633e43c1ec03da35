"""Everything that is kept of a customer, as plain data: the counterpart of what `erasing.py` of each room takes away."""

from __future__ import annotations

import json
from typing import Any

from django.db.models import Q
from django.utils import timezone

from conversations.drafting.models import Draft, ModelCall
from conversations.drafting.receipts import placeholders_of, request_of, response_of
from conversations.knowledge.models import LookedUp
from conversations.privacy.models import Erasure, Hold
from conversations.review.models import Concern, Decision
from conversations.tickets.models import Customer, Message, Ticket
from desk.ledger.kinds import sentences
from desk.ledger.models import Entry

_CUSTOMER = (
    "id",
    "email",
    "name",
    "phone",
    "language",
    "ai_consent",
    "ai_consent_source",
    "ai_consent_at",
    "created_at",
    "restricted_at",
)
_TICKET = ("number", "subject", "status", "priority", "channel", "language", "tags", "kept_for_people", "created_at")
_MESSAGE = ("direction", "notice", "text", "disclosure_kind", "disclosure_text", "mail_id", "created_at")
_DRAFT = ("id", "state", "version", "text", "sentences", "instruction", "risk", "language", "created_at")
_DECISION = ("kind", "reason", "text", "note", "instruction", "standing", "created_at")


def everything(customer: Customer) -> dict[str, Any]:
    """What an export holds. Members of the staff stand in it by the names of their teams alone, as in replies."""
    tickets = list(Ticket.objects.filter(customer=customer).order_by("number"))
    refs = [ticket.ref for ticket in tickets]
    entries = list(Entry.objects.filter(Q(thread__in=refs) | Q(subject__in=[customer.ref, *refs])).order_by("seq"))
    return {
        "customer": {
            **_plain(customer, _CUSTOMER),
            "erasures": [_plain(each, ("state", "source", "requested_at", "due_at")) for each in _erasures(customer)],
        },
        "tickets": [_ticket(ticket) for ticket in tickets],
        "ledger": [
            {"seq": entry.seq, "at": entry.at.isoformat(), "kind": entry.kind, "sentence": told}
            for entry, told in zip(entries, sentences(entries), strict=True)
        ],
        "exported_at": timezone.now().isoformat(),
    }


def _ticket(ticket: Ticket) -> dict[str, Any]:
    of = {"ticket": ticket}
    return {
        **_plain(ticket, _TICKET),
        "messages": [_plain(each, _MESSAGE) for each in Message.objects.filter(**of).order_by("id")],
        "drafts": [_draft(each) for each in Draft.objects.filter(**of).order_by("id").prefetch_related("flags")],
        "decisions": [_plain(each, _DECISION) for each in Decision.objects.filter(**of).order_by("id")],
        "concerns": [_plain(each, ("text", "created_at")) for each in Concern.objects.filter(**of).order_by("id")],
        "model_calls": [
            _call(each) for each in ModelCall.objects.filter(**of).select_related("settings").order_by("id")
        ],
        "looked_up": [
            _plain(each, ("key", "state", "values", "at")) for each in LookedUp.objects.filter(**of).order_by("id")
        ],
        "holds": [_plain(each, ("ground", "expires_at")) for each in Hold.objects.filter(**of).order_by("id")],
    }


def _draft(draft: Draft) -> dict[str, Any]:
    flags = [_plain(flag, ("kind", "severity", "words", "answer", "seen_in")) for flag in draft.flags.all()]
    return {**_plain(draft, _DRAFT), "flags": flags}


def _call(call: ModelCall) -> dict[str, Any]:
    """A receipt: what left, what came back, and what its placeholders stand for."""
    return {
        "sent_at": call.created_at.isoformat(),
        "to": call.settings.provider,
        "model": call.model or call.settings.model,
        "request": json.loads(request_of(call) or "null"),
        "response": response_of(call),
        "placeholders": placeholders_of(call),
        "replaced": call.redaction.get("replaced", {}),
        "redactor": call.redaction.get("version", ""),
        "prompt": call.settings.prompt_version,
        "state": call.state,
        "error": call.error,
        "bytes": call.request_bytes,
        "tokens": {"prompt": call.prompt_tokens, "completion": call.completion_tokens},
        "cost": None if call.cost is None else str(call.cost),
        "seconds": call.seconds,
        "emptied_at": call.emptied_at.isoformat() if call.emptied_at else None,
    }


def _erasures(customer: Customer) -> list[Erasure]:
    return list(Erasure.objects.filter(customer=customer).order_by("pk"))


def _plain(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in names}
    return {name: value.isoformat() if hasattr(value, "isoformat") else _told(value) for name, value in found.items()}


def _told(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | bool | list | dict) else str(value)
