"""The queue: views with live counts, and the list of one view; and the page of a customer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import sight_of
from accounts.doors import StaffRequest, actor, staff
from accounts.models import Person, Role
from conversations.tickets.access import customer_for, tickets_for, visible
from conversations.tickets.actions import set_consent
from conversations.tickets.models import Ticket
from conversations.tickets.rows import VIEWS, View, counts, rows_for
from desk.ledger.models import Entry
from desk.problems import NotFound

PAGE = 50
START = "todo"


@require_GET
@staff()
def queue(request: StaffRequest, view: str = START) -> HttpResponse:
    return render(request, "tickets/queue.html", list_beside(request, view=view))


@require_GET
@staff()
def rows(request: StaffRequest, view: str) -> HttpResponse:
    """The rows alone: what a page fetches when its feed has to begin anew."""
    return render(request, "tickets/_rows.html", list_beside(request, view=view))


def list_beside(request: StaffRequest, *, view: str = "", current: int | None = None) -> dict[str, Any]:
    """The list column: which view, its rows for this person, counts of all views. `seq` is read before all of them."""
    name = view or request.GET.get("view", "") or START
    shown = VIEWS.get(name)
    if shown is None:
        raise NotFound
    seq = Entry.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
    person = request.user
    query = request.GET.get("q", "").replace("\0", "").strip()[:200]
    tickets = tickets_for(person).filter(shown.filter(person.pk))
    if query:
        tickets = tickets.filter(_search(query))
    page, more = _page(tickets, shown, request)
    totals = _counts(person)
    return {
        "seq": seq,
        "search": query,
        "current": current,
        "rows": _rows(page, shown),
        "view": {
            "name": name,
            "label": shown.label,
            "topic": shown.topic,
            "count": totals.get(shown.topic),
            "order": shown.order,
            **_words(shown),
            "rows_url": reverse("rows", args=[name]) + (f"?{urlencode({'q': query})}" if query else ""),
        },
        "views": [
            {
                "label": each.label,
                "url": reverse("queue", args=[each.name]),
                "topic": each.topic,
                "count": totals.get(each.topic),
                "here": each.name == name,
            }
            for each in VIEWS.values()
        ],
        "follow": _follow(shown, person, searching=bool(query)),
        "more_url": f"{reverse('queue', args=[name])}?{urlencode({**({'q': query} if query else {}), 'after': more})}"
        if more
        else "",
    }


def _follow(view: View, person: Person, *, searching: bool) -> str:
    """The topics of a page: its list first, whose keys its rows have; To do also for who wants to be told of new tickets."""
    topics = [] if searching else [view.topic]
    if person.prefers.notices:
        topics.append(VIEWS[START].topic)
    return " ".join(dict.fromkeys(topics))


def _rows(page: list[Ticket], view: View) -> list[str]:
    """The shared rows of these tickets, each with its key in this view."""
    found, language = rows_for([ticket.number for ticket in page]), get_language() or settings.LANGUAGE_CODE
    return [
        mark_safe(found[ticket.number].keyed(view.key(ticket), language))  # noqa: S308 - rendered by a template
        for ticket in page
        if ticket.number in found
    ]


def _counts(person: Person) -> dict[str, int]:
    """What is in each view of what this person sees."""
    sight, mine = sight_of(person), f"queue:mine:{person.pk}"
    totals: dict[str, int] = {}
    for topic, teams in counts().items():
        if topic.startswith("queue:mine:") and topic != mine:
            continue
        seen = sum(
            number for team, number in teams.items() if sight.sees(int(team.removeprefix("team:")) if team else None)
        )
        totals["queue:mine" if topic == mine else topic] = seen
    return totals


def _words(view: View) -> dict[str, str]:
    """How a list is ordered, and what it says when nothing is in it."""
    order = _("by due time") if view.by == "due" else _("newest first")
    if view.name == "todo":
        return {
            "order_words": order,
            "empty_title": _("Nothing waits for a person"),
            "empty_text": _("New tickets and drafts appear here by themselves."),
        }
    return {
        "order_words": order,
        "empty_title": _("Nothing here"),
        "empty_text": _("Tickets appear here by themselves when they belong here."),
    }


def _search(query: str) -> Q:
    """By number, or words of subject or customer; the full search is its own matter."""
    number = query.lstrip("#")
    found = Q(subject__icontains=query) | Q(customer__name__icontains=query) | Q(customer__email__icontains=query)
    return found | Q(pk=int(number)) if number.isdecimal() and len(number) < 18 else found


def _page(tickets: QuerySet[Ticket], view: View, request: HttpRequest) -> tuple[list[Ticket], str]:
    """One page by key, not by offset: `after` is the last key of the page before."""
    time, _sep, number = request.GET.get("after", "").partition("_")
    if time and number.isdecimal():
        try:
            tickets = tickets.filter(_after(view, datetime.fromisoformat(time), int(number)))
        except ValueError:
            raise NotFound from None
    found = list(tickets.select_related("customer", "team", "assignee").order_by(*view.ordering)[: PAGE + 1])
    more = ""
    if len(found) > PAGE:
        last = found[PAGE - 1]
        when = last.due_at if view.by == "due" else last.updated_at
        more = f"{when.isoformat() if when else ''}_{last.number}"
    return found[:PAGE], more


def _after(view: View, when: datetime, number: int) -> Q:
    if view.by == "due":
        return Q(due_at__gt=when) | Q(due_at=when, number__gt=number)
    return Q(updated_at__lt=when) | Q(updated_at=when, number__lt=number)


@require_GET
@staff()
def customer(request: StaffRequest, customer_id: str) -> HttpResponse:
    """A customer: who they are, whether a model may draft for them, and those of their tickets that this person sees."""
    found = customer_for(request.user, customer_id)
    tickets = Ticket.objects.filter(visible(sight_of(request.user)), customer=found).order_by("-number")[:100]
    return render(
        request, "tickets/customer.html", {"customer": found, "tickets": tickets, "may": _may_work(request.user)}
    )


@require_POST
@staff(Role.AGENT, Role.SUPERVISOR)
def consent(request: StaffRequest, customer_id: str) -> HttpResponse:
    """An agent writes down what the customer said."""
    found = customer_for(request.user, customer_id)
    set_consent(found, consent=request.POST.get("consent") == "yes", source="agent", by=actor(request))
    return redirect("customer", customer_id)


def _may_work(person: Person) -> bool:
    return person.has_role(Role.AGENT, Role.SUPERVISOR)
