"""Time alone changes no list: the clock's ticks write entries, and lists follow those."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from conversations.tickets import actions
from conversations.tickets.built_in import VIEWS
from conversations.tickets.models import Ticket
from conversations.tickets.tasks import mark_what_is_breaching, wake_snoozed
from desk import clock
from desk.ledger.models import Entry
from tests.cast import Cast


def shift(ticket: Ticket, **fields: object) -> None:
    """As if time had passed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('countersign.action', 'test', true)")
    Ticket.objects.filter(pk=ticket.number).update(**fields)


def kinds_of(ticket: Ticket) -> list[str]:
    return list(Entry.objects.filter(thread=ticket.ref).order_by("seq").values_list("kind", flat=True))


def test_a_ticket_whose_snooze_is_over_wakes_once(cast: Cast) -> None:
    due, later = cast.ticket(), cast.ticket()
    for ticket in (due, later):
        actions.snooze(ticket, timezone.now() + timedelta(hours=1), by=cast.ana.actor())
    assert wake_snoozed() == 0
    shift(due, snoozed_until=timezone.now() - timedelta(seconds=1))
    assert wake_snoozed() == 1
    assert wake_snoozed() == 0
    assert kinds_of(due)[-1] == "ticket.woke"
    assert VIEWS["todo"].holds(Ticket.objects.get(pk=due.number))
    assert VIEWS["snoozed"].holds(Ticket.objects.get(pk=later.number))


def test_a_ticket_is_marked_once_when_it_is_due_within_half_an_hour(cast: Cast) -> None:
    near, over, far, asleep = (cast.ticket() for _ in range(4))
    now = timezone.now()
    shift(near, due_at=now + timedelta(minutes=29))
    shift(over, due_at=now - timedelta(hours=3))
    shift(far, due_at=now + timedelta(minutes=31))
    shift(asleep, due_at=now, snoozed_until=now + timedelta(hours=1))
    assert mark_what_is_breaching() == 2
    assert mark_what_is_breaching() == 0
    marked = Ticket.objects.filter(VIEWS["breaching"].which).order_by(*VIEWS["breaching"].ordering)
    assert [ticket.number for ticket in marked] == [over.number, near.number]
    assert kinds_of(near)[-1] == "ticket.breaching"
    assert "ticket.breaching" not in kinds_of(far) + kinds_of(asleep)


def test_the_clock_runs_both() -> None:
    names = {tick.name for tick in clock._ticks}
    assert {f"conversations.tickets.tasks.{name}" for name in ("wake_snoozed", "mark_what_is_breaching")} <= names
