"""Searches at many tickets against the same at 10,000: rare and common words, newest first and ranked."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from conversations.tickets.listing import BEST, Listing
from tests.benchmarks.crowd import FEW, MANY, Desk, at_both
from tests.benchmarks.lists import both
from tests.benchmarks.table import Figure

TIMES = 100  # so that there is a p99
SEARCHES = {
    "rare word": "gooseberry",
    "word of one in a hundred": "zipper",
    "common word": "refund",
    "two words": "refund zipper",
    "phrase": '"NO-4711"',
    "sender": "from:customer77@example.com",
    "operators": "refund is:open team:orders",
}


def measure() -> Iterator[Figure]:
    with at_both() as desks:

        def find(q: str, sort: str) -> Callable[[Desk], object]:
            listing = Listing.of("all", {"q": q, "sort": sort})
            return lambda desk: listing.read(desk.person)

        actions = {
            f"search, {name}, {'ranked' if sort else 'newest'}": find(q, sort)
            for name, q in SEARCHES.items()
            for sort in ("", BEST)
        }
        for name, (many, few) in both(desks, actions, times=TIMES).items():
            note = f"{MANY:,} tickets against {FEW:,}"
            yield Figure(name=f"{name}, p99", ours=many.p99, unit="ms", at_most=30, note=note)
            yield Figure(name=f"{name}, median", ours=many.median, floor=few.median, unit="ms", at_most=10, note=note)
