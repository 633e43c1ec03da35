"""What left for models, byte for byte: for one draft, and for all drafts of a ticket, also those that never came about."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from accounts.doors import StaffRequest, actor, staff
from conversations.drafting.access import draft_for
from conversations.drafting.actions import read_receipt
from conversations.drafting.models import ModelCall
from conversations.drafting.queries import days_kept
from conversations.drafting.receipts import request_of, response_of
from conversations.redaction.placeholders import pieces
from conversations.tickets.access import ticket_for
from conversations.tickets.models import text_hash
from desk.data_keys import Unreadable

KINDS = {
    "name": _("names"),
    "email": _("mail addresses"),
    "phone": _("telephone numbers"),
    "address": _("postal addresses"),
    "card": _("cards"),
    "iban": _("bank accounts"),
    "id": _("papers and national numbers"),
    "birth": _("dates of birth"),
    "ip": _("IP addresses"),
    "order": _("order numbers"),
    "account": _("account numbers"),
    "secret": _("keys and passwords"),
    "link": _("secrets in links"),
    "text": _("forged placeholders"),
}
"""What was replaced, by the word in a receipt."""


@require_GET
@staff()
def model_saw(request: StaffRequest, draft_id: int) -> HttpResponse:
    """What left for one draft, as it left, each try by itself; the versions, tokens, cost and time."""
    draft = draft_for(request.user, draft_id)
    if draft.calls.exists():
        read_receipt(draft, by=actor(request))
    return _page(request, draft.calls.all(), ticket=draft.ticket, draft=draft)


@require_GET
@staff()
def receipts_of(request: StaffRequest, number: int) -> HttpResponse:
    """Every call that was made for a ticket, whatever became of it."""
    ticket = ticket_for(request.user, number)
    calls = ModelCall.objects.filter(ticket=ticket)
    for draft in {call.draft_id: call.draft for call in calls.select_related("draft")}.values():
        read_receipt(draft, by=actor(request))
    return _page(request, calls, ticket=ticket)


def _page(request: StaffRequest, calls: QuerySet[ModelCall], **more: Any) -> HttpResponse:
    return render(
        request,
        "review/saw.html",
        {
            "calls": list(map(_read, calls.select_related("settings", "draft").order_by("id"))),
            "currency": settings.ENV.model_currency,
            "days": days_kept(),
            **more,
        },
    )


def _read(call: ModelCall) -> dict[str, Any]:
    replaced = call.redaction["replaced"]
    kinds = [(KINDS.get(kind, kind), number) for kind, number in replaced.items()]
    about = {"call": call, "replaced": kinds, "total": sum(replaced.values())}
    if call.erased:
        return {**about, "gone": "old" if call.emptied_at else "erased"}
    try:
        left, came = request_of(call), response_of(call)
    except Unreadable:
        return {**about, "gone": "erased"}
    return {
        **about,
        "request": list(pieces(left)),
        "sha256": text_hash(left),
        "response": list(pieces(came)),
        "messages": list(_messages(left)),
    }


def _messages(left: str) -> Iterator[dict[str, Any]]:
    """The messages of a request, with its placeholders apart; nothing where it is no such request."""
    try:
        body = json.loads(left)
    except ValueError:
        return
    for message in body.get("messages", []) if isinstance(body, dict) else []:
        content = message.get("content")
        if isinstance(content, str):
            yield {"role": message.get("role", ""), "pieces": list(pieces(content))}
