"""From a ticket's commit to its draft on an open page, beyond the time that the provider itself takes."""

from __future__ import annotations

import json
import statistics
import time
import urllib.request
from collections.abc import Iterator

from conversations.drafting.models import ModelCall
from conversations.drafting.receipts import request_of
from conversations.knowledge.models import Passage
from desk.ledger.models import Entry
from tests.benchmarks.measuring import Times
from tests.benchmarks.table import Figure
from tests.chaos.stack import Stack, database_of, eventually, idle, stack
from tests.feed.live import Live, Page

WARM, TIMES = 5, 40


class _At(Live):
    """A desk that runs already."""

    def __init__(self, port: int) -> None:
        self.port = port


def measure() -> Iterator[Figure]:
    """One ticket after the other on a whole desk: web, worker, scheduler, and a stand-in that answers at once."""
    whole, provider = [], Times()
    with stack() as desk, database_of(desk.postgres.url):
        # Not before the worker has read the knowledge base: what it loads for that takes a second of its time, once.
        eventually(lambda: idle() and not _unread(), within=60, what="the knowledge base is read")
        page = Page.of(desk.cast.sam, _At(desk.port), "queue:review")
        for number in range(WARM + TIMES):
            took = _drafted(desk, page, number)
            request = request_of(ModelCall.objects.latest("id")).encode()
            if number >= WARM:
                whole.append(took)
                provider.take(lambda request=request: _ask(desk, request))  # type: ignore[misc]
    beyond = [ours - theirs for ours, theirs in zip(whole, provider.each, strict=True)]
    yield Figure(
        name="draft beyond the provider, median",
        ours=statistics.median(beyond),
        unit="ms",
        at_most=60,
        note=f"from commit to page; the provider itself takes {provider.median:.0f} ms",
    )
    yield Figure(name="draft beyond the provider, slowest", ours=max(beyond), unit="ms")


def _unread() -> bool:
    return Passage.objects.filter(current=True, vector=None).exists()


def _drafted(desk: Stack, page: Page, number: int) -> float:
    """Milliseconds from a ticket's entry in the ledger, just before its commit, until a page is told of its draft."""
    ticket = desk.shop.opened(f"pipeline{number}@example.com")
    page.hear_change(ticket, kind="draft.prepared")
    arrived = time.time()
    return (arrived - Entry.objects.get(thread=f"ticket:{ticket}", kind="ticket.opened").at.timestamp()) * 1000


def _ask(desk: Stack, request: bytes) -> None:
    """The same question to the provider, by the plainest client there is."""
    headers = {"Content-Type": "application/json", "Authorization": "Bearer standin"}
    asked = urllib.request.Request(f"{desk.standin.base_url}/chat/completions", request, headers)
    with urllib.request.urlopen(asked, timeout=10) as answer:
        assert json.load(answer)["choices"]
