"""Nothing is written without an entry in the ledger: every address is called, every tick of the clock and every command.

Addresses are called as nobody, an agent, a supervisor, an administrator, an auditor, and by programs, with fields that forms may
want; what refuses these proves nothing here. A call that changes a row outside the exempt tables has to leave an entry. Jobs are
run where this world gives them something to do, the others are on a list with the tests that run them. Commands are run too, but
for those that fill an empty desk or write nothing.
"""

from __future__ import annotations

import io
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command, get_commands
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, path
from django.utils import timezone

from accounts.models import Person
from conversations.drafting.actions.request import request_draft
from conversations.drafting.actions.stops import resume_drafting, stop_drafting
from conversations.models import Stop, Ticket
from conversations.review.actions import Seen, approve
from conversations.tickets.actions.customers import set_policy
from desk import clock
from desk.actions import SYSTEM
from desk.guards import EXEMPT
from desk.jobs import Job, carry_out, claim, kinds
from desk.ledger.models import Entry
from desk.roles import RIGHTS
from tests.api.calls import EVERYTHING
from tests.cast import Cast
from tests.drafts import pending_draft
from tests.invariants.test_walls import careless
from tests.privacy.due import ask

NO_ACT = {
    *EXEMPT,
    *(table for table in RIGHTS if table.startswith("ledger_")),
    "django_session",  # signing in and out are entries of their own
    "accounts_token",  # when it was used last; a test of its own sees to the rest
}
"""Tables whose rows are no acts: jobs, answers kept for repeated requests, presence, sessions, the ledger's own."""

AT_LEAST = 25  # addresses that are seen to write; with fewer the walk has lost its way

SAMPLES = {"int": "1", "uuid": "00000000-0000-4000-8000-000000000000", "str": "some", "slug": "todo", "path": "some"}


def addresses(patterns: list[Any], before: str = "") -> Iterator[str]:
    """Every address as a route, `tickets/<int:number>/`."""
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route


def rows() -> dict[str, tuple[int, int]]:
    """Of each table, how many rows it has and what they come to."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = sorted({table for (table,) in cursor.fetchall()} - NO_ACT)
        each = " UNION ALL ".join(
            f"SELECT '{table}', count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) FROM \"{table}\" t"
            for table in tables
        )
        cursor.execute(each)
        return {table: (count, digest) for table, count, digest in cursor.fetchall()}


def head() -> int:
    return Entry.objects.order_by("-seq").values_list("seq", flat=True).first() or 0


def changes(before: dict[str, tuple[int, int]]) -> list[str]:
    """Tables that are not any more what they were."""
    after = rows()
    return sorted(table for table, was in before.items() if after[table] != was)


@contextmanager
def taken_back() -> Iterator[None]:
    """Whatever the block does to the database is undone."""
    # No block of Django's, as actions want theirs to be the outermost one.
    before = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(before)


class World:
    """A ticket with a draft before people, and what addresses and forms may name."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.ticket = cast.ticket()
        self.draft = pending_draft(self.ticket)

    def path(self, route: str) -> str:
        names = {
            "number": self.ticket.number,
            "ticket_id": self.ticket.number,
            "draft_id": self.draft.pk,
            "customer_id": self.ticket.customer_id,
            "person_id": self.cast.ben.pk,
            "message_id": self.ticket.last_inbound_id,
            "token": self.ticket.link_token,
            "view": "todo",
        }

        def value(match: re.Match[str]) -> str:
            kind, _, name = match[1].rpartition(":")
            return str(names.get(name, SAMPLES.get(kind or "str", "some")))

        return "/" + re.sub(r"<([^>]+)>", value, route)

    def fields(self) -> dict[str, Any]:
        """What forms ask for, all at once."""
        return {
            "text": "We have looked into it, and your refund is on its way.",
            "body": "And where is my parcel?",
            "subject": "A parcel",
            "name": "Carla Jones",
            "email": "carla@example.com",
            "customer": {"email": "carla@example.com", "name": "Carla Jones"},
            "version": self.draft.version,
            "reason": "tone",
            "next": "write",
            "note": "Too stiff.",
            "instruction": "Warmer, please.",
            "last_seen": self.ticket.last_inbound_id,
            "what": "reply",
            "status": "pending",
            "priority": "high",
            "set": "priority:high",
            "to": f"person:{self.cast.ben.pk}",
            "ticket": self.ticket.number,
            "follow": "yes",
            "over": "1",
            "consent": "no",
            "ai_consent": False,
            "scope": "all",
            "value": "",
            "label": "A token",
            "scopes": ["tickets:read"],
            "days": "7",
            "languages": ["en"],
            "language": "en",
            "from": "customer",
            "audience": "private",
            "view": "todo",
            "outcome": "sent",
            "login": "ana@desk.test",
            "password": "demo",
            "severity": "hint",
            "kind": "tone",
            "theme": "dark",
            "open_next": "yes",
            "density": "compact",
        }


