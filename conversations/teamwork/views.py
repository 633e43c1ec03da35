"""Forms and small answers of working together. What is posted by a script is answered with JSON."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.doors import StaffRequest, actor, staff
from accounts.models import Person, Role, Team
from conversations.teamwork import leases, notices, unsent
from conversations.teamwork.actions import follow, take_over, unfollow
from conversations.teamwork.queries import colleagues, notices_of, teams, unseen_count
from conversations.teamwork.wording import sentence
from conversations.tickets.access import ticket_for, tickets_for
from conversations.tickets.models import Ticket
from conversations.tickets.onward import to_ticket
from conversations.tickets.threads import standing
from desk.ledger.models import Entry
from desk.problems import Problem, problem_json

MOST_SHOWN = 100
MOST_SUGGESTED = 8


@require_POST
@staff(Role.AGENT, Role.SUPERVISOR)
def keep_unsent(request: StaffRequest, number: int) -> HttpResponse:
    """What stands in a field now. Who writes has the ticket, unless somebody else does.

    A page that has not heard yet that its ticket was merged writes on the one where it goes on.
    """
    ticket = _goes_on(request.user, ticket_for(request.user, number))
    what = request.POST.get("what", "")
    try:
        kept = unsent.keep(request.user, ticket, what=what, text=request.POST.get("text", ""), known=_known(request))
    except unsent.Gone:
        return JsonResponse({"gone": True})
    except Problem as problem:
        return problem_json(problem)
    if kept is not None:
        _claim_quietly(request, ticket.number)
    return JsonResponse(
        {
            "id": kept.pk if kept else None,
            "revision": kept.revision if kept else None,
            "others": unsent.others(request.user, ticket, what=what, than=kept),
        }
    )


def _goes_on(person: Person, ticket: Ticket) -> Ticket:
    """Where what is written on a ticket belongs: never to another customer."""
    if not ticket.is_merged:
        return ticket
    onward = tickets_for(person).filter(pk=standing(ticket.number), customer=ticket.customer_id).first()
    return onward or ticket


def _known(request: HttpRequest) -> unsent.Known | None:
    row, revision = request.POST.get("id", "")[:18], request.POST.get("revision", "")[:9]
    return unsent.Known(int(row), int(revision)) if row.isdecimal() and revision.isdecimal() else None


def _claim_quietly(request: StaffRequest, number: int) -> None:
    try:
        leases.claim(ticket_for(request.user, number), request.user)
    except leases.Claimed:
        return


@require_POST
@staff(Role.AGENT, Role.SUPERVISOR)
def claim(request: StaffRequest, number: int) -> HttpResponse:
    """Have the ticket, or hold it for longer (`renew`); `over` takes it from whoever has it."""
    ticket = ticket_for(request.user, number)
    if request.POST.get("over"):
        take_over(ticket, request.user, by=actor(request))
        return to_ticket(request, number)
    try:
        leases.claim(ticket, request.user)
    except leases.Claimed as held:
        if request.POST.get("renew"):
            return problem_json(held)
    return HttpResponse(status=204) if request.POST.get("renew") else to_ticket(request, number)


@require_POST
@staff(Role.AGENT, Role.SUPERVISOR)
def let_go(request: StaffRequest, number: int) -> HttpResponse:
    leases.let_go(ticket_for(request.user, number), request.user)
    return to_ticket(request, number)


@require_POST
@staff(Role.AGENT, Role.SUPERVISOR)
def following(request: StaffRequest, number: int) -> HttpResponse:
    """Follow a ticket, or no longer."""
    ticket = ticket_for(request.user, number)
    (follow if request.POST.get("follow") == "yes" else unfollow)(ticket, request.user, by=actor(request))
    return to_ticket(request, number)


@require_GET
@staff(Role.AGENT, Role.SUPERVISOR)
def suggested(request: StaffRequest, number: int) -> HttpResponse:
    """Colleagues who see the ticket and teams, one of whose names begins so; those whose first name does come first."""
    begun = request.GET.get("q", "").replace("\0", "").casefold()[:60]
    people = colleagues(ticket_for(request.user, number)).exclude(pk=request.user.pk)
    offered: list[Person | Team] = [*people, *teams()]
    found = [
        {"name": one.name, "initials": one.initials if isinstance(one, Person) else "@"}
        for one in offered
        if _begins(one, begun)
    ]
    found.sort(key=lambda person: not person["name"].casefold().startswith(begun))
    return JsonResponse({"people": found[:MOST_SUGGESTED]})


def _begins(one: Person | Team, begun: str) -> bool:
    name = one.name.casefold()
    return name.startswith(begun) or any(word.startswith(begun) for word in name.split())


@require_GET
@staff()
def notices_page(request: StaffRequest) -> HttpResponse:
    """What this person was told, the newest first."""
    seq = Entry.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
    found = notices_of(request.user).select_related("ticket", "by")[:MOST_SHOWN]
    told = [{"notice": notice, "sentence": sentence(notice)} for notice in found]
    return render(request, "teamwork/notices.html", {"told": told, "follow": "queue:mine", "seq": seq})


@require_POST
@staff()
def seen(request: StaffRequest) -> HttpResponse:
    """Everything was seen, or what is about one ticket (`ticket`, from the open page of it)."""
    number = request.POST.get("ticket", "")[:18]
    if number.isdecimal():
        notices.see(request.user, ticket_for(request.user, int(number)))
        return JsonResponse({"bell": unseen_count(request.user)})
    notices.see(request.user)
    return redirect("notices")
