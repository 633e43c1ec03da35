"""Where to go on after a form of a ticket: back to it, or to the next one of the same view that no colleague has claimed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

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


def view_of(request: HttpRequest) -> str:
    """The view that a ticket was opened from: in the address, and in what the forms post."""
    name = request.POST.get("view", "") or request.GET.get("view", "")
    return name if request.method == "GET" or name in VIEWS else ""


def to_ticket(request: HttpRequest, number: int) -> HttpResponse:
    """To a ticket; the list beside it stays the one that it was."""
    view = view_of(request)
    return redirect(reverse("ticket", args=[number]) + (f"?{urlencode({'view': view})}" if view else ""))


def place_of(number: int, view: str) -> Place | None:
    """None for a view or ticket that does not exist."""
    found = VIEWS.get(view)
    ticket = Ticket.objects.filter(pk=number).values("due_at", "updated_at").first()
    if found is None or ticket is None:
        return None
    return Place(view, number, ticket["due_at" if found.by == "due" else "updated_at"])


def next_after(place: Place, person: Person, *, without: Collection[int] = ()) -> int | None:
    """The number of the next ticket, from the top again after the last one; None when nothing else is there.

    `without`: numbers of tickets that colleagues have just now.
    """
    view = VIEWS[place.view]
    unclaimed = Q(assignee__isnull=True) | Q(assignee=person)
    rest = tickets_for(person).filter(view.filter(person.pk)).filter(unclaimed).exclude(pk__in=[place.number, *without])
    ahead = rest.filter(_after(view, place)) if place.when else rest
    for tickets in (ahead, rest):
        if found := tickets.order_by(*view.ordering).values_list("number", flat=True).first():
            return int(found)
    return None


def _after(view: View, place: Place) -> Q:
    if view.by == "due":
        return Q(due_at__gt=place.when) | Q(due_at=place.when, number__gt=place.number)
    return Q(updated_at__lt=place.when) | Q(updated_at=place.when, number__lt=place.number)
