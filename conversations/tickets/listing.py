"""One list as its address says it: which view, narrowed to what, in which order, from which place on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Self
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.access import Sight, sight_of
from accounts.models import Person
from conversations.tickets.access import saved_view_for, tickets_for, visible
from conversations.tickets.built_in import VIEWS, View
from conversations.tickets.filters import FILTERS, narrowed
from conversations.tickets.models import SavedView, Ticket
from conversations.tickets.orders import FOUND, ORDERS, Order, Spot
from conversations.tickets.search import LONGEST, Search, in_memory, parse
from desk.problems import Invalid, NotFound
from desk.rows import one_of, written_out
from desk.statements import run

PAGE = 50
BEST = "best"


@dataclass(frozen=True, slots=True)
class Listing:
    """What an address asks for, not yet whether it makes sense."""

    view: View
    filters: Mapping[str, str] = field(default_factory=dict)
    q: str = ""
    sort: str = ""
    after: str = ""
    saved: SavedView | None = None

    @classmethod
    def of(cls, view: str, asked: Mapping[str, str], *, person: Person | None = None) -> Self:
        """From the parameters of an address. Raises NotFound for a view that does not exist, or not for this person."""
        if view.startswith("saved-"):
            saved = saved_view_for(person, view.removeprefix("saved-"))
            return replace(cls.of(saved.view, {**saved.parameters, **asked}), saved=saved)
        if view not in VIEWS:
            raise NotFound
        said = {name: value.replace("\0", "").strip() for name, value in asked.items()}
        return cls(
            VIEWS[view],
            {name: said[name] for name in FILTERS if said.get(name)},
            said.get("q", "")[:LONGEST],
            said.get("sort", ""),
            said.get("after", ""),
        )

    @property
    def plain(self) -> bool:
        """The view as it is, from its beginning: what the live feed tells of a ticket can be shown as it comes."""
        return not (self.filters or self.q or self.after or self.by != self.view.by)

    @property
    def by(self) -> str:
        """The name of the order."""
        return self.sort or ("newest" if self.q else self.view.by)

    @property
    def sorts(self) -> tuple[str, ...]:
        """The names of the orders to choose from."""
        return ("newest", BEST) if self.q else self.view.orders

    @property
    def order(self) -> Order:
        return FOUND if self.q else ORDERS[self.by]

    @property
    def shown_by(self) -> Order:
        """The order whose keys the rows have; what is ranked has none of its own."""
        return ORDERS["newest"] if self.by == BEST else self.order

    @property
    def slug(self) -> str:
        """The name of the view in addresses."""
        return self.saved.slug if self.saved else self.view.name

    def narrowing(self) -> dict[str, str]:
        """What makes this list another one than its built-in view; what a saved view keeps."""
        more = {"q": self.q, "sort": self.sort}
        return {**self.filters, **{name: value for name, value in more.items() if value}}

    def parameters(self) -> dict[str, str]:
        """What the address says besides the name of the view."""
        said = self.narrowing() | ({"after": self.after} if self.after else {})
        known = self.saved.parameters if self.saved else {}
        return {name: value for name, value in said.items() if known.get(name) != value}

    def address(self) -> str:
        parameters = self.parameters()
        return reverse("queue", args=[self.slug]) + (f"?{urlencode(parameters)}" if parameters else "")

    def query(self) -> str:
        """What the address of a ticket beside this list says of it."""
        return urlencode({"view": self.slug, **self.parameters()})

    def without(self, name: str) -> Self:
        """The same list without one filter, from its beginning; without what a saved view is made of it is none any more."""
        own = self.saved is not None and name in self.saved.parameters
        kept = {each: value for each, value in self.filters.items() if each != name}
        return replace(
            self,
            filters=kept,
            q="" if name == "q" else self.q,
            sort="" if name == "q" else self.sort,
            after="",
            saved=None if own else self.saved,
        )

    def spots(self, person: Person, *, only: frozenset[int] | None = None) -> tuple[list[Spot], Listing | None]:
        """What of `read` a page needs to show rows that it has: where which ticket stands. Raises Invalid as it does."""
        if self.plain and only is None and not (sight := sight_of(person)).none:
            found = [Spot(*row) for row in run(_first_page(self.view.name, sight, person.pk)).fetchall()]
            return found[:PAGE], replace(self, after=found[PAGE - 1].place) if len(found) > PAGE else None
        columns = ("number", self.order.field) if self.by in self.sorts else ()
        page = self.read(person, only=only, columns=columns)
        return [self.shown_by.spot(ticket) for ticket in page.tickets], page.more

    def read(self, person: Person, *, only: frozenset[int] | None = None, columns: Sequence[str] = ()) -> Page:
        """The page as this person sees it; of `only` these tickets those that are on it or after it.

        Raises Invalid with a sentence for a filter, an order or a search that makes no sense.
        """
        tickets, search = self._narrowed(person)
        tickets = tickets.only(*columns) if columns else tickets
        with in_memory() if search else nullcontext():
            if search and self.by == BEST:
                return self._best(search, tickets)
            beyond = self._beyond()
            if search and only is None:
                found = search.newest(tickets, most=PAGE + 1, after=self.after)
            else:
                tickets = (search.among(tickets) if search else tickets).filter(beyond)
                tickets = tickets if only is None else tickets.filter(pk__in=only)
                found = list(tickets.order_by(*self.order.ordering)[: PAGE + 1])
        more = self.order.spot(found[PAGE - 1]).place if len(found) > PAGE else ""
        return Page(found[:PAGE], replace(self, after=more) if more else None)

    def count(self, person: Person, *, most: int) -> int:
        """How many tickets are in it, `most` at most. Raises Invalid as `read`."""
        tickets, search = self._narrowed(person)
        return (search.among(tickets) if search else tickets)[:most].count()

    def numbers(self, person: Person, *, most: int) -> list[int]:
        """The numbers of all that is in it, from its beginning, ascending, `most` at most. Raises Invalid as `read`."""
        tickets, search = self._narrowed(person)
        with in_memory() if search else nullcontext():
            found = (search.among(tickets) if search else tickets).order_by("number")
            return list(found.values_list("number", flat=True)[:most])

    def _narrowed(self, person: Person) -> tuple[QuerySet[Ticket], Search | None]:
        tickets = tickets_for(person).filter(self.view.filter(person.pk) & narrowed(self.filters, person.pk))
        if self.by not in self.sorts:
            sentence = _("This list cannot be sorted by “%(sort)s”.") % {"sort": self.by[:20]}
            raise Invalid(sentence, errors={"sort": [sentence]})
        return tickets, parse(self.q, person_id=person.pk) if self.q else None

    def _beyond(self) -> Q:
        if not self.after:
            return Q()
        try:
            return self.order.after(self.after)
        except ValueError:
            raise NotFound from None

    def _best(self, search: Search, tickets: QuerySet[Ticket]) -> Page:
        begin = int(self.after) if self.after.isascii() and self.after.isdecimal() and len(self.after) < 4 else 0
        numbers = search.best(tickets)
        rows = {ticket.pk: ticket for ticket in Ticket.objects.filter(one_of("pk", numbers[begin : begin + PAGE]))}
        more = replace(self, after=str(begin + PAGE)) if len(numbers) > begin + PAGE else None
        return Page([rows[number] for number in numbers[begin : begin + PAGE] if number in rows], more)


@dataclass(frozen=True, slots=True)
class Page:
    """The tickets of one page, and the list from the next one on."""

    tickets: list[Ticket]
    more: Listing | None


@lru_cache(maxsize=1_000)
def _first_page(view: str, sight: Sight, person_id: UUID) -> str:
    """The statement for the first page of a built-in view, its values written into it: as in counting.py."""
    found = VIEWS[view]
    tickets = Ticket.objects.filter(visible(sight)).filter(found.filter(person_id)).order_by(*found.ordering)
    return written_out(tickets.values_list("number", ORDERS[found.by].time)[: PAGE + 1])


def chips(listing: Listing, person: Person) -> list[dict[str, str]]:
    """What a list is narrowed to, each with the address of the list without it."""
    found = [
        {
            "label": str(FILTERS[name].label),
            "value": FILTERS[name].words(value, person),
            "url": listing.without(name).address(),
        }
        for name, value in listing.filters.items()
    ]
    if listing.q:
        found.insert(0, {"label": _("Search"), "value": listing.q, "url": listing.without("q").address()})
    return found


def matching(query: str, *, person_id: UUID | None, tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Of these tickets those that a search finds, in no order. Raises Invalid."""
    return parse(query, person_id=person_id).among(tickets)
