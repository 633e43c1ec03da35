"""Where to go on after a ticket: the next one of the same view that no colleague has claimed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from accounts.models import Person
from conversations.tickets.access import tickets_for
from conversations.tickets.models import Ticket
from conversations.tickets.rows import VIEWS, View


@dataclass(frozen=True, slots=True)
class Place:
    """Where a ticket stood in a view; taken before it is decided, because deciding moves it."""

    view: str
    number: int
    when: datetime | None


def place_of(number: int, view: str) -> Place | None:
    """None for a view or ticket that does not exist."""
    found = VIEWS.get(view)
    ticket = Ticket.objects.filter(pk=number).values("due_at", "updated_at").first()
    if found is None or ticket is None:
        return None
    return Place(view, number, ticket["due_at" if found.by == "due" else "updated_at"])


def next_after(place: Place, person: Person) -> int | None:
    """The number of the next ticket, from the top again after the last one; None when nothing else is there."""
    view = VIEWS[place.view]
    unclaimed = Q(assignee__isnull=True) | Q(assignee=person)
    rest = tickets_for(person).filter(view.filter(person.pk)).filter(unclaimed).exclude(pk=place.number)
    ahead = rest.filter(_after(view, place)) if place.when else rest
    for tickets in (ahead, rest):
        if found := tickets.order_by(*view.ordering).values_list("number", flat=True).first():
            return int(found)
    return None


def _after(view: View, place: Place) -> Q:
    if view.by == "due":
        return Q(due_at__gt=place.when) | Q(due_at=place.when, number__gt=place.number)
    return Q(updated_at__lt=place.when) | Q(updated_at=place.when, number__lt=place.number)
