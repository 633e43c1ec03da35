"""New tickets while somebody tries the desk."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings

from conversations.demo import trickle
from conversations.demo.content import content
from conversations.models import Customer, Ticket
from desk import clock
from desk.ledger.models import Entry


def test_each_beat_brings_one_ticket_of_a_customer_not_met_before(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings.ENV, "demo_trickle", True)
    rows = len(content("trickle"))
    for _ in range(rows + 2):
        assert trickle.trickle() is not None
    assert Ticket.objects.count() == Customer.objects.count() == rows + 2
    assert set(Ticket.objects.values_list("channel", flat=True)) == {"form"}
    assert Ticket.objects.values("subject").distinct().count() == rows
    assert Entry.objects.filter(kind="ticket.opened").count() == rows + 2
    assert set(Entry.objects.filter(kind="ticket.opened").values_list("actor", flat=True)) == {"customer"}


def test_it_rests_unless_it_is_wanted(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings.ENV, "demo_trickle", False)
    assert trickle.trickle() is None
    assert not Ticket.objects.exists()


def test_the_clock_beats_it_every_twenty_seconds() -> None:
    beats = {tick.name: tick.seconds for tick in clock._ticks}
    assert beats["conversations.demo.trickle.trickle"] == 20
