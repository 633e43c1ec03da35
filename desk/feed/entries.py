"""Reading the ledger, and how its threads look now: in the feed's own thread, outside any transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import structlog
from django.db import DatabaseError

from desk.feed import registry
from desk.feed.recent import BEHIND, Item
from desk.feed.registry import Heard, Row
from desk.ledger.models import Counter, Entry
from desk.rows import Asked, Reading

MOST_AT_ONCE = 500  # entries

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Batch:
    """What one reading brought."""

    head: int
    items: list[Item] = field(default_factory=list)
    rows: dict[str, Row] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    rights: list[tuple[int, str]] = field(default_factory=list)
    more: bool = False


def read_first() -> Batch:
    """Where the ledger stands, and what happened last; rows of that are loaded when somebody needs them."""
    head = Counter.objects.values_list("value", flat=True).get()
    heard = [Heard(*values) for values in _latest.tuples(after=head - BEHIND, last=head)]
    return Batch(head, items=_items(heard), rights=_rights(heard))


def read_after(position: int, languages: Collection[str] = (), known: Collection[str] = ()) -> Batch:
    """What comes next. Entries are dense and in the order of commits, so nothing can come in between later.

    `known` are threads whose rows are there: they are read again only where lists show something of what happened.
    """
    heard = [Heard(*values) for values in _next.tuples(after=position)]
    if not heard:
        # Less than what was read already is a restored backup; more was committed just now and is the next reading's.
        return Batch(min(position, Counter.objects.values_list("value", flat=True).get()))
    batch = Batch(heard[-1].seq, items=_items(heard), more=len(heard) == MOST_AT_ONCE)
    batch.rights = _rights(heard)
    threads = {item.thread for item in batch.items if not item.unlisted or item.thread not in known}
    batch.rows = load_rows(threads, languages)
    batch.gone = threads - batch.rows.keys()
    return batch


_after = Entry.objects.filter(seq__gt=Asked("after")).order_by("seq")
_heard = _after.values_list("seq", "at", "kind", "subject", "thread", "facts")
_next = Reading(_heard[:MOST_AT_ONCE])
_latest = Reading(_heard.filter(seq__lte=Asked("last"))[:BEHIND])


def _items(heard: Iterable[Heard]) -> list[Item]:
    items = []
    for each in heard:
        moved, was = registry.moved(each)
        threads = registry.threads_of(each)
        shared, unlisted = len(threads) > 1, registry.is_unlisted(each.kind)
        items += [
            Item(each.seq, each.at, each.kind, thread, moved=moved, was=was, shared=shared, unlisted=unlisted)
            for thread in threads
        ]
    return items


def _rights(heard: Iterable[Heard]) -> list[tuple[int, str]]:
    """Whose rights may have changed, each with the number of the entry."""
    return [(each.seq, person) for each in heard for person in registry.people_of(each)]


def load_rows(threads: Collection[str], languages: Collection[str] = ()) -> dict[str, Row]:
    """Rows as they are now, made here in the languages of open pages. One that cannot be made must not hold up the others."""
    try:
        rows = dict(registry.load_rows(threads))
        for row in rows.values():
            for language in languages:
                row.html(language)
        return rows
    except DatabaseError:
        raise
    except Exception:
        log.exception("feed_row_failed", rows=len(threads))
        if len(threads) == 1:
            return {}
    return {thread: row for each in threads for thread, row in load_rows([each], languages).items()}
