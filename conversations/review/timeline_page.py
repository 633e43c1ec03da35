"""The timeline of a ticket: every entry of the ledger about it, and about what was merged into it, in words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from accounts.doors import StaffRequest, staff
from conversations.review.timeline import EVENTS
from conversations.tickets.access import ticket_for, tickets_for
from conversations.tickets.threads import thread_of
from desk.ledger.kinds import sentences
from desk.ledger.models import Entry

PAGE = 50


@dataclass(frozen=True, slots=True)
class Group:
    """Kinds of entries that one looks for together, by how they begin."""

    label: str | Promise
    begins: tuple[str, ...]

    @property
    def which(self) -> Q:
        return reduce(or_, (Q(kind__startswith=each) for each in self.begins))


GROUPS: dict[str, Group] = {
    "messages": Group(_("Messages and their way"), ("message.", "notice.", "mail.", "sending.", "concern.")),
    "decisions": Group(_("Drafts and decisions"), ("draft.", "model.", "flag.", "decision.", "reply.")),
    "work": Group(_("Work on the ticket"), ("ticket.", "person.", "team.")),
}
WHO = {
    "people": (_("By people"), Q(actor__startswith="person:")),
    "customer": (_("By the customer"), Q(actor__startswith="customer")),
    "others": (
        _("By the desk, models and programs"),
        ~Q(actor__startswith="person:") & ~Q(actor__startswith="customer"),
    ),
}


@require_GET
@staff()
def timeline(request: StaffRequest, number: int) -> HttpResponse:
    """Newest first; `before` is a sequence number, so that a page stays what it was while entries arrive."""
    ticket = ticket_for(request.user, number)
    thread = thread_of(ticket.number)
    seen = tickets_for(request.user).filter(pk__in=thread.of_others).values_list("pk", flat=True)
    entries = Entry.objects.filter(thread__in=[f"ticket:{each}" for each in (*thread.numbers, *seen)])
    # Of a merge each of the two tickets has an entry; this one's says it here.
    entries = entries.exclude(~Q(thread=ticket.ref), kind__in=["ticket.merged", "ticket.unmerged"])
    what, who = request.GET.get("what", ""), request.GET.get("who", "")
    if what in GROUPS:
        entries = entries.filter(GROUPS[what].which)
    if who in WHO:
        entries = entries.filter(WHO[who][1])
    before = request.GET.get("before", "")
    if before.isascii() and before.isdecimal() and len(before) < 18:
        entries = entries.filter(seq__lt=int(before))
    found = list(entries.order_by("-seq")[: PAGE + 1])
    shown = found[:PAGE]
    chosen = {name: value for name, value in (("what", what), ("who", who)) if value}
    at = reverse("ticket_history", args=[number])
    context = {
        "ticket": ticket,
        "entries": [_told(entry, said, number) for entry, said in zip(shown, sentences(shown), strict=True)],
        "groups": [(name, group.label, name == what) for name, group in GROUPS.items()],
        "who": [(name, label, name == who) for name, (label, _which) in WHO.items()],
        "narrowed": bool(chosen),
        "all_url": at,
        "first_url": f"{at}?{urlencode(chosen)}" if before else "",
        "more_url": f"{at}?{urlencode({**chosen, 'before': str(shown[-1].seq)})}" if len(found) > PAGE else "",
    }
    return render(request, "tickets/history.html", context)


def _told(entry: Entry, sentence: str, number: int) -> dict[str, Any]:
    icon, of_model = EVENTS.get(entry.kind, ("history", entry.kind.startswith(("draft.", "model."))))
    elsewhere = entry.thread.removeprefix("ticket:")
    return {
        "seq": entry.seq,
        "at": entry.at,
        "icon": icon,
        "ai": of_model,
        "sentence": sentence,
        "elsewhere": elsewhere if elsewhere != str(number) else "",
    }
