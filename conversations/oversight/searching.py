"""A search in the ledger: what an address may ask for, and the entries that it means, a page at a time.

However many entries there are, each page is read from indexes: where a filter means one of several things (somebody acted,
or it is about them), each is read in order by itself, and the first of all are taken.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.models import Person
from conversations.drafting.models import SettingsVersion
from conversations.tickets.models import Customer, Ticket
from desk.api import BIGGEST
from desk.ledger.kinds import kinds
from desk.ledger.models import Entry

NAMES = ("person", "kind", "ticket", "customer", "since", "until", "version", "size")
LONGEST = 254  # a mail address
MOST_VERSIONS = 200


@dataclass(slots=True)
class Search:
    """What was asked for, as an address has it; `faults` are sentences about what cannot be looked for."""

    asked: dict[str, str]
    faults: list[str] = field(default_factory=list)
    _all: Q = field(default_factory=Q)
    _either: list[list[Q]] = field(default_factory=list)

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> Search:
        """Read what an address, a form or a saved search says; what it does not know is left aside."""
        said = ((name, str(asked.get(name) or "").replace("\0", "").strip()[:LONGEST]) for name in NAMES)
        found = cls({name: value for name, value in said if value})
        for name, value in list(found.asked.items()):
            getattr(found, f"_{name}")(value)
        return found

    @property
    def query(self) -> str:
        return urlencode(self.asked)

    def newest(self, many: int, *, before: int | None = None) -> list[Entry]:
        """So many entries, newest first, older than `before`."""
        return self._merged(Q(seq__lt=before) if before is not None else Q(), "-seq", many)

    def oldest(self, many: int, *, after: int, up_to: int = BIGGEST) -> list[Entry]:
        """So many entries, oldest first, newer than `after`."""
        return self._merged(Q(seq__gt=after, seq__lte=up_to), "seq", many)

    def count(self, *, up_to: int) -> int:
        return 0 if self.faults else Entry.objects.filter(self._whole(), seq__lte=up_to).count()

    def stream(self, *, up_to: int, at_once: int) -> Iterator[list[Entry]]:
        """All of them in order, some at a time."""
        after = 0
        while some := self.oldest(at_once, after=after, up_to=up_to):
            yield some
            after = some[-1].seq

    def _merged(self, further: Q, order: str, many: int) -> list[Entry]:
        if self.faults:
            return []
        found: dict[int, Entry] = {}
        for way in itertools.product(*self._either):
            narrowed: QuerySet[Entry] = Entry.objects.filter(self._all, *way).filter(further)
            found |= {entry.seq: entry for entry in narrowed.order_by(order)[:many]}
        return [found[seq] for seq in sorted(found, reverse=order.startswith("-"))[:many]]

    def _whole(self) -> Q:
        whole = self._all
        for ways in self._either:
            either = Q()
            for way in ways:
                either |= way
            whole &= either
        return whole

    def _person(self, value: str) -> None:
        key = _uuid(value)
        if key is None or not Person.objects.filter(pk=key).exists():
            self.faults.append(_("Nobody here has this id."))
            return
        self.asked["person"] = str(key)
        ref = f"person:{key}"
        self._either.append([Q(actor=ref), Q(subject=ref, subject__startswith="person:")])

    def _kind(self, value: str) -> None:
        """A kind, or a noun: all that happens to it."""
        known = [name for name in kinds() if value in {name, name.partition(".")[0]}]
        if not known:
            self.faults.append(_("There is no such kind of entry."))
        self._all &= Q(kind=known[0]) if known == [value] else Q(kind__in=known)

    def _ticket(self, value: str) -> None:
        number = _number(value.lstrip("#"))
        if number is None:
            self.faults.append(_("A ticket is looked for by its number."))
            return
        self.asked["ticket"] = str(number)
        self._all &= Q(thread=f"ticket:{number}")

    def _customer(self, value: str) -> None:
        """By mail address or id; from here on by the id alone, so that no link or saved search holds the address."""
        key = _uuid(value)
        customer = Customer.objects.filter(Q(pk=key) if key else Q(email__iexact=value)).first()
        if customer is None:
            self.asked.pop("customer")
            self.faults.append(_("No customer has this mail address."))
            return
        self.asked["customer"] = str(customer.pk)
        number = Cast("number", CharField())
        theirs = Ticket.objects.filter(customer=customer).values_list(Concat(Value("ticket:"), number), flat=True)
        self._either.append(
            [
                Q(actor=customer.ref),
                Q(subject=customer.ref, subject__startswith="customer:"),
                Q(thread__in=theirs),
            ]
        )

    def _since(self, value: str) -> None:
        if at := self._time(value, end=False):
            self._all &= Q(at__gte=at)

    def _until(self, value: str) -> None:
        if at := self._time(value, end=True):
            self._all &= Q(at__lt=at)

    def _time(self, value: str, *, end: bool) -> datetime | None:
        """A day (all of it) or a moment, as browsers and ISO 8601 write them."""
        try:
            if moment := parse_datetime(value) if len(value) > 10 else None:
                return timezone.make_aware(moment) if timezone.is_naive(moment) else moment
            if day := parse_date(value):
                return timezone.make_aware(datetime.combine(day + timedelta(days=int(end)), time.min))
        except (ValueError, OverflowError):
            pass
        self.faults.append(_("A time is written as 2026-03-31 or 2026-03-31T14:30."))
        return None

    def _version(self, value: str) -> None:
        """Number of a settings version, or the name of a prompt's version."""
        number = _number(value)
        rows = SettingsVersion.objects.filter(Q(pk=number) if number else Q(prompt_version=value))
        found = [f"settings:{key}" for key in rows.order_by("-pk").values_list("pk", flat=True)[:MOST_VERSIONS]]
        if not found:
            self.faults.append(_("No draft was ever made with settings or a prompt of this version."))
            return
        self._all &= Q(facts__has_key="settings")
        self._all &= Q(facts__settings=found[0]) if len(found) == 1 else Q(facts__settings__in=found)

    def _size(self, value: str) -> None:
        number = _number(value)
        if number is None:
            self.faults.append(_("The size of the ledger is a number of entries."))
            return
        self._all &= Q(seq__lte=number)


def sealed_below(seqs: Sequence[int]) -> dict[int, int]:
    """The size of the first checkpoint that holds each of these entries; without those that are not sealed."""

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq, size FROM unnest(%s::bigint[]) AS entry (seq), LATERAL "
            "(SELECT size FROM ledger_checkpoint WHERE size >= seq ORDER BY size LIMIT 1) AS first",
            [list(seqs)],
        )
        return dict(cursor.fetchall())


def _uuid(value: str) -> UUID | None:
    try:
        return UUID(value) if len(value) == 36 else None
    except ValueError:
        return None


def _number(value: str) -> int | None:
    if not (value.isascii() and value.isdecimal() and len(value) < 19):
        return None
    return int(value)