@dataclass
class Caller:
    """A program with a token, somebody who is signed in, or nobody."""

    client: Client
    person: Person | None
    token: str = ""
    session: str = ""

    def __post_init__(self) -> None:
        if self.person and not self.token:
            self.client.force_login(self.person)
            self.session = self.client.cookies["sessionid"].value

    def call(self, method: str, path: str, fields: dict[str, Any]) -> int:
        """The status of the answer."""
        if self.token:
            body = b"" if method == "GET" else json.dumps(fields).encode()
            headers = {"Authorization": f"Bearer {self.token}"}
            return self.client.generic(method, path, body, "application/json", headers=headers).status_code
        if self.session:  # signing out is one of the addresses
            self.client.cookies["sessionid"] = self.session
        sent = {name: value for name, value in fields.items() if not isinstance(value, dict)}
        return (self.client.get if method == "GET" else self.client.post)(path, sent).status_code


@pytest.fixture
def world(cast: Cast) -> World:
    return World(cast)


def walked(world: World, *, pages: list[Caller], programs: list[Caller]) -> tuple[list[str], Counter[str]]:
    """Every address, called in every way by everybody: which calls wrote without an entry, and how many of each wrote at all."""
    silent, writing = [], Counter[str]()
    before, seq = rows(), head()
    for route in sorted(set(addresses(get_resolver().url_patterns))):
        api = route.startswith("api/v1/")
        for caller in programs if api else pages:
            for method in ("GET", "POST", "PATCH", "DELETE") if api else ("GET", "POST"):
                with taken_back():
                    if caller.call(method, world.path(route), world.fields()) == 405:
                        continue
                    changed = changes(before)
                    if changed:
                        writing[route] += 1
                    if changed and head() == seq:
                        silent.append(f"{method} {route} as {caller.person}: {', '.join(changed)}")
    return silent, writing


def test_no_address_writes_without_an_entry(world: World, cast: Cast) -> None:
    pages = [
        Caller(Client(raise_request_exception=False), person)
        for person in (None, cast.ana, cast.sam, cast.ada, cast.aud)
    ]
    programs = [
        Caller(Client(raise_request_exception=False), person, cast.token(person, *EVERYTHING))
        for person in (cast.ana, cast.ada)
    ]
    silent, writing = walked(world, pages=pages, programs=programs)
    assert not silent, "\n".join(silent)
    assert len(writing) >= AT_LEAST, "\n".join(sorted(writing))


def test_an_address_that_writes_behind_the_ledgers_back_is_noticed(world: World, settings: Any) -> None:
    """Without what actions set the database refuses it; one that sets that by itself is what the walk is for."""

    def write(request: HttpRequest) -> HttpResponse:
        with transaction.atomic():
            Ticket.objects.update(snoozed_until=timezone.now())
        return HttpResponse()

    def sneak(request: HttpRequest) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('countersign.action', 'ticket.sneaked', true)")
        return write(request)

    settings.ROOT_URLCONF = (path("plain/", write), path("sneaky/", sneak))
    silent, writing = walked(world, pages=[Caller(Client(raise_request_exception=False), None)], programs=[])
    assert silent == [f"{method} sneaky/ as None: tickets_ticket" for method in ("GET", "POST")]
    assert set(writing) == {"sneaky/"}


def test_no_tick_of_the_clock_writes_without_an_entry(world: World) -> None:
    long_ago = timezone.now() - timedelta(days=40)
    careless(lambda: Ticket.objects.update(snoozed_until=long_ago, due_at=long_ago, waiting_since=long_ago), by=SYSTEM)
    silent, wrote = [], 0
    for tick in list(clock._ticks):
        before, seq = rows(), head()
        tick.run()
        changed = changes(before)
        wrote += bool(changed)
        if changed and head() == seq:
            silent.append(f"{tick.name}: {', '.join(changed)}")
    assert not silent, "\n".join(silent)
    assert wrote, "no tick wrote anything: none had anything to do"


