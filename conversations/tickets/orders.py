"""The orders that a list can have: by one time, then by number, so that a page begins after a key and not at an offset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from conversations.tickets.models import Ticket


class Spot(NamedTuple):
    """Where a ticket stands in a list: its number, and the time that the list is sorted by."""

    number: int
    when: datetime | None

    @property
    def key(self) -> str:
        """Sorts as the list does, as text."""
        return f"{stamp(self.when)}-{self.number:012d}"

    @property
    def place(self) -> str:
        """Where the page after this ticket begins, for an address."""
        return f"{self.when.isoformat() if self.when else ''}_{self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """By one time of a ticket. `time` and `number` are where the database finds them, `field` where a ticket has its time."""

    name: str
    label: str | Promise
    field: str
    descending: bool
    time: str
    number: str = "number"

    @property
    def direction(self) -> Literal["ascending", "descending"]:
        return "descending" if self.descending else "ascending"

    @property
    def ordering(self) -> tuple[str, str]:
        """For `order_by`; `key` sorts the same way as text."""
        sign = "-" if self.descending else ""
        return f"{sign}{self.time}", f"{sign}{self.number}"

    def key(self, ticket: Ticket) -> str:
        return self.spot(ticket).key

    def spot(self, ticket: Ticket) -> Spot:
        return Spot(ticket.number, getattr(ticket, self.field))

    def after(self, place: str) -> Q:
        """The tickets that come after this place. Raises ValueError for what is none."""
        text, _sep, number = place.partition("_")
        when, last = datetime.fromisoformat(text), int(number)
        if when.tzinfo is None or not 0 < last < 2**63:
            raise ValueError(place)
        beyond = "lt" if self.descending else "gt"
        at: Mapping[str, Any] = {self.time: when, f"{self.number}__{beyond}": last}
        # The first part alone lets the index begin there; with OR alone it would be walked from its start.
        return Q(**{f"{self.time}__{beyond}e": when}) & (Q(**{f"{self.time}__{beyond}": when}) | Q(**at))


def stamp(when: datetime | None) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") if when else ""


ORDERS: dict[str, Order] = {
    order.name: order
    for order in (
        Order(name="due", label=_("by due time"), field="due_at", descending=False, time="due_at"),
        Order(name="newest", label=_("newest first"), field="updated_at", descending=True, time="updated_at"),
        Order(name="oldest", label=_("oldest first"), field="updated_at", descending=False, time="updated_at"),
    )
}
"""The orders of lists by name. Only what waits has a due time, so only lists of that are sorted by it."""

FOUND = Order(
    name="newest",
    label=_("newest first"),
    field="created_at",
    descending=True,
    time="words__opened_at",
)
"""The order of what a search finds: by when the tickets were opened, which is how the words are kept."""
