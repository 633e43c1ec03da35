"""Loads the demo shop, once, in steps that each add what is missing.

    people ─▶ articles ─▶ macros ─▶ customers ─▶ tickets ─▶ drafts ─▶ questions ─▶ lookups ─▶ complete

Each step is a transaction that leaves `demo.imported` in the ledger. Killed anywhere, the next load finds by what is
there which steps are done and goes on; the entry `complete` comes last.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.utils import timezone

from accounts.models import Person
from conversations.demo.articles import import_articles, index_articles
from conversations.demo.calendar import Calendar
from conversations.demo.cases import missing_cases
from conversations.demo.content import tickets
from conversations.demo.drafts import finish_drafts, request_drafts, warm_up
from conversations.demo.history import AT_ONCE, import_customers, import_tickets, missing_tickets
from conversations.demo.macros import import_macros
from conversations.demo.people import import_people
from conversations.demo.shop import import_lookup
from conversations.drafting.actions import take_cases
from conversations.tickets.kinds import DemoImported
from desk.actions import Actor, action, record
from desk.ledger.models import Entry

LOADER = Actor("system", via="command")
_ONE_LOADER = 0x0DE1101  # advisory lock


def load(*, if_empty: bool = False) -> bool:
    """Put the demo in, or finish what a killed load began. Returns whether there was anything to do.

    With `if_empty` a desk with people of its own is left alone.
    """
    with _alone():
        if is_complete():
            # Of a demo that was loaded before there were evaluations.
            return bool(missing_cases()) and bool(take_cases(missing_cases(), by=LOADER))
        if if_empty and not _begun() and Person.objects.exists():
            return False
        warm_up()
        if not _begun():
            import_people(by=LOADER)
        import_articles(by=LOADER)
        import_macros(by=LOADER)
        calendar = Calendar.until(timezone.now())
        import_customers(calendar, by=LOADER)
        while rows := missing_tickets()[:AT_ONCE]:
            import_tickets(rows, calendar, by=LOADER)
        index_articles()
        request_drafts(by=LOADER)
        finish_drafts()
        take_cases(missing_cases(), by=LOADER)
        import_lookup(by=LOADER)
        _complete(by=LOADER)
    return True


@action("demo.imported")
def _complete(*, by: Actor) -> None:
    record(DemoImported(what="complete", rows=len(tickets())), by=by, subject="demo:complete")


def is_complete() -> bool:
    return _imported("complete")


def is_loading() -> bool:
    """Whether the demo is still to come: begun and not finished, or nothing and nobody here yet."""
    return not is_complete() and (_begun() or not Person.objects.exists())


def _begun() -> bool:
    return _imported("people")


def _imported(what: str) -> bool:
    return Entry.objects.filter(kind=DemoImported.kind, facts__what=what).exists()


@contextmanager
def _alone() -> Iterator[None]:
    """One loader at a time; the second waits, and then finds everything there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_ONE_LOADER])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_ONE_LOADER])
