"""Drafts as the API tells them, and what the model saw for one."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any, Literal

from django.db.models import Prefetch, QuerySet
from pydantic import Field

from conversations.drafting.models import Draft, Flag, ModelCall
from conversations.drafting.receipts import request_of
from conversations.drafting.states import OPEN, DraftState
from desk.api import Told


class SourceTold(Told):
    """Where a sentence comes from: a passage of the knowledge base, and the words that stand in it."""

    passage: str
    quote: str


class SentenceTold(Told):
    text: str
    sources: list[SourceTold]


class FlagTold(Told):
    """Words that a person should look at; a blocker has to be answered before the draft may go."""

    id: int
    kind: Flag.Kind
    severity: Flag.Severity
    words: str
    acknowledged: bool


class DraftTold(Told):
    """A reply that a model proposes. A decision names the `version` that it is about."""

    id: int
    version: int
    state: DraftState
    text: str
    sentences: list[SentenceTold] = Field(description="Together they are the text.")
    flags: list[FlagTold]
    risk: Literal["low", "medium", "high"]
    model: str | None
    settings_version: int | None


class DraftOfTicket(DraftTold):
    """A draft, and which ticket it is for."""

    ticket: int
    created_at: datetime


class Tokens(Told):
    prompt: int
    completion: int


class PassageTold(Told):
    ref: str
    title: str
    heading: str
    text: str


class Versions(Told):
    """With what the draft was made; a new combination is a new settings version."""

    settings: int
    model: str = Field(
        description="As the provider named the one that answered; before an answer, as it was asked for."
    )
    prompt: str
    redactor: str


class ModelSaw(Told):
    """The receipt of a call: exactly what left, kept before it left. Personal data stands in it as placeholders."""

    request: dict[str, Any] = Field(description="As sent, in the form of OpenAI's Chat Completions.")
    passages: list[PassageTold]
    versions: Versions
    tokens: Tokens
    cost: float | None = Field(
        description="In MODEL_CURRENCY, by MODEL_PRICES of the desk; null where the price of the model is not known."
    )
    seconds: float


class WholeDraft(DraftOfTicket):
    """A draft with what the model saw for it; null when no model was asked."""

    model_saw: ModelSaw | None


class DraftPage(Told):
    next: str | None
    previous: str | None
    results: list[DraftOfTicket]


def with_flags(drafts: QuerySet[Draft]) -> QuerySet[Draft]:
    """What telling drafts needs, in two queries however many there are."""
    return drafts.select_related("settings").prefetch_related(Prefetch("flags", Flag.objects.order_by("id")))


def told_draft(draft: Draft) -> DraftTold:
    return DraftTold.model_validate(_draft(draft))


def listed_draft(draft: Draft) -> DraftOfTicket:
    return DraftOfTicket.model_validate(_listed(draft))


def whole_draft(draft: Draft) -> WholeDraft:
    call = draft.calls.select_related("settings").order_by("-id").first()
    return WholeDraft.model_validate(
        {**_listed(draft), "model_saw": _saw(draft, call) if call and not call.erased else None}
    )


def open_drafts(numbers: Collection[int]) -> dict[int, DraftTold]:
    """The undecided draft of each of these tickets that has one, by ticket number."""
    drafts = with_flags(Draft.objects.filter(ticket__in=numbers, state__in=OPEN)).order_by("id")
    return {draft.ticket_id: told_draft(draft) for draft in drafts}


def _listed(draft: Draft) -> dict[str, Any]:
    return {**_draft(draft), "ticket": draft.ticket_id, "created_at": draft.created_at}


def _draft(draft: Draft) -> dict[str, Any]:
    return {
        "id": draft.pk,
        "version": draft.version,
        "state": draft.state,
        "text": draft.text,
        "sentences": draft.sentences,
        "flags": [
            {
                "id": flag.pk,
                "kind": flag.kind,
                "severity": flag.severity,
                "words": flag.words,
                "acknowledged": flag.acknowledged,
            }
            for flag in draft.flags.all()
        ],
        "risk": draft.risk,
        "model": draft.settings.model if draft.settings else None,
        "settings_version": draft.settings_id,
    }


def _saw(draft: Draft, call: ModelCall) -> dict[str, Any]:
    return {
        "request": json.loads(request_of(call)),
        "passages": draft.passages,
        "versions": {
            "settings": call.settings_id,
            "model": call.model or call.settings.model,
            "prompt": call.settings.prompt_version,
            "redactor": call.settings.redactor_version,
        },
        "tokens": {"prompt": call.prompt_tokens, "completion": call.completion_tokens},
        "cost": call.cost,
        "seconds": call.seconds,
    }