JOBS = {
    "article.apply": "tests/drafting/test_sources.py",
    "auditors.tell": "tests/drafting/test_model_settings.py",
    "flags.apply": "tests/drafting/test_flag_rules.py",
    "lookup.fetch": "tests/drafting/test_lookups.py",
    "settings.apply": "tests/drafting/test_model_settings.py",
    "settings.evaluate": "tests/drafting/test_evaluations.py",
    "preview.draw": "tests/attachments/test_erase_and_draw.py",
    "teamwork.digest": "tests/teamwork/test_digest.py",
    "bulk.change": "tests/tickets/test_bulk.py",
    "bulk.undo": "tests/tickets/test_bulk.py",
    "ledger.verify": "tests/ledger/test_verify_now.py",
    "passages.index": "tests/knowledge/test_meaning.py",
}
"""Jobs that have nothing to do here, each with the tests that look for its entries."""


def test_no_job_writes_without_an_entry(company: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    cast, world = company, World(company)
    request_draft(cast.ticket("A second parcel"), by=SYSTEM)
    approve(world.draft, by=cast.ana.actor(), seen=Seen(world.draft.version))
    Job.objects.update(run_after=timezone.now())
    silent, wrote = [], set[str]()
    stops: list[Stop] = []

    def stop() -> None:
        pending_draft(cast.ticket("A third parcel", email="dora@example.com"))
        stops.append(stop_drafting(scope="all", reason="A try.", by=cast.sam.actor()))

    def want_consent() -> None:
        resume_drafting(stops[0], by=cast.sam.actor())
        pending_draft(cast.ticket("A fourth parcel", email="emil@example.com"))
        set_policy(ai_consent="consent", by=cast.ada.actor())

    def erase() -> None:
        ask(world.ticket.customer, monkeypatch)

    causes = (lambda: None, stop, want_consent, erase)
    for cause in causes:
        cause()
        while waiting := list(Job.objects.filter(state=Job.State.QUEUED).order_by("pk")):
            for job in waiting:
                before, seq = rows(), head()
                held = claim(job.pk)
                if held is None:
                    Job.objects.filter(pk=job.pk).delete()
                    continue
                carry_out(held)
                Job.objects.filter(pk=job.pk, state=Job.State.QUEUED).delete()  # it would try again later
                changed = changes(before)
                wrote |= {job.kind} if changed else set()
                if changed and head() == seq:
                    silent.append(f"{job.kind}: {', '.join(changed)}")
    assert not silent, "\n".join(silent)
    ours = {name for name in kinds() if not name.startswith("trial.")}  # those are of other tests
    assert {*wrote, *JOBS} == ours, "a job that is on no list did nothing here, or one that is on it did"
    for name, tests in JOBS.items():
        assert Path(tests).exists(), name


COMMANDS = {
    "add_person": ["new@desk.test", "New Person", "--role", "agent"],
    "issue_token": ["ana@desk.test", "--scopes", "tickets:read"],
    "receive_mail": [],
    "ledger": ["key", "new"],
    "erase_person": ["ben@desk.test", "--deactivate"],
}
"""Commands that write, each as it is called to write something here."""

OF_OTHER_WORLDS = {
    "load_demo": ("tests/demo/test_load.py", "demo.imported"),
    "data_keys": ("tests/desk/test_data_keys.py", "data_keys.rewrapped"),
}
"""Fills an empty desk; seals the keys of texts anew, once there are others: each with the tests that look for its entry."""

WRITE_NOTHING = {"standin", "scheduler", "sealer", "vendor", "prepare", "database_roles"}
"""Commands that write no row themselves: they start something whose actions do, or make tables and rights."""

MAIL = (
    b"From: Fay <fay@example.com>\nTo: help@desk.test\nSubject: A lamp\nMessage-ID: <one@example.com>\n\nIt is dark.\n"
)


def test_no_command_writes_without_an_entry(company: Cast, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from django.conf import settings

    monkeypatch.setattr(settings.ENV, "ledger_key", str(tmp_path / "key"))
    silent, idle = [], []
    for name, arguments in COMMANDS.items():
        said = MAIL if name == "receive_mail" else b"a long enough password for her\n"
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(said)))
        before, seq = rows(), head()
        with suppress(SystemExit):
            call_command(name, *arguments, stdout=io.StringIO())
        changed = changes(before)
        if head() == seq:
            (silent if changed else idle).append(f"{name}: {', '.join(changed)}")
    assert not silent, "\n".join(silent)
    assert not idle, "a command that is here to write did nothing"


def test_every_command_is_known_to_record_or_to_write_nothing() -> None:
    ours = {name for name, app in get_commands().items() if app in {"desk", "accounts", "conversations"}}
    assert ours == {*COMMANDS, *OF_OTHER_WORLDS, *WRITE_NOTHING}
    for tests, kind in OF_OTHER_WORLDS.values():
        assert kind in Path(tests).read_text(encoding="utf-8"), tests
