"""Merging and splitting: pages that say what happens before it does. Each works without script."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.doors import StaffRequest, actor, staff
from accounts.models import Role
from conversations.tickets import actions
from conversations.tickets.access import message_for, ticket_for, tickets_for
from conversations.tickets.merges import Merge
from conversations.tickets.models import Ticket
from conversations.tickets.notices import for_desk
from conversations.tickets.threads import standing
from desk.problems import Invalid, NotFound, Problem

MOST_OFFERED = 20


@require_http_methods(["GET", "POST"])
@staff(Role.AGENT, Role.SUPERVISOR)
def merge(request: StaffRequest, number: int) -> HttpResponse:
    """Which ticket this one shall go on in: one of the customer's, or any by its number. The form does it."""
    source = ticket_for(request.user, number)
    if source.is_merged:
        return redirect("ticket", number)
    if request.method != "POST":
        return _merge_page(request, source)
    try:
        target = _target(request)
        both = request.POST.get("other_customer") == "yes"
        actions.merge(source, target, other_customer=both, by=actor(request))
    except Problem as problem:
        return _merge_page(request, source, problem)
    messages.success(request, _("Ticket %(number)s goes on here.") % {"number": number})
    return redirect("ticket", target.number)


@require_POST
@staff(Role.AGENT, Role.SUPERVISOR)
def unmerge(request: StaffRequest, number: int) -> HttpResponse:
    """Undo a merge, from either of the two tickets."""
    made = Merge.objects.filter(source=number, undone_at=None).select_related("source").first()
    visible = tickets_for(request.user)
    if made is None or not visible.filter(pk__in=[number, standing(number)]).exists():
        found = ticket_for(request.user, number)
        messages.info(request, str(actions.NotMerged.detail))
        return redirect("ticket", found.number)
    kept = standing(number)
    try:
        actions.unmerge(made.source, by=actor(request))
        messages.success(request, _("Ticket %(number)s is a ticket of its own again.") % {"number": number})
    except Problem as problem:
        messages.error(request, str(problem.detail))
    return redirect("ticket", number if visible.filter(pk=number).exists() else kept)


@require_http_methods(["GET", "POST"])
@staff(Role.AGENT, Role.SUPERVISOR)
def split(request: StaffRequest, message_id: int) -> HttpResponse:
    """Make a message of the customer a ticket of its own: which it is, and what it shall be called."""
    message = message_for(request.user, message_id)
    problem, subject = None, request.POST.get("subject", "")
    if request.method == "POST":
        try:
            fresh = actions.split(message, subject=subject, by=actor(request))
        except Problem as refused:
            problem = refused
        else:
            messages.success(request, _("Ticket %(number)s was made of this message.") % {"number": fresh.number})
            return redirect("ticket", fresh.number)
    context = {
        "message": message,
        "number": standing(message.ticket_id),
        "text": for_desk(message),
        "subject": subject,
        "problem": problem,
    }
    return render(request, "tickets/split.html", context, status=problem.status if problem else 200)


def _target(request: StaffRequest) -> Ticket:
    """The ticket that was typed, else the one that was chosen. Raises Invalid."""
    given = request.POST.get("number", "").strip().removeprefix("#") or request.POST.get("into", "")
    if not given.isascii() or not given.isdecimal() or len(given) > 18:
        raise Invalid(_("Choose a ticket, or type its number."), errors={"number": ["1042, for one"]})
    try:
        return ticket_for(request.user, int(given))
    except NotFound:
        raise Invalid(
            _("There is no ticket %(number)s, or it is not yours to see.") % {"number": given},
            errors={"number": ["another"]},
        ) from None


def _merge_page(request: StaffRequest, source: Ticket, problem: Problem | None = None) -> HttpResponse:
    others = tickets_for(request.user).filter(customer=source.customer_id, merged_into=None, before_spam="")
    typed = request.POST.get("number", "").strip() or request.GET.get("into", "")[:18]
    context: dict[str, Any] = {
        "ticket": source,
        "others": others.exclude(pk=source.pk).order_by("-number")[:MOST_OFFERED],
        "chosen": request.POST.get("into", ""),
        "typed": typed,
        "problem": problem,
        "two_customers": isinstance(problem, actions.OtherCustomer),
    }
    return render(request, "tickets/merge.html", context, status=problem.status if problem else 200)
