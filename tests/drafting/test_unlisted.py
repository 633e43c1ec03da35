"""Entries of which lists show nothing: rows stay as they were, are not read again, and do not come with them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import pytest

from conversations.drafting.actions import begin_draft
from conversations.drafting.models import Draft
from conversations.tickets.models import Sending, Ticket
from conversations.tickets.rows import rows_for
from desk import hints, jobs
from desk.actions import SYSTEM
from desk.feed import registry
from desk.feed.registry import Row
from desk.jobs import Job
from desk.ledger.models import Entry
from tests.cast import Cast
from tests.drafting.shelf import fill
from tests.drafting.test_pipeline import work
from tests.feed.live import Live, Page, head
from tests.mailroom.mail_server import MailServer
from tests.standin import StandIn


@pytest.fixture
def mail(settings: Any) -> Iterator[MailServer]:
    with MailServer() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


def test_rows_stay_as_they_were(
    company: Cast, standin: StandIn, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a ticket to its draft, and from its acknowledgement to the mail server: looked at after each commit."""
    fill()
    ticket = company.ticket()
    row, seen = _row(ticket.number), set()
    seq = head()

    def look(*_: Any) -> None:
        nonlocal row, seq
        kinds = set(Entry.objects.filter(seq__gt=seq, thread=ticket.ref).values_list("kind", flat=True))
        before, row, seq = row, _row(ticket.number), head()
        if kinds and all(map(registry.is_unlisted, kinds)):
            seen.update(kinds)
            assert row == before, kinds

    monkeypatch.setattr(hints, "after_commit", look)
    work()
    for sending in Sending.objects.filter(message__ticket=ticket):
        job = Job.objects.get(key=f"sending.deliver:{sending.pk}")
        Job.objects.filter(pk=job.pk).update(run_after=job.created_at)
        jobs.run(job.pk)
    assert seen == set(registry.unlisted_kinds())


def test_no_row_comes_with_them_and_pages_hear_of_them(company: Cast, standin: StandIn, live: Live) -> None:
    fill()
    page = Page.of(company.ana, live, "queue:todo", "queue:review")
    ticket = company.ticket()
    opened = page.hear_change(ticket.number)
    work()
    prepared = page.hear_change(ticket.number, kind="draft.prepared")
    begun, called = (
        next(frame for frame in page.told if frame.get("kind") == kind) for kind in ("draft.begun", "model.called")
    )
    for frame in (begun, called):
        assert "row" not in frame
        assert f"ticket:{ticket.number}" in frame["in"]
    assert "row" in opened
    row = rows_for([ticket.number])[ticket.number]
    assert prepared["row"] == row.keyed(prepared["key"])
    assert Draft.objects.get(ticket=ticket).state == "pending_review"


def test_rows_are_read_again_only_where_they_may_have_changed_or_are_not_there(
    company: Cast, standin: StandIn, live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill()
    before = company.ticket()
    page, read = Page.of(company.ana, live, "queue:todo"), set[str]()
    page.hear_up_to(head())
    ticket = company.ticket()
    page.hear_change(ticket.number)
    loader = registry._rows[0]

    def load(threads: Collection[str]) -> Any:
        read.update(threads)
        return loader(threads)

    monkeypatch.setattr(registry, "_rows", [load])
    for each in (ticket, before):
        _begin(each)
        page.hear_change(each.number, kind="draft.begun")
    assert read == {before.ref}, "of the other one the row was there"


def _begin(ticket: Ticket) -> None:
    job = Job.objects.get(key=f"draft.generate:{Draft.objects.get(ticket=ticket).pk}")
    held = jobs.claim(job.pk)
    assert held is not None
    assert begin_draft(int(job.target), held, by=SYSTEM) is not None


def _row(number: int) -> tuple[Any, ...]:
    row: Row = rows_for([number])[number]
    return row.html(), row.team, tuple(row.lists.items())
