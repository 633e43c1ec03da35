"""The built-in views of the queue: one definition for page, API and live feed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from conversations.tickets.models import Ticket
from conversations.tickets.orders import ORDERS
from conversations.tickets.states import Lane, Status

EVERY = Q()
WAITS = ~Q(lane=Lane.NONE) & Q(snoozed_until__isnull=True)
PENDING = Q(status=Status.PENDING)
SNOOZED = Q(snoozed_until__isnull=False)
ENDED = (Status.SOLVED, Status.CLOSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A list of tickets. `which` and `holds` say the same, one to the database, one of a ticket at hand.

    Views with the same `among` are counted in one pass over these tickets, for which there is a partial index.
    """

    name: str
    label: str | Promise
    by: Literal["due", "newest"]
    among: Q = EVERY
    also: Q = EVERY
    holds: Callable[[Ticket], bool]
    counted: bool = True
    personal: bool = False

    @property
    def which(self) -> Q:
        return self.among & self.also

    @property
    def topic(self) -> str:
        return f"queue:{self.name}"

    @property
    def order(self) -> Literal["ascending", "descending"]:
        return ORDERS[self.by].direction

    @property
    def ordering(self) -> tuple[str, str]:
        """For `order_by`; `key` sorts the same way as text."""
        return ORDERS[self.by].ordering

    @property
    def orders(self) -> tuple[str, ...]:
        """The names of the orders that this list can have, its own first."""
        others = ("due", "newest", "oldest") if self.among == WAITS else ("newest", "oldest")
        return (self.by, *(name for name in others if name != self.by))

    def filter(self, person_id: UUID | None) -> Q:
        """The tickets of this view as one person has it; what they may see at all is the door's to say."""
        return self.which & Q(assignee=person_id) if self.personal else self.which

    def list_of(self, ticket: Ticket) -> str:
        """The list of this view that the ticket is in, if `holds`."""
        return f"{self.topic}:{ticket.assignee_id}" if self.personal else self.topic

    def key(self, ticket: Ticket) -> str:
        return ORDERS[self.by].key(ticket)


def _waits(ticket: Ticket) -> bool:
    return ticket.lane != Lane.NONE and ticket.snoozed_until is None


VIEWS: dict[str, View] = {
    view.name: view
    for view in (
        View(name="todo", label=_("To do"), by="due", among=WAITS, holds=_waits),
        View(
            name="review",
            label=_("Review drafts"),
            by="due",
            among=WAITS,
            also=Q(lane=Lane.REVIEW),
            holds=lambda ticket: _waits(ticket) and ticket.lane == Lane.REVIEW,
        ),
        View(
            name="write",
            label=_("Write"),
            by="due",
            among=WAITS,
            also=Q(lane=Lane.WRITE),
            holds=lambda ticket: _waits(ticket) and ticket.lane == Lane.WRITE,
        ),
        View(
            name="trouble",
            label=_("Trouble"),
            by="due",
            among=WAITS,
            also=Q(lane=Lane.TROUBLE),
            holds=lambda ticket: _waits(ticket) and ticket.lane == Lane.TROUBLE,
        ),
        View(
            name="mine",
            label=_("Mine"),
            by="newest",
            personal=True,
            among=Q(assignee__isnull=False) & ~Q(status__in=ENDED),
            holds=lambda ticket: ticket.assignee_id is not None and ticket.status not in ENDED,
        ),
        View(
            name="unassigned",
            label=_("Unassigned"),
            by="newest",
            among=WAITS,
            also=Q(assignee__isnull=True),
            holds=lambda ticket: _waits(ticket) and ticket.assignee_id is None,
        ),
        View(
            name="waiting",
            label=_("Waiting for customer"),
            by="newest",
            among=PENDING,
            holds=lambda ticket: ticket.status == Status.PENDING,
        ),
        View(
            name="snoozed",
            label=_("Snoozed"),
            by="newest",
            among=SNOOZED,
            holds=lambda ticket: ticket.snoozed_until is not None,
        ),
        View(
            name="breaching",
            label=_("Breaching soon"),
            by="due",
            among=WAITS,
            also=Q(breaching_at__isnull=False),
            holds=lambda ticket: _waits(ticket) and ticket.breaching_at is not None,
        ),
        View(
            name="solved",
            label=_("Solved"),
            by="newest",
            counted=False,
            among=Q(status=Status.SOLVED, before_spam=""),
            holds=lambda ticket: ticket.status == Status.SOLVED and not ticket.is_spam,
        ),
        View(name="all", label=_("All"), by="newest", counted=False, holds=lambda _ticket: True),
    )
}
"""The built-in views by name, in the order shown. A ticket that was put off waits for nobody until it wakes."""
