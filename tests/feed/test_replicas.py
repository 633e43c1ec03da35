"""The promise: whatever is dropped, cut off or late, what a page shows equals what a fresh page would show."""

from __future__ import annotations

import difflib
import itertools
import random
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import redis
from django.utils import timezone
from websockets.exceptions import ConnectionClosed

from accounts.access import sight_of
from accounts.actions import join_team, leave_team
from accounts.models import Person
from conversations.teamwork.queries import unseen_count
from conversations.tickets import actions
from conversations.tickets.access import visible
from conversations.tickets.built_in import VIEWS
from conversations.tickets.models import Ticket
from conversations.tickets.rows import counts, rows_for
from desk import hints
from desk.actions import SYSTEM
from desk.embedded import ValkeyServer
from desk.feed.registry import Row
from tests.cast import Cast
from tests.feed.live import Frame, LiveProcess, Page, head, signed_in
from tests.servers import remove_var, temporary_var

MOST_TICKETS = 60
VIEWED = ("todo", "mine", "waiting", "unassigned", "all")

Shown = dict[int, tuple[str, str]]
"""Sort key and row, by ticket."""


def fresh(person: Person, view: str, language: str, rows: Mapping[int, Row] | None = None) -> Shown:
    """What a page shows that is loaded now; `rows` are those of all tickets, where they are at hand."""
    found = VIEWS[view]
    topic = f"{found.topic}:{person.pk}" if found.personal else found.topic
    which = found.filter(person.pk) & visible(sight_of(person))
    numbers = list(Ticket.objects.filter(which).values_list("number", flat=True))
    rows = rows if rows is not None else rows_for(numbers)
    return {
        number: (rows[number].lists[topic], rows[number].keyed(rows[number].lists[topic], language))
        for number in numbers
    }


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
    language: str
    cookie: str
    rows: dict[int, tuple[int, str, str]] = field(default_factory=dict)
    gone: dict[int, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    seq: int | None = 0
    page: Page | None = None

    def __str__(self) -> str:
        return f"{self.view} of {self.person.name} in {self.language}"

    def load(self) -> None:
        self.seq = head()
        shown = fresh(self.person, self.view, self.language)
        self.rows = {number: (_seq_of(row), key, row) for number, (key, row) in shown.items()}
        self.gone = {}

    def connect(self, server: LiveProcess) -> None:
        self.page = Page(server, cookie=self.cookie)
        after = {} if self.seq is None else {"after": self.seq}
        self.page.say({"follow": [f"queue:{self.view}"], "language": self.language, **after})

    def disconnect(self) -> None:
        if self.page is not None:
            self.page.leave()
            self.page = None

    def catch_up(self, server: LiveProcess, *, within: float = 20, until: Callable[[], bool] | None = None) -> None:
        """Hear everything up to the present head, and then the counts, which may come up to a second later."""
        present, limit = head(), time.monotonic() + within

        def up_to_date() -> bool:
            return self.seq is not None and self.seq >= present and self.counts == fresh_counts(self.person)

        while not (until or up_to_date)():
            assert time.monotonic() < limit, f"{self}: at {self.seq} of {present}, {self.counts}"
            try:
                if self.page is None:
                    self.connect(server)
                assert self.page is not None
                self.page.hear(self.hear, within=1)
            except ConnectionClosed as closed:
                self.page = None
                if closed.rcvd and closed.rcvd.code == 4401:
                    self.seq = None
            except OSError:  # the server is not there yet
                time.sleep(0.1)
            except AssertionError:
                continue

    def hear(self, frame: Frame) -> bool:
        topic = f"queue:{self.view}"
        if "resync" in frame:
            self.load()
            self.seq = frame["seq"]  # what was loaded may be newer; what comes in between is told all the same
            return True
        if "seq" not in frame:
            return False
        assert self.seq is not None
        if frame["seq"] < self.seq:
            raise Backwards(f"{self}: {frame['seq']} after {self.seq}")
        self.seq = frame["seq"]
        self.counts |= frame.get("counts", {})
        number = frame.get("ticket")
        if topic in frame.get("gone", ()):
            self.gone[number] = frame["seq"]
            if self.rows.get(number, (0,))[0] <= frame["seq"]:
                self.rows.pop(number, None)
        if "row" in frame and topic in frame["in"]:
            seq = _seq_of(frame["row"])
            if seq >= max(self.gone.get(number, 0), self.rows.get(number, (0,))[0]):
                self.rows[number] = (seq, frame["key"], frame["row"])
        return True

    def shown(self) -> Shown:
        return {number: (key, row) for number, (_, key, row) in self.rows.items()}


class Backwards(Exception):
    """A page was told what lies before what it knew."""


class Work:
    """People at work: random actions on random tickets."""

    def __init__(self, company: Cast, dice: random.Random) -> None:
        self.company, self.dice = company, dice
        self.tickets = [company.ticket(team=dice.choice(self.teams)) for _ in range(6)]

    @property
    def teams(self) -> list[Any]:
        return [None, self.company.orders, self.company.returns]

    def do_something(self) -> None:
        company, dice, by = self.company, self.dice, self.company.ben.actor()
        ticket = dice.choice(self.tickets)
        doing: Any = dice.choice(
            [
                lambda: self.one_more() if len(self.tickets) < MOST_TICKETS else None,
                lambda: actions.set_team(ticket, dice.choice(self.teams), by=by),
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

    def one_more(self) -> None:
        self.tickets.append(self.company.ticket(team=self.dice.choice(self.teams)))

    def change_rights(self) -> None:
        """Ana enters Returns, or leaves it again."""
        change = self.dice.choice([join_team, leave_team])
        change(self.company.returns, self.company.ana, by=SYSTEM)


@pytest.fixture
def valkey() -> Iterator[ValkeyServer]:
    """A Valkey of this test alone, to be mistreated."""
    var = temporary_var()
    server = ValkeyServer(var)
    server.start()
    yield server
    server.stop()
    remove_var(var)


@pytest.fixture
def server(company: Cast, own_database: str, valkey: ValkeyServer) -> Iterator[LiveProcess]:
    """A server process that hears of changes by this Valkey."""
    process = LiveProcess(own_database, redis_url=valkey.url)
    yield process
    process.stop()


@contextmanager
def hints_lost(valkey: ValkeyServer, dice: random.Random) -> Iterator[None]:
    """Most hints never arrive, and none while this Valkey is away."""
    real, post = hints.after_commit, redis.Redis.from_url(valkey.url, socket_timeout=0.2, socket_connect_timeout=0.2)

    def mostly_lost(position: int, job_ids: Any = ()) -> None:
        if dice.random() < 0.3:
            with suppress(redis.RedisError):
                post.publish(hints.CHANNEL, position)

    hints.after_commit = mostly_lost
    try:
        yield
    finally:
        hints.after_commit = real


@pytest.mark.parametrize(
    ("pages", "changes", "seed"),
    [
        (10, 80, 1),
        # Ten thousand changes before fifty pages, in five pieces that may run side by side.
        *(pytest.param(50, 2_000, seed, marks=[pytest.mark.long, pytest.mark.timeout(900)]) for seed in range(11, 16)),
        *(pytest.param(20, 600, seed, marks=[pytest.mark.long, pytest.mark.timeout(300)]) for seed in range(3, 8)),
    ],
)
def test_every_replica_equals_a_fresh_page_after_cuts_lost_hints_and_restarts(
    company: Cast, server: LiveProcess, valkey: ValkeyServer, pages: int, changes: int, seed: int
) -> None:
    """Sockets are cut, hints get lost, Valkey and the server are killed and come back, people get and lose rights."""
    dice = random.Random(seed)
    # To catch up takes up to a second, as most hints are lost.
    catching_up = 0.1 if changes < 1_000 else 0.01
    work = Work(company, dice)
    people = [company.ana, company.ben, company.sam, company.olga, company.aud]
    cookies = {person.pk: signed_in(person) for person in people}
    sorts = itertools.cycle(itertools.product(("en", "de"), VIEWED, people))
    replicas = [
        Replica(person, view, language, cookies[person.pk]) for language, view, person in itertools.islice(sorts, pages)
    ]
    dice.shuffle(replicas)
    for replica in replicas:
        replica.load()
        replica.connect(server)
    with hints_lost(valkey, dice):
        for number in range(1, changes + 1):
            work.do_something()
            if number % (changes // 5) == 0:
                valkey.kill()
            elif number % (changes // 5) == 20:
                valkey.start() if not running(valkey) else None
            if number % (changes // 3) == 0:
                server.restart(dice.choice([signal.SIGKILL, signal.SIGTERM]))
            if dice.random() < 0.01:
                work.change_rights()
            replica = dice.choice(replicas)
            if dice.random() < 0.3:
                replica.disconnect()
            elif replica.page is None:
                replica.connect(server)
            elif dice.random() < catching_up:
                replica.catch_up(server)
            if number % 500 == 0:
                all_are_as_fresh_ones(replicas, server)
    all_are_as_fresh_ones(replicas, server)


def all_are_as_fresh_ones(replicas: list[Replica], server: LiveProcess) -> None:
    rows = rows_for(list(Ticket.objects.values_list("number", flat=True)))
    for replica in replicas:
        shown = fresh(replica.person, replica.view, replica.language, rows)
        replica.catch_up(server)
        if replica.shown() != shown:  # rights have changed a moment ago: the socket is closed, and the page begins anew
            with suppress(AssertionError):
                replica.catch_up(server, within=3, until=lambda replica=replica, shown=shown: replica.shown() == shown)
        assert replica.shown() == shown, f"{replica}: {different(replica.shown(), shown)}"
        assert replica.counts == fresh_counts(replica.person), str(replica)


def different(shown: Shown, fresh: Shown) -> dict[int, list[str]]:
    """Of each ticket that is shown differently, the lines that differ."""
    pairs = {number: (shown.get(number), fresh.get(number)) for number in shown.keys() | fresh.keys()}
    return {
        number: [line for line in difflib.ndiff(*map(_lines, pair)) if line[0] in "-+"]
        for number, pair in pairs.items()
        if pair[0] != pair[1]
    }


def _lines(row: tuple[str, str] | None) -> list[str]:
    return [row[0], *row[1].splitlines()] if row else []


def running(server: ValkeyServer) -> bool:
    return server.child is not None and server.child.poll() is None
