"""Pages about customers' data: what is asked, when it is due, what holds it up."""

from __future__ import annotations

from datetime import datetime, time
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.doors import StaffRequest, actor, staff
from accounts.models import Role
from conversations.privacy.access import erasure_at, hold_at
from conversations.privacy.actions import approve_hold, cancel_erasure, end_hold, place_hold, request_erasure
from conversations.privacy.queries import data_of, ended_requests, open_requests, request_of
from conversations.tickets.access import customer_for, ticket_for
from desk.jobs import retry
from desk.problems import Problem


@require_GET
@staff(Role.SUPERVISOR, Role.ADMIN)
def requests(request: StaffRequest) -> HttpResponse:
    """Every erasure that waits, with its date, how far it is, and the holds; then those that ended last."""
    return render(request, "privacy/requests.html", {"waiting": open_requests(), "ended": ended_requests()})


@require_GET
@staff()
def customer_data(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    """What a customer's page says of their data, on a page of its own."""
    return _data(request, customer_id)


@require_POST
@staff(Role.AGENT, Role.SUPERVISOR, Role.ADMIN)
def erase(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    """The customer wants to be erased, and told a member of the staff."""
    customer = customer_for(request.user, customer_id)
    try:
        request_erasure(customer, source="staff", by=actor(request))
    except Problem as problem:
        return _data(request, customer_id, problem=problem)
    messages.success(request, _("Taken down. Nothing is done with this customer's data from now on."))
    if request.user.has_role(Role.SUPERVISOR, Role.ADMIN):
        return redirect("customer_data", customer_id)
    # Their tickets have left the lists of those who do not answer for data.
    return redirect("todo")


@require_POST
@staff(Role.SUPERVISOR, Role.ADMIN)
def cancel(request: StaffRequest, erasure_id: int) -> HttpResponse:
    erasure = erasure_at(erasure_id)
    try:
        cancel_erasure(erasure, by=actor(request))
    except Problem as problem:
        return _data(request, erasure.customer_id, problem=problem)
    messages.success(request, _("Taken back. The customer's tickets are in the lists again."))
    return redirect("customer_data", erasure.customer_id)


@require_POST
@staff(Role.SUPERVISOR, Role.ADMIN)
def try_again(request: StaffRequest, erasure_id: int) -> HttpResponse:
    """The job that erases gave up; a person has looked, and it shall try again."""
    erasure = erasure_at(erasure_id)
    if stuck := request_of(erasure).stuck:
        retry(stuck, by=actor(request))
    return redirect("privacy_requests")


@require_POST
@staff(Role.SUPERVISOR, Role.ADMIN)
def hold(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    """Keep a ticket; what was typed comes back when something is missing."""
    form = request.POST
    number = form.get("ticket", "")
    ticket = ticket_for(request.user, int(number) if number.isdecimal() and len(number) < 19 else 0)
    try:
        place_hold(
            ticket,
            ground=form.get("ground", ""),
            expires_at=_end_of(form.get("until", "")),
            note=form.get("note", ""),
            by=actor(request),
        )
    except Problem as problem:
        return _data(request, customer_id, problem=problem)
    messages.success(request, _("Written down. It counts once a second person has approved it."))
    return redirect("customer_data", customer_id)


@require_POST
@staff(Role.SUPERVISOR, Role.ADMIN)
def approve(request: StaffRequest, hold_id: int) -> HttpResponse:
    found = hold_at(hold_id)
    try:
        approve_hold(found, by=actor(request))
    except Problem as problem:
        return _data(request, found.ticket.customer_id, problem=problem)
    return redirect("customer_data", found.ticket.customer_id)


@require_POST
@staff(Role.SUPERVISOR, Role.ADMIN)
def end(request: StaffRequest, hold_id: int) -> HttpResponse:
    found = hold_at(hold_id)
    try:
        end_hold(found, by=actor(request))
    except Problem as problem:
        return _data(request, found.ticket.customer_id, problem=problem)
    return redirect("customer_data", found.ticket.customer_id)


def _data(request: StaffRequest, customer_id: UUID, *, problem: Problem | None = None) -> HttpResponse:
    customer = customer_for(request.user, customer_id)
    told = {"data": data_of(customer, request.user), "problem": problem, "typed": request.POST}
    return render(request, "privacy/data.html", told, status=problem.status if problem else 200)


def _end_of(day: str) -> datetime:
    """The end of a day in the desk's own time; what is no day is over already, and refused as such."""
    try:
        found = parse_date(day)
    except ValueError:
        found = None
    if found is None:
        return timezone.now()
    return timezone.make_aware(datetime.combine(found, time(23, 59, 59)))
