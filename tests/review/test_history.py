"""A ticket's drafts stay readable: which came when, who asked for what, and how they differ word by word."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.conf import settings
from django.test import Client

from conversations.drafting.costs import cost_of
from conversations.drafting.models import Draft
from conversations.review.actions import Edit, Rejection, Seen, edit, reject
from conversations.review.history import word_difference
from tests.cast import Cast
from tests.drafts import TEXT, pending_draft


def test_a_difference_holds_both_texts_to_the_letter() -> None:
    before, after = "We pay within five days.\n\nKind regards", "We pay you within ten days.\nRegards"
    pieces = word_difference(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != "ins") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "del") == after
    assert word_difference(before, before) == [pieces[0].__class__("same", before)]
    assert word_difference("", "") == []


def test_the_page_says_who_asked_for_what_and_how_the_drafts_differ(cast: Cast, client: Client) -> None:
    ticket = cast.ticket()
    first = pending_draft(ticket)
    why = Rejection(reason="tone", next="redraft", instruction="Warmer, please.")
    reject(first, why, by=cast.ana.actor(), seen=Seen(first.version))
    asked = Draft.objects.get(previous=first)
    second = pending_draft(ticket, text=TEXT.replace("Thank you for your message.", "What a lovely message!"))
    edit(second, Edit(second.text.replace("lovely", "good")), by=cast.ben.actor(), seen=Seen(second.version))
    client.force_login(cast.ana)
    page = client.get(f"/tickets/{ticket.number}/drafts/").content.decode()
    assert "Draft 1" in page
    assert "How it differs from draft 1" in page
    assert "<ins>What a lovely message!" in page.replace("</ins><ins>", "")
    assert "What was changed before it was sent" in page
    assert "<del>lovely </del><ins>good </ins>" in page
    assert asked.instruction == "Warmer, please."


def test_a_cost_is_told_where_the_price_of_the_model_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings.ENV, "model_prices", {"gpt-4o-mini": (Decimal("0.15"), Decimal("0.60"))})
    cost = cost_of("gpt-4o-mini-2024-07-18", "gpt-4o-mini", prompt_tokens=1_000, completion_tokens=500)
    assert cost == Decimal("0.000450")
    assert cost_of("another", prompt_tokens=1_000, completion_tokens=500) is None
    assert cost_of("gpt-4o-mini", prompt_tokens=0, completion_tokens=0) is None
