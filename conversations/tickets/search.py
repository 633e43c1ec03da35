"""The language of searches, the same for the page and the API: words, "quoted phrases" and operators.

    refund "size 38" from:carla@example.com is:open tag:delivery team:returns before:2026-11-01 after:2026-10-01 #1042

What it finds is newest first, by when the tickets were opened; or the best of the newest `BEST_OF` first. To rank all that
has a common word would take seconds where there are many tickets.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar, cast
from uuid import UUID

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Team
from conversations.tickets.built_in import ENDED, PENDING, VIEWS, WAITS
from conversations.tickets.models import Ticket, Words
from conversations.tickets.orders import FOUND
from conversations.tickets.states import Status
from desk.problems import Invalid
from desk.rows import one_of

R = TypeVar("R")

OPERATORS = ("from", "is", "tag", "team", "has", "before", "after")
LANGUAGES = ("english", "german", "spanish", "french", "italian", "dutch", "portuguese")
LONGEST = 200  # characters
MOST_PARTS = 20
BEST_OF = 150
LOOKED_THROUGH = 6_000  # of the newest tickets; takes about 4 ms
LOOKED_UP = 0.15
"""Tickets that are looked up by the index of words in the time that it takes to walk over one: they lie far apart (8 us
each among a million, where a page is not at hand; walking takes 1 us)."""
_AMONG_FEW = replace(FOUND, time="created_at")
_IN_WORDS = replace(FOUND, time="opened_at", number="ticket_id")
_PART = re.compile(
    r'(?P<bare>[A-Za-z]+):(?=\s|$)|(?:(?P<name>[A-Za-z]+):)?(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))|(?P<open>")'
)
_NUMBER = re.compile(r"#\d{1,18}")


class Asked(SearchQuery):
    """A query in PostgreSQL's own words, taken as it is."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(text, config="simple", search_type="raw")

    def as_sql(self, *_: Any, **__: Any) -> tuple[str, list[str]]:  # type: ignore[override]
        return "%s::tsquery", [self.text]


@dataclass(frozen=True, slots=True)
class Search:
    """What somebody asked for, taken apart. `which` is what every ticket must be, `words` what must stand in it."""

    which: Q
    words: Asked | None
    # An operator leaves few tickets, for which there is an index in the order FOUND.
    few: bool = False

    def among(self, tickets: QuerySet[Ticket, R]) -> QuerySet[Ticket, R]:
        found = tickets.filter(self.which) if self.few else tickets.filter(self.which, words__opened_at__isnull=False)
        return found if self.words is None else found.filter(words__words=self.words)

    def newest(self, tickets: QuerySet[Ticket, R], *, most: int, after: str = "") -> list[R]:
        """What was found, newest first, `most` at most; `after` is a place in the order FOUND. Call it within `in_memory`.

        How often a word stands in tickets is known of common ones alone, and a guess that is wrong costs a walk through a
        quarter of all tickets (a word of one in 5,000 among a million: 297 ms). So first only the newest are looked through,
        where common words are; what was not found there is looked up.
        """
        order = _AMONG_FEW if self.few else FOUND
        tickets = tickets.filter(order.after(after)) if after else tickets
        found = self.among(tickets).order_by(*order.ordering)
        if self.words is None:
            return list(found[:most])
        if self.which:
            return self._these(found, most) if self._rare(most) else list(found[:most])
        newest = Words.objects.filter(_IN_WORDS.after(after) if after else Q()).order_by(*_IN_WORDS.ordering)
        edge = newest.values_list("opened_at", flat=True)[LOOKED_THROUGH : LOOKED_THROUGH + 1].first()
        if edge is None:
            return list(found[:most])
        newer = list(found.filter(words__opened_at__gte=edge)[:most])
        if len(newer) == most:
            return newer
        older, left = found.filter(words__opened_at__lt=edge), most - len(newer)
        return newer + (self._these(older, left) if self._rare(left) else list(older[:left]))

    def best(self, tickets: QuerySet[Ticket]) -> list[int]:
        """The numbers of what was found, best first: of the newest `BEST_OF`. Call it within `in_memory`."""
        if self.words is None:
            return self.newest(tickets.values_list("number", flat=True), most=BEST_OF)
        # Shorter texts first where the words are the same: 1 divides by 1 + log(length).
        rank = SearchRank(F("words__words"), self.words, weights=[0.1, 0.2, 0.6, 1.0], normalization=Value(1))
        found = self.newest(tickets.annotate(rank=rank).values_list("number", "rank"), most=BEST_OF)
        return [number for number, _rank in sorted(found, key=lambda each: -each[1])]

    def _rare(self, wanted: int) -> bool:
        """Whether to look up all tickets with these words is quicker than to walk from the newest on until so many have them.

        To walk is to pass `all / expected` tickets for each that is wanted; what is expected is PostgreSQL's own guess.
        """
        with connection.cursor() as cursor:
            cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'tickets_words'::regclass")
            (everything,) = cast("tuple[float]", cursor.fetchone())
            cursor.execute(
                "EXPLAIN (FORMAT JSON) SELECT FROM tickets_words WHERE words @@ %s::tsquery", [self._words.text]
            )
            (plan,) = cast("tuple[Any]", cursor.fetchone())
        expected = int((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]["Plan Rows"])
        return expected * expected <= wanted * max(everything, LOOKED_THROUGH) * LOOKED_UP

    def _these(self, wanted: QuerySet[Ticket, R], most: int) -> list[R]:
        """The first of these by the index of words: numbers that have them, then their tickets, a few and then more."""
        found, at_once = list[R](), 4 * most
        place: tuple[Any, int] = ("infinity", 2**63 - 1)
        while len(found) < most:
            with connection.cursor() as cursor:
                cursor.execute(
                    "WITH found AS MATERIALIZED (SELECT ticket_id, opened_at FROM tickets_words WHERE words @@ %s::tsquery) "
                    "SELECT opened_at, ticket_id FROM found WHERE (opened_at, ticket_id) < (%s::timestamptz, %s) "
                    "ORDER BY opened_at DESC, ticket_id DESC LIMIT %s",
                    [self._words.text, *place, at_once],
                )
                places = cursor.fetchall()
            found += wanted.filter(one_of("pk", [number for _, number in places]))[: most - len(found)]
            if len(places) < at_once:
                break
            place, at_once = places[-1], 8 * at_once
        return found

    @property
    def _words(self) -> Asked:
        assert self.words is not None  # noqa: S101 - asked of searches with words alone
        return self.words


