"""Where to go on after a form of a ticket: back to it, or to the next one of the same list that no colleague has."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import islice
from urllib.parse import parse_qsl

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.doors import StaffRequest
from accounts.models import Person
from conversations.tickets.listing import BEST, Listing
from conversations.tickets.models import Ticket
from desk.problems import Invalid, NotFound

START = "todo"
PAGES = 4
"""As many are looked through: where more than 200 tickets in a row are taken, the list says so by itself."""


def listing_of(query: str, person: Person) -> Listing | None:
    """The list of a page, from what its forms carry; None when it is not there any more, or makes no sense."""
    try:
        asked = dict(parse_qsl(query[:2000]))
        return Listing.of(asked.pop("view", START), asked, person=person)
    except (NotFound, ValueError):
        return None


def listing_at(request: StaffRequest) -> Listing | None:
    """The list that the ticket was opened from: what the forms of its page carry."""
    carried = request.POST.get("list", "")
    return listing_of(carried, request.user) if carried else None


def to_ticket(request: StaffRequest, number: int) -> HttpResponse:
    """To a ticket; the list beside it stays the one that it was."""
    listing = listing_at(request)
    return redirect(reverse("ticket", args=[number]) + (f"?{listing.query()}" if listing else ""))


def beyond(listing: Listing, number: int) -> Listing:
    """The list from behind this ticket on; taken before it is decided, because deciding moves it."""
    ticket = Ticket.objects.filter(pk=number).first()
    ranked = listing.by == BEST or listing.by not in listing.sorts
    return replace(listing, after="" if ticket is None or ranked else listing.order.spot(ticket).place)


def next_in(listing: Listing, person: Person, *, taken: Collection[int]) -> int | None:
    """The number of the next ticket, from the top again after the last one; None when nothing else is there.

    What somebody else is assigned is passed over, and so are the numbers in `taken`.
    """
    for begun in (listing, replace(listing, after="")):
        for ticket in _tickets(begun, person):
            if ticket.number not in taken and ticket.assignee_id in {None, person.pk}:
                return ticket.number
    return None


def _tickets(listing: Listing, person: Person) -> Iterator[Ticket]:
    try:
        for page in islice(_pages(listing, person), PAGES):
            yield from page
    except (Invalid, NotFound):
        return


def _pages(listing: Listing, person: Person) -> Iterator[list[Ticket]]:
    rest: Listing | None = listing
    while rest is not None:
        page = rest.read(person)
        yield page.tickets
        rest = page.more
