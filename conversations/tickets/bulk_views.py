"""A change of every ticket of a list: how far it is, what was passed over and why, stopping it, and taking it back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.doors import StaffRequest, actor, staff
from accounts.models import Person, Role, Team
from conversations.tickets import actions
from conversations.tickets.actions.bulk import MOST, begin_bulk, outcomes, stop_bulk, undo_bulk
from conversations.tickets.bulk import Bulk, BulkTicket
from conversations.tickets.onward import listing_of
from conversations.tickets.states import Priority, Status
from conversations.tickets.wishes import Wish
from desk.problems import Invalid, NotAllowed, NotFound

MOST_NAMED = 20  # tickets for each reason

REASONS = {
    actions.Unsettled.code: gettext_lazy("a reply is in trouble, or the customer says that something is wrong"),
    actions.IsSpam.code: gettext_lazy("marked as spam"),
    actions.NoSpam.code: gettext_lazy("not marked as spam"),
    actions.IsMerged.code: gettext_lazy("merged into another ticket"),
    actions.ChangedSince.code: gettext_lazy("somebody changed it since"),
    NotFound.code: gettext_lazy("no longer yours to see"),
    NotAllowed.code: gettext_lazy("your role does not include this any more"),
    Invalid.code: gettext_lazy("not possible for this ticket"),
}


def begin(request: StaffRequest, wish: Wish) -> HttpResponse:
    """Begin with every ticket of the list that the form was under, whatever of it was shown. Raises Invalid."""
    listing = listing_of(request.POST.get("list", ""), request.user)
    if listing is None:
        raise Invalid(_("The form is not complete. Load the page again."), errors={"list": ["the list"]})
    made = begin_bulk(
        listing.numbers(request.user, most=MOST + 1),
        field=wish.field,
        value=wish.value,
        view=listing.slug,
        query=listing.query(),
        by=actor(request),
    )
    return redirect("bulk_job", made.pk)


@require_GET
@staff(Role.AGENT, Role.SUPERVISOR)
def show(request: StaffRequest, key: int) -> HttpResponse:
    return render(request, "tickets/bulk.html", _context(_bulk(request, key)))


@require_GET
@staff(Role.AGENT, Role.SUPERVISOR)
def progress(request: StaffRequest, key: int) -> HttpResponse:
    """How far it is, for a page that looks on."""
    return render(request, "tickets/_bulk.html", _context(_bulk(request, key)))


@require_POST
@staff(Role.AGENT, Role.SUPERVISOR)
def stop(request: StaffRequest, key: int) -> HttpResponse:
    stop_bulk(_bulk(request, key), by=actor(request))
    return redirect("bulk_job", key)


@require_POST
@staff(Role.AGENT, Role.SUPERVISOR)
def undo(request: StaffRequest, key: int) -> HttpResponse:
    undo_bulk(_bulk(request, key), by=actor(request))
    return redirect("bulk_job", key)


def _bulk(request: StaffRequest, key: int) -> Bulk:
    """Of one's own: whose it is sees which tickets are in it."""
    found = Bulk.objects.filter(pk=key, person=request.user).first()
    if found is None:
        raise NotFound
    return found


def _context(bulk: Bulk) -> dict[str, Any]:
    counts = outcomes(bulk)
    undoing = bulk.state in {Bulk.State.UNDOING, Bulk.State.UNDONE}
    left = counts[BulkTicket.Outcome.DONE if undoing else BulkTicket.Outcome.WAITING]
    whole = bulk.total if not undoing else left + counts["undone"] + counts["kept"]
    return {
        "bulk": bulk,
        "what": what(bulk),
        "whole": whole,
        "so_far": whole - left,
        "told": _told(bulk, counts),
        "passed": _passed(bulk, "kept" if undoing else "skipped"),
        "undoing": undoing,
        "can_undo": bulk.state in {Bulk.State.DONE, Bulk.State.STOPPED} and counts["done"],
        "back_url": reverse("queue", args=[bulk.view]) + _parameters(bulk),
    }


def _parameters(bulk: Bulk) -> str:
    query = "&".join(part for part in bulk.query.split("&") if part and not part.startswith(("view=", "after=")))
    return f"?{query}" if query else ""


def _told(bulk: Bulk, counts: dict[str, int]) -> list[str]:
    if bulk.state in {Bulk.State.UNDOING, Bulk.State.UNDONE}:
        number = counts["undone"]
        return [ngettext("%(n)s ticket is as before.", "%(n)s tickets are as before.", number) % {"n": number}]
    done, already, waiting = counts["done"], counts["already"], counts["waiting"]
    told = [ngettext("%(n)s ticket changed.", "%(n)s tickets changed.", done) % {"n": done}]
    if already:
        told.append(ngettext("%(n)s was so already.", "%(n)s were so already.", already) % {"n": already})
    if waiting and bulk.state == Bulk.State.STOPPED:
        told.append(ngettext("%(n)s was not looked at.", "%(n)s were not looked at.", waiting) % {"n": waiting})
    return told


def _passed(bulk: Bulk, outcome: str) -> list[dict[str, Any]]:
    """What was passed over, by reason: how many, and the first of them."""
    found: dict[str, list[int]] = {}
    rows = BulkTicket.objects.filter(bulk=bulk, outcome=outcome).order_by("ticket_id")
    for why, number in rows.values_list("why", "ticket_id"):
        found.setdefault(why, []).append(number)
    return [
        {
            "why": REASONS.get(why, _("it was refused")),
            "count": len(numbers),
            "numbers": numbers[:MOST_NAMED],
            "more": max(0, len(numbers) - MOST_NAMED),
        }
        for why, numbers in found.items()
    ]


def what(bulk: Bulk) -> str:
    """What was wanted, in words."""
    return _WHAT[bulk.field](bulk.value)


def _label(choices: type[Status] | type[Priority], value: str) -> str:
    return str(choices(value).label) if value in choices.values else value


def _team(value: str) -> str:
    found = Team.objects.filter(pk=int(value)).first() if value else None
    return found.name if found else _("No team")


def _person(value: str) -> str:
    found = Person.objects.filter(pk=UUID(value)).first() if value else None
    return found.name if found else _("Nobody")


_WHAT: dict[str, Callable[[str], str]] = {
    "status": lambda value: _("Status: %(value)s") % {"value": _label(Status, value)},
    "priority": lambda value: _("Priority: %(value)s") % {"value": _label(Priority, value)},
    "team": lambda value: _("Team: %(value)s") % {"value": _team(value)},
    "assignee": lambda value: _("Assigned to: %(value)s") % {"value": _person(value)},
    "tags": lambda value: _("Add the tags %(value)s") % {"value": value.replace(",", ", ")},
    "untag": lambda value: _("Take the tags %(value)s away") % {"value": value.replace(",", ", ")},
    "snooze": lambda value: _("Put off") if value else _("Bring back now"),
    "spam": lambda value: _("Spam") if value else _("No spam"),
}