@contextmanager
def in_memory() -> Iterator[None]:
    """Have PostgreSQL plan a search for tables that are in memory, and with one process.

    By its defaults, made for disks, it walks through the newest tickets where looking the word up is quicker: 66 ms instead
    of 10 for 300 of 1,500 among 150,000; and starting helpers costs more than they save: 280 ms instead of 60 (measured).
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('random_page_cost', '0.1', true), set_config('seq_page_cost', '0.1', true), "
            "set_config('max_parallel_workers_per_gather', '0', true), set_config('jit', 'off', true)"
        )
        yield


def parse(text: str, *, person_id: UUID | None) -> Search:
    """Take a search apart; `person_id` is who `is:mine` means. Raises Invalid with a sentence for what makes no sense."""
    which, words, few = Q(), list[_Word](), False
    parts = list(_PART.finditer(text.replace("\0", "")[:LONGEST]))
    if len(parts) > MOST_PARTS:
        raise _wrong(_("A search has at most %(most)d words.") % {"most": MOST_PARTS})
    for part in parts:
        if part["open"]:
            raise _wrong(_("A quotation mark is not closed."))
        name = (part["name"] or part["bare"] or "").lower()
        value = (part["phrase"] if part["phrase"] is not None else part["word"] or "").strip()
        if name in OPERATORS:
            if not value:
                raise _wrong(_("After %(name)s: a value is missing, as in %(example)s.") % _example(name))
            if name == "from":
                words += [_beginning(word, "B") for word in value.split()]
            else:
                which &= _MEANINGS[name](value, person_id)
                few = few or (name == "is" and value.lower() in _FEW)
            continue
        if name and (meant := difflib.get_close_matches(name, OPERATORS, n=1, cutoff=0.75)):
            raise _wrong(
                _("There is no operator %(name)s:. Did you mean %(meant)s:?") % {"name": name, "meant": meant[0]}
            )
        if part["phrase"] is not None and not name:
            if value:
                words.append(_Word(value, phrase=True))
        elif _NUMBER.fullmatch(part[0]):
            which &= Q(pk=int(part[0][1:]))
        else:
            words.append(_word(part[0].replace('"', " ")))
    return Search(which, _asked(words) if words else None, few)


@dataclass(frozen=True, slots=True)
class _Word:
    """A part of a search that stands in the text: as it is written or, for a word, as one of the languages stems it."""

    text: str
    phrase: bool = False
    raw: bool = False


def _word(word: str) -> _Word:
    begun = word.rstrip("*")
    return _beginning(begun, "") if word.endswith("*") and len(begun) >= 3 else _Word(word)


def _beginning(word: str, weight: str) -> _Word:
    """What begins so; a beginning of less than three letters is a word of its own. Weight B is the customer."""
    quoted = word.replace("\\", "\\\\").replace("'", "''")
    label = weight if len(word) < 3 else f"*{weight}"
    return _Word(f"'{quoted}'{':' + label if label else ''}", raw=True)


def _asked(words: Sequence[_Word]) -> Asked:
    """All of these. PostgreSQL takes them apart, in one statement; of stems that are alike one is asked for.

    It estimates by each part how much will be found, and chooses by that how to look: of eight times the same word it would
    expect eight times as much.
    """
    parts, values = [], []
    for word in words:
        if word.raw:
            made = ["to_tsquery('simple', %s)"]
        elif word.phrase:
            made = ["phraseto_tsquery('simple', %s)"]
        else:
            made = ["phraseto_tsquery('simple', %s)", *(f"plainto_tsquery('{name}', %s)" for name in LANGUAGES)]
        parts.append(f"ARRAY[{', '.join(f'{each}::text' for each in made)}]")
        values += [word.text] * len(made)
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(parts), values)
        found: Sequence[Sequence[str]] = cursor.fetchone() or ()
    wanted = [" | ".join(f"({stem})" for stem in dict.fromkeys(filter(None, stems))) for stems in found]
    return Asked(" & ".join(f"({each})" for each in wanted if each))


def _is(value: str, person_id: UUID | None) -> Q:
    name = value.lower()
    if name in VIEWS:
        return VIEWS[name].filter(person_id)
    if name in Status.values:
        return Q(status=name)
    known = ", ".join(dict.fromkeys([*VIEWS, *Status.values]))
    raise _wrong(_("is:%(value)s is not known. There is: %(known)s.") % {"value": value, "known": known})


def adds_having(name: str, which: Callable[[], Q]) -> None:
    """Register what tickets may have for `has:`, and which do; for rooms above this one."""
    _HAVING[name] = which


_HAVING: dict[str, Callable[[], Q]] = {}


def _has(value: str, person_id: UUID | None) -> Q:
    if which := _HAVING.get(value.lower()):
        return which()
    known = ", ".join(_HAVING)
    raise _wrong(_("has:%(value)s is not known. There is: %(known)s.") % {"value": value, "known": known})


_FEW = {*(name for name, view in VIEWS.items() if view.among in (WAITS, PENDING)), *set(Status.values) - set(ENDED)}


def _tag(value: str, person_id: UUID | None) -> Q:
    return Q(tags__contains=[value.lower().replace(" ", "-")])


def _team(value: str, person_id: UUID | None) -> Q:
    if value.lower() == "none":
        return Q(team__isnull=True)
    by_id = Q(pk=int(value)) if value.isascii() and value.isdecimal() and len(value) < 18 else Q()
    found = list(Team.objects.filter(by_id or Q(name__iexact=value)).values_list("pk", flat=True))
    if not found:
        raise _wrong(_("There is no team %(value)s.") % {"value": value})
    return Q(team=found[0])


def _before(value: str, person_id: UUID | None) -> Q:
    return Q(words__opened_at__lt=_midnight(value, "before"))


def _after(value: str, person_id: UUID | None) -> Q:
    return Q(words__opened_at__gte=_midnight(value, "after"))


_MEANINGS: dict[str, Callable[[str, UUID | None], Q]] = {
    "is": _is,
    "tag": _tag,
    "team": _team,
    "has": _has,
    "before": _before,
    "after": _after,
}
_EXAMPLES = {
    "from": "carla@example.com",
    "is": "open",
    "tag": "refund",
    "team": "returns",
    "has": "attachment",
}


def _midnight(value: str, name: str) -> datetime:
    """The beginning of a day, in the desk's own time."""
    try:
        day = date.fromisoformat(value)
        return timezone.make_aware(datetime(day.year, day.month, day.day))  # noqa: DTZ001 - made aware here
    except (ValueError, OverflowError):
        raise _wrong(
            _("%(value)s is no day. Write it as in %(example)s.") % {**_example(name), "value": value}
        ) from None


def _example(name: str) -> dict[str, str]:
    today = timezone.localdate() - timedelta(days=7)
    example = today.isoformat() if name in {"before", "after"} else _EXAMPLES[name]
    return {"name": name, "example": f"{name}:{example}"}


def _wrong(sentence: str) -> Invalid:
    return Invalid(sentence, errors={"q": [sentence]})
