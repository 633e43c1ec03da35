"""The explorer of the ledger: every entry as a sentence, with what it says to the letter, and how far it is proved."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from accounts.doors import StaffRequest, actor, staff
from accounts.models import Person, Role
from conversations.oversight.actions import delete_search, export_entries, save_search
from conversations.oversight.exporting import stream
from conversations.oversight.kind_pages import nouns
from conversations.oversight.models import SavedSearch
from conversations.oversight.searching import Search, sealed_below
from desk.api import BIGGEST
from desk.ledger.kinds import names_of, sentences
from desk.ledger.models import Cosignature, Entry
from desk.ledger.policy import policy_in_force
from desk.ledger.prove import checkpoint_of, prove_inclusion
from desk.ledger.state import sealing
from desk.ledger.witnesses import handed_out, newest_witnessed
from desk.problems import Problem

PAGE = 50


@require_GET
@staff(Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR)
def explorer(request: StaffRequest) -> HttpResponse:
    """Newest first; `before` and `after` are sequence numbers, so that a page stays what it was while entries arrive."""
    return _page(request, Search.of(request.GET.dict()))


@require_POST
@staff(Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR)
def export(request: StaffRequest) -> HttpResponse:
    """The entries of a search as a file; that they were taken is an entry of its own."""
    search, wanted = _posted(request), request.POST.get("format", "")
    try:
        up_to = export_entries(search, format=wanted, by=actor(request))
    except Problem as problem:
        return _page(request, search, problem)
    return stream(request, search, format=wanted, up_to=up_to)


@require_POST
@staff(Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR)
def keep(request: StaffRequest) -> HttpResponse:
    search = _posted(request)
    try:
        saved = save_search(search, name=request.POST.get("name", ""), by=actor(request))
    except Problem as problem:
        return _page(request, search, problem)
    return redirect(f"{reverse('ledger')}?{urlencode(saved.query)}")


@require_POST
@staff(Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR)
def forget(request: StaffRequest, key: int) -> HttpResponse:
    delete_search(min(key, BIGGEST), by=actor(request))
    return redirect("ledger")


@require_GET
@staff(Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR)
def proof(request: StaffRequest, seq: int) -> HttpResponse:
    """That an entry stands in the ledger, as a file that other programs check."""
    latest = checkpoint_of(None)
    return as_file(str(prove_inclusion(seq, latest, handed_out(latest))), f"entry-{seq}.tlog-proof")


def as_file(text: str, name: str) -> HttpResponse:
    return HttpResponse(
        text,
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


def _posted(request: StaffRequest) -> Search:
    return Search.of(QueryDict(request.POST.get("query", "")[:2000]).dict())


def _page(request: StaffRequest, search: Search, problem: Problem | None = None) -> HttpResponse:
    before, after = _number(request.GET.get("before")), _number(request.GET.get("after"))
    if after is not None:
        page = search.oldest(PAGE + 1, after=after)
        newer, page = len(page) > PAGE, page[:PAGE][::-1]
        older = bool(page) and bool(search.newest(1, before=page[-1].seq))
    else:
        page = search.newest(PAGE + 1, before=before)
        older, page = len(page) > PAGE, page[:PAGE]
        newer = before is not None and bool(page)

    def link(**more: int) -> str:
        return (
            f"{reverse('ledger')}?{urlencode([*search.asked.items(), *((name, str(at)) for name, at in more.items())])}"
        )

    customer = f"customer:{search.asked['customer']}" if "customer" in search.asked else ""
    return render(
        request,
        "ledger/explorer.html",
        {
            "entries": _shown(page),
            "sealing": sealing(),
            "cosigned": Cosignature.objects.order_by("-id").first(),
            "filters": search.asked,
            "query": search.query,
            "faults": search.faults,
            "problem": problem,
            "customer": names_of({customer}).get(customer, "") if customer else request.GET.get("customer", ""),
            "nouns": nouns(),
            "people": Person.objects.order_by("name").values("id", "name"),
            "saved": [_kept(each) for each in SavedSearch.objects.filter(person=request.user).order_by("id")],
            "previous_url": link(after=page[0].seq) if newer and page else "",
            "next_url": link(before=page[-1].seq) if older and page else "",
        },
        status=problem.status if problem else 400 if search.faults else 200,
    )


def _kept(saved: SavedSearch) -> dict[str, Any]:
    return {"key": saved.pk, "name": saved.name, "url": f"{reverse('ledger')}?{urlencode(saved.query)}"}


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 18 else None


def _shown(page: list[Entry]) -> list[dict[str, Any]]:
    below = sealed_below([entry.seq for entry in page])
    policy = policy_in_force()
    witnessed = newest_witnessed(policy) if policy is not None and below else None
    known = witnessed.size if witnessed else 0
    return [
        {
            "seq": entry.seq,
            "at": entry.at,
            "kind": entry.kind,
            "kind_url": reverse("ledger_kind", args=[entry.kind]),
            "sentence": sentence,
            "actor": entry.actor,
            "subject": entry.subject,
            "thread": entry.thread,
            "facts": entry.facts.items(),
            "commitments": entry.commitments.items(),
            "canonical": entry.canonical,
            "below": below.get(entry.seq),
            "policy": policy is not None,
            "witnessed": entry.seq <= known,
            "proof_url": reverse("ledger_proof", args=[entry.seq]) if entry.seq in below else "",
            "ticket_url": _ticket(entry.thread),
        }
        for entry, sentence in zip(page, sentences(page), strict=True)
    ]


def _ticket(thread: str) -> str:
    number = thread.removeprefix("ticket:")
    return reverse("ticket", args=[int(number)]) if number.isdecimal() else ""
