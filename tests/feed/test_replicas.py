"""The promise: whatever is dropped, cut off or late, what a page shows equals what a fresh page would show."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.access import sight_of
from accounts.models import Person
from conversations.teamwork.queries import unseen_count
from conversations.tickets import actions
from conversations.tickets.access import visible
from conversations.tickets.models import Ticket
from conversations.tickets.rows import VIEWS, counts, rows_for
from desk import hints
from desk.actions import SYSTEM
from tests.cast import Cast
from tests.feed.live import Frame, Live, Page, head, signed_in

Shown = dict[int, tuple[str, str]]
"""Sort key and row, by ticket."""


def fresh(person: Person, view: str) -> Shown:
    found = VIEWS[view]
    topic = f"{found.topic}:{person.pk}" if found.personal else found.topic
    which = found.filter(person.pk) & visible(sight_of(person))
    rows = rows_for(list(Ticket.objects.filter(which).values_list("number", flat=True)))
    return {number: (row.lists[topic], row.keyed(row.lists[topic])) for number, row in rows.items()}


def fresh_counts(person: Person) -> dict[str, int]:
    sight, counted = sight_of(person), counts()

    def seen(topic: str) -> int:
        return sum(n for team, n in counted.get(topic, {}).items() if sight.sees(int(team[5:]) if team else None))

    views = {
        view.topic: seen(f"{view.topic}:{person.pk}" if view.personal else view.topic)
        for view in VIEWS.values()
        if view.counted
    }
    return {**views, "bell": unseen_count(person)}


def _seq_of(row: str) -> int:
    """The number that a row carries: that of the last entry of its own thread, on the page as in a frame."""
    return int(row.split('data-seq="', 1)[1].split('"', 1)[0])


@dataclass
class Replica:
    """A browser's page, which knows no more than a browser knows; the same rules as in static/js/live-list.js."""

    person: Person
    view: str
    cookie: str
    rows: dict[int, tuple[int, str, str]] = field(default_factory=dict)
    gone: dict[int, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    seq: int = 0
    page: Page | None = None

    def load(self) -> None:
        self.seq = head()
        self.rows = {number: (_seq_of(row), key, row) for number, (key, row) in fresh(self.person, self.view).items()}
        self.gone = {}

    def connect(self, live: Live) -> None:
        self.page = Page(live, cookie=self.cookie)
        self.page.follow(f"queue:{self.view}", after=self.seq)

    def disconnect(self) -> None:
        if self.page is not None:
            self.page.leave()
            self.page = None

    def catch_up(self) -> None:
        """Hear everything up to the present head, and then the counts, which may come up to a second later."""
        assert self.page is not None
        until = head()

        def present(frame: Frame) -> bool:
            self.hear(frame)
            return self.seq >= until and self.counts == fresh_counts(self.person)

        if not (self.seq >= until and self.counts == fresh_counts(self.person)):
            self.page.hear(present, within=15)

    def hear(self, frame: Frame) -> None:
        topic = f"queue:{self.view}"
        if "resync" in frame:
            self.load()
            return
        if "seq" not in frame:
            return
        assert frame["seq"] >= self.seq
        self.seq = frame["seq"]
        self.counts |= frame.get("counts", {})
        number = frame.get("ticket")
        if topic in frame.get("gone", ()):
            self.gone[number] = frame["seq"]
            self.rows.pop(number, None)
        if "row" in frame and topic in frame["in"]:
            seq = _seq_of(frame["row"])
            if seq >= max(self.gone.get(number, 0), self.rows.get(number, (0,))[0]):
                self.rows[number] = (seq, frame["key"], frame["row"])

    def shown(self) -> Shown:
        return {number: (key, row) for number, (_, key, row) in self.rows.items()}


class Work:
    """People at work: random actions on random tickets."""

    def __init__(self, company: Cast, dice: random.Random) -> None:
        self.company, self.dice = company, dice
        self.tickets = [company.ticket(team=dice.choice([None, company.orders, company.returns])) for _ in range(6)]

    def do_something(self) -> None:
        company, dice, by = self.company, self.dice, self.company.ben.actor()
        ticket = dice.choice(self.tickets)
        doing: Any = dice.choice(
            [
                lambda: self.tickets.append(company.ticket(team=dice.choice([None, company.orders, company.returns]))),
                lambda: actions.set_team(ticket, dice.choice([None, company.orders, company.returns]), by=by),
                lambda: actions.set_status(ticket, dice.choice(["open", "pending", "solved"]), by=by),
                lambda: actions.assign(ticket, dice.choice([None, company.ana, company.ben]), by=by),
                lambda: actions.set_priority(ticket, dice.choice(["low", "urgent"]), by=by),
                lambda: actions.snooze(ticket, timezone.now() + timedelta(hours=1), by=by),
                lambda: actions.wake(ticket, by=SYSTEM),
                lambda: actions.mark_breaching(ticket, by=SYSTEM),
                lambda: actions.add_note(ticket, text=f"Note {dice.random()}", by=by),
                lambda: actions.change_customer(company.carla, name=f"Carla {dice.randrange(99)}", by=by),
            ]
        )
        with suppress(actions.NotDue):
            doing()


@contextmanager
def hints_lost(dice: random.Random) -> Iterator[None]:
    """Most hints never arrive."""
    real = hints.after_commit
    hints.after_commit = lambda *what: real(*what) if dice.random() < 0.3 else None
    try:
        yield
    finally:
        hints.after_commit = real


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(2, 12))])
def test_every_replica_equals_a_fresh_page_after_cuts_and_lost_hints(company: Cast, live: Live, seed: int) -> None:
    dice = random.Random(seed)
    work = Work(company, dice)
    people = [company.ana, company.ben, company.sam, company.olga]
    cookies = {person.pk: signed_in(person) for person in people}
    views = ("todo", "mine", "waiting", "all")
    replicas = [Replica(person, view, cookies[person.pk]) for person in people for view in views]
    for replica in replicas:
        replica.load()
        replica.connect(live)
    with hints_lost(dice):
        for _ in range(120):
            work.do_something()
            replica = dice.choice(replicas)
            if dice.random() < 0.3:
                replica.disconnect()
            elif replica.page is None:
                replica.connect(live)
            elif dice.random() < 0.1:
                replica.catch_up()
    for replica in replicas:
        if replica.page is None:
            replica.connect(live)
        replica.catch_up()
        assert replica.shown() == fresh(replica.person, replica.view), f"{replica.person} {replica.view}"
        assert replica.counts == fresh_counts(replica.person)
