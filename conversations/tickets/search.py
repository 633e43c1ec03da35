"""The language of searches, the same for the page and the API: words, "quoted phrases" and operators.

    refund "size 38" from:carla@example.com is:open tag:delivery team:returns before:2026-11-01 after:2026-10-01 #1042

What it finds is newest first, by when the tickets were opened; or the best of the newest `BEST_OF` first. To rank all that
has a common word would take seconds where there are many tickets.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from operator import and_, or_
from uuid import UUID

from django.contrib.postgres.search import CombinedSearchQuery, SearchQuery, SearchRank
from django.db.models import F, Q, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Team
from conversations.tickets.models import Ticket, Words
from conversations.tickets.orders import FOUND
from conversations.tickets.rows import VIEWS
from conversations.tickets.states import Status
from desk.problems import Invalid

OPERATORS = ("from", "is", "tag", "team", "before", "after")
LANGUAGES = ("english", "german", "spanish", "french", "italian", "dutch", "portuguese")
LONGEST = 200  # characters
MOST_PARTS = 20
BEST_OF = 300
_PART = re.compile(r'(?:(?P<name>[A-Za-z]+):)?(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))|(?P<bare>[A-Za-z]+):(?=\s|$)|(?P<open>")')
_NUMBER = re.compile(r"#\d{1,18}")

AnyQuery = SearchQuery | CombinedSearchQuery


@dataclass(frozen=True, slots=True)
class Search:
    """What somebody asked for, taken apart. `which` is what every ticket must be, `words` what must stand in it."""

    text: str
    which: Q
    words: AnyQuery | None

    def among(self, tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
        found = tickets.filter(self.which, words__opened_at__isnull=False)
        return found if self.words is None else found.filter(words__words=self.words)

    def best(self, tickets: QuerySet[Ticket]) -> list[int]:
        """The numbers of what was found, best first: of the newest `BEST_OF`."""
        newest = self.among(tickets).order_by(*FOUND.ordering)[:BEST_OF]
        numbers = list(newest.values_list("number", flat=True))
        if self.words is None:
            return numbers
        # Shorter texts first where the words are the same: 1 divides by 1 + log(length).
        rank = SearchRank(F("words"), self.words, weights=[0.1, 0.2, 0.6, 1.0], normalization=Value(1))
        ranked = Words.objects.filter(pk__in=numbers).annotate(rank=rank).order_by("-rank", "-opened_at", "-pk")
        return list(ranked.values_list("pk", flat=True))


def parse(text: str, *, person_id: UUID | None) -> Search:
    """Take a search apart; `person_id` is who `is:mine` means. Raises Invalid with a sentence for what makes no sense."""
    which, words = Q(), list[AnyQuery]()
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
                words.append(_sender(value))
            else:
                which &= _MEANINGS[name](value, person_id)
            continue
        if name and (meant := difflib.get_close_matches(name, OPERATORS, n=1, cutoff=0.75)):
            raise _wrong(
                _("There is no operator %(name)s:. Did you mean %(meant)s:?") % {"name": name, "meant": meant[0]}
            )
        if part["phrase"] is not None and not name:
            if value:
                words.append(SearchQuery(value, config="simple", search_type="phrase"))
        elif _NUMBER.fullmatch(part[0]):
            which &= Q(pk=int(part[0][1:]))
        else:
            words.append(_word(part[0].replace('"', " ")))
    return Search(text, which, reduce(and_, words) if words else None)


def _word(word: str) -> AnyQuery:
    """As it was written, or as one of the languages stems it. `refun*` is what begins so."""
    if word.endswith("*") and len(word.rstrip("*")) >= 3:
        return _beginning(word.rstrip("*"), "")
    stems: list[AnyQuery] = [SearchQuery(word, config=language) for language in LANGUAGES]
    return reduce(or_, stems, SearchQuery(word, config="simple", search_type="phrase"))


def _sender(value: str) -> AnyQuery:
    """Words of the customer's name or address; three letters and more may be a beginning."""
    words: list[AnyQuery] = [_beginning(word, "B") for word in value.split()]
    return reduce(and_, words)


def _beginning(word: str, weight: str) -> SearchQuery:
    quoted = word.replace("\\", "\\\\").replace("'", "''")
    label = weight if len(word) < 3 else f"*{weight}"
    return SearchQuery(f"'{quoted}'{':' + label if label else ''}", config="simple", search_type="raw")


def _is(value: str, person_id: UUID | None) -> Q:
    name = value.lower()
    if name in VIEWS:
        return VIEWS[name].filter(person_id)
    if name in Status.values:
        return Q(status=name)
    known = ", ".join(dict.fromkeys([*VIEWS, *Status.values]))
    raise _wrong(_("is:%(value)s is not known. There is: %(known)s.") % {"value": value, "known": known})


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
    "before": _before,
    "after": _after,
}
_EXAMPLES = {
    "from": "carla@example.com",
    "is": "open",
    "tag": "refund",
    "team": "returns",
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
