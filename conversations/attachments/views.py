"""Files of tickets for people of the desk: downloads, previews, and what stands beside unsent words."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_GET, require_POST

from accounts.doors import StaffRequest, actor, staff
from accounts.models import Role
from conversations.attachments import downloads, uploads
from conversations.attachments.access import file_of
from conversations.attachments.forms import chosen
from conversations.tickets.access import ticket_for
from desk.problems import Invalid, Problem, problem_json


@require_GET
@staff()
def download(request: StaffRequest, number: int, attachment_id: int) -> HttpResponse:
    return downloads.download(file_of(ticket_for(request.user, number), attachment_id))


@require_GET
@staff()
def preview(request: StaffRequest, number: int, attachment_id: int) -> HttpResponse:
    return downloads.preview(file_of(ticket_for(request.user, number), attachment_id))


@require_POST
@staff(Role.AGENT, Role.SUPERVISOR)
def upload(request: StaffRequest, number: int) -> HttpResponse:
    """Put a file beside unsent words (`what`: reply or note). Answers with all that is there now, or the problem."""
    ticket = ticket_for(request.user, number)
    what, owner = request.POST.get("what", ""), str(actor(request))
    try:
        if what not in uploads.WHATS:
            raise Invalid(errors={"what": ["reply or note"]})
        for problem in chosen(request, owner=owner, ticket=ticket, what=what).problems:
            raise problem
    except Problem as problem:
        return problem_json(problem)
    return _beside(request, number, what)


@require_POST
@staff(Role.AGENT, Role.SUPERVISOR)
def remove(request: StaffRequest, number: int) -> HttpResponse:
    """Take a file away that was not sent."""
    ticket = ticket_for(request.user, number)
    uploads.remove(request.POST.getlist("file"), owner=str(actor(request)), ticket=ticket)
    return _beside(request, number, request.POST.get("what", ""))


def _beside(request: StaffRequest, number: int, what: str) -> JsonResponse:
    rows = uploads.uploads(str(actor(request)), ticket_for(request.user, number), what)
    return JsonResponse({"files": [uploads.as_json(row) for row in rows]})
