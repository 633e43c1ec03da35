"""The queue: views with live counts, and one list of tickets."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import sight_at
from accounts.doors import StaffRequest, staff
from accounts.models import Person, Role
from conversations.tickets.access import saved_views_for
from conversations.tickets.actions import may_change
from conversations.tickets.built_in import VIEWS
from conversations.tickets.choices import choices, suggestions
from conversations.tickets.counting import counts_for, told
from conversations.tickets.filters import FILTERS
from conversations.tickets.listing import BEST, Listing, chips
from conversations.tickets.orders import ORDERS, Spot
from conversations.tickets.rows import rows_at
from conversations.tickets.saved_views import MOST_SHOWN, audiences, groups
from conversations.tickets.search import BEST_OF
from desk.kept import Moment, furniture, look
from desk.problems import Invalid

START = "todo"
MOST_ASKED = 200  # tickets


@require_GET
@staff()
def queue(request: StaffRequest, view: str = START) -> HttpResponse:
    shown = list_beside(request, view=view)
    return render(request, "tickets/queue.html", shown, status=400 if shown["wrong"] else 200)


@require_GET
@staff()
def rows(request: StaffRequest, view: str) -> HttpResponse:
    """The rows alone, for a page whose feed has to begin anew; of `only` (numbers) those that are in this very list."""
    asked = request.GET.get("only", "").split(",")
    only = frozenset(int(number) for number in asked[:MOST_ASKED] if number.isdecimal() and len(number) < 19)
    moment = look()
    listing = Listing.of(view, request.GET.dict(), person=request.user)
    return render(request, "tickets/_rows.html", _rows_of(request, listing, moment, only=only))


def list_beside(
    request: StaffRequest, *, view: str = "", listing: Listing | None = None, current: int | None = None
) -> dict[str, Any]:
    """The list column: which view, its rows for this person, counts of all views. `seq` is read before all of them.

    The list is the one that the address says, unless a form carried another.
    """
    person, moment = request.user, look()
    person.sight = sight_at(moment, person)
    name = view or request.GET.get("view", "") or START
    listing = listing or Listing.of(name, request.GET.dict(), person=person)
    shown = _rows_of(request, listing, moment)
    totals = counts_for(person)
    here = VIEWS[listing.view.name]
    return {
        **shown,
        "current": current,
        "search": listing.q,
        "view": {**shown["view"], "count": told(totals.get(here.topic)) if listing.plain else ""},
        "chips": [] if shown["wrong"] else chips(listing, person),
        "bar": _bar(listing, person, moment),
        "sorts": _sorts(listing),
        "saved_views": groups(person, moment, here=listing),
        **_keeping(listing, person),
        "works": _may_work(person),
        # Only a whole page shows them: what is called in a template is not called before.
        "select": partial(_selecting, person, moment) if _may_work(person) else None,
        "views": [
            {
                "label": each.label,
                "url": reverse("queue", args=[each.name]),
                "topic": each.topic,
                "count": told(totals.get(each.topic)),
                "here": each is here and listing.saved is None,
            }
            for each in VIEWS.values()
        ],
    }


def _rows_of(
    request: StaffRequest, listing: Listing, moment: Moment, *, only: frozenset[int] = frozenset()
) -> dict[str, Any]:
    """What templates/tickets/_rows.html shows."""
    try:
        (spots, more), wrong = listing.spots(request.user, only=only or None), ""
    except Invalid as problem:
        spots, more, wrong = [], None, str(problem.detail)
    view, parameters = listing.view, listing.parameters()
    ranked = bool(listing.q) and listing.by == BEST
    query = urlencode(parameters)
    return {
        "seq": moment.seq,
        "rows": _rows(spots, moment),
        "wrong": wrong,
        "follow": _follow(listing, request.user, ranked=ranked or bool(wrong)),
        "more_url": more.address() if more else "",
        "view": {
            "name": view.name,
            "slug": listing.slug,
            "parameters": query,
            "label": listing.saved.name if listing.saved else view.label,
            # What is found and ranked has no place that a change could move it to.
            "topic": "" if ranked else view.topic,
            "counted": view.topic if listing.plain else "",
            "asks": not listing.plain,
            "order": "descending" if ranked else listing.order.direction if not wrong else view.order,
            "query": listing.query(),
            "address": listing.address(),
            "first_url": listing.without("after").address() if listing.after else "",
            "rows_url": reverse("rows", args=[listing.slug]) + (f"?{query}" if query else ""),
            **_words(listing, wrong),
        },
    }


def _follow(listing: Listing, person: Person, *, ranked: bool) -> str:
    """The topics of a page: its list first, whose keys its rows have; To do also for who wants to be told of new tickets."""
    topics = [] if ranked else [listing.view.topic]
    if person.prefers.notices:
        topics.append(VIEWS[START].topic)
    return " ".join(dict.fromkeys(topics))


def _selecting(person: Person, moment: Moment) -> dict[str, Any]:
    """What may be done to selected tickets, and what the fields for it suggest."""
    return {"choices": choices(moment=moment), **suggestions(person, moment)}


def _rows(spots: Sequence[Spot], moment: Moment) -> list[str]:
    """The shared rows of these tickets, each with its key in this list."""
    language = get_language() or settings.LANGUAGE_CODE
    found = rows_at(moment, [spot.number for spot in spots])
    return [
        mark_safe(found[spot.number].keyed(spot.key, language))  # noqa: S308 - rendered by a template
        for spot in spots
        if spot.number in found
    ]


def _words(listing: Listing, wrong: str) -> dict[str, str]:
    """How a list is ordered, and what it says when nothing is in it."""
    if wrong:
        return {"order_words": "", "empty_title": _("This cannot be shown"), "empty_text": wrong}
    if listing.q and listing.by == BEST:
        order = _("best of the newest %(most)d") % {"most": BEST_OF}
    else:
        order = str(listing.order.label)
    if listing.q or listing.filters:
        empty = _("Nothing found"), _("Take a filter away, or search for other words.")
    elif listing.view.name == START:
        empty = _("Nothing waits for a person"), _("New tickets and drafts appear here by themselves.")
    else:
        empty = _("Nothing here"), _("Tickets appear here by themselves when they belong here.")
    return {"order_words": order, "empty_title": empty[0], "empty_text": empty[1]}


def _bar(listing: Listing, person: Person, moment: Moment) -> list[dict[str, Any]]:
    """The fields of the filter bar."""
    offered = furniture.one(
        ("filters", person.pk, get_language()),
        moment,
        lambda: {each.name: each.choices(person) for each in FILTERS.values() if each.choices},
    )
    return [
        {
            "name": each.name,
            "label": each.label,
            "value": listing.filters.get(each.name, ""),
            "choices": offered.get(each.name),
        }
        for each in FILTERS.values()
    ]


def _keeping(listing: Listing, person: Person) -> dict[str, Any]:
    """What it takes to save this list, if it is another one than those that are there."""
    kept = listing.parameters()
    if not listing.narrowing() or (listing.saved and not kept.keys() - {"after"}):
        return {}
    mine = [view for view in saved_views_for(person).select_related("team")[:MOST_SHOWN] if may_change(person, view)]
    return {"audiences": audiences(person), "replaceable": mine}


def _sorts(listing: Listing) -> list[dict[str, Any]]:
    """The orders to choose from; the list's own needs no word in the address."""
    labels = {BEST: _("best match first"), **{name: order.label for name, order in ORDERS.items()}}
    return [
        {"name": "" if place == 0 else name, "label": labels[name], "here": name == listing.by}
        for place, name in enumerate(listing.sorts)
    ]


def _may_work(person: Person) -> bool:
    return person.has_role(Role.AGENT, Role.SUPERVISOR)
