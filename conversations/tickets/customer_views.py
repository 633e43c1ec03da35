"""The page of a customer, for staff: who they are, what they chose, and those of their tickets that this person sees."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.doors import StaffRequest, actor, staff
from accounts.languages import name_of_language
from accounts.models import Role
from conversations.tickets.access import MAX_NUMBER, customer_for
from conversations.tickets.actions import set_consent
from conversations.tickets.customers import tickets_of
from conversations.tickets.models import Ticket
from desk.problems import Invalid

PAGE = 25


@require_GET
@staff()
def customer(request: StaffRequest, customer_id: str) -> HttpResponse:
    """Newest ticket first; `before` is a number, so that a page stays what it was while tickets come in."""
    found = customer_for(request.user, customer_id)
    tickets, more = _page(tickets_of(request.user, found), request.GET.get("before", ""))
    context = {
        "customer": found,
        "speaks": name_of_language(found.language),
        "tickets": tickets,
        "more": more,
        "further": "before" in request.GET,
        "may": request.user.has_role(Role.AGENT, Role.SUPERVISOR),
    }
    return render(request, "tickets/customer.html", context)


@require_POST
@staff(Role.AGENT, Role.SUPERVISOR)
def consent(request: StaffRequest, customer_id: str) -> HttpResponse:
    """An agent writes down what the customer said."""
    found = customer_for(request.user, customer_id)
    said = request.POST.get("consent", "")
    if said not in {"yes", "no"}:
        raise Invalid(_("Say what the customer chose."), errors={"consent": ["yes or no"]})
    set_consent(found, consent=said == "yes", source="agent", by=actor(request))
    messages.success(
        request,
        _("Written down: a model may draft for this customer.")
        if said == "yes"
        else _("Written down: people only, in every ticket of this customer."),
    )
    return redirect("customer", customer_id)


def _page(tickets: QuerySet[Ticket], before: str) -> tuple[list[Ticket], int]:
    """A page, and the number that the next one begins below; 0 when there is none."""
    if before.isascii() and before.isdecimal() and 0 < int(before[:19]) <= MAX_NUMBER:
        tickets = tickets.filter(number__lt=int(before[:19]))
    found = list(tickets.select_related("team")[: PAGE + 1])
    return found[:PAGE], found[PAGE - 1].number if len(found) > PAGE else 0
