"""The page on which the evidence of a ticket is explained and downloaded."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.doors import StaffRequest, actor, staff
from accounts.models import Role
from conversations.review.actions import export_evidence
from conversations.review.api.evidence import as_download
from conversations.tickets.access import ticket_for
from conversations.tickets.models import Ticket
from desk.ledger.kinds import sentences
from desk.ledger.models import Entry
from desk.ledger.witnesses import newest_checkpoint
from desk.problems import Problem

TAKEN = 20


@require_http_methods(["GET", "HEAD", "POST"])
@staff(Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR)
def evidence(request: StaffRequest, number: int) -> HttpResponse:
    """What a bundle holds, how it is checked, who took one before; and the bundle itself, for a POST."""
    found = ticket_for(request.user, number)
    if request.method != "POST":
        return _page(request, found)
    try:
        return as_download(export_evidence(found, by=actor(request)), number)
    except Problem as problem:
        return _page(request, found, problem)


def _page(request: StaffRequest, ticket: Ticket, problem: Problem | None = None) -> HttpResponse:
    own = Entry.objects.filter(thread=ticket.ref)
    newest = newest_checkpoint()
    size = newest.size if newest else 0
    taken = list(own.filter(kind="evidence.exported").order_by("-seq")[:TAKEN])
    return render(
        request,
        "evidence/page.html",
        {
            "ticket": ticket,
            "problem": problem,
            "newest": newest,
            "outside_url": reverse("ledger_outside"),
            "sealed": own.filter(seq__lte=size).count(),
            "unsealed": own.filter(seq__gt=size).count(),
            "taken": [{"entry": entry, "sentence": said} for entry, said in zip(taken, sentences(taken), strict=True)],
        },
        status=problem.status if problem else 200,
    )
