"""The explorer of the ledger: every entry as a sentence, with what it says to the letter."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from accounts.doors import StaffRequest, staff
from accounts.models import Person, Role
from desk.ledger.kinds import kinds, sentences
from desk.ledger.models import Cosignature, Entry
from desk.ledger.prove import checkpoint_of, prove_inclusion
from desk.ledger.state import Sealing, sealing
from desk.ledger.witnesses import handed_out

PAGE = 50


@require_GET
@staff(Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR)
def explorer(request: StaffRequest) -> HttpResponse:
    """Newest first; `before` and `after` are sequence numbers, so that a page stays what it was while entries arrive."""
    filters = {
        name: request.GET.get(name, "").replace("\0", "").strip()[:60] for name in ("person", "kind", "ticket", "since")
    }
    entries = Entry.objects.filter(_wanted(filters))
    before, after = _number(request.GET.get("before")), _number(request.GET.get("after"))
    if after is not None:
        page = list(entries.filter(seq__gt=after).order_by("seq")[: PAGE + 1])
        newer = len(page) > PAGE
        page = page[:PAGE][::-1]
        older = bool(page) and entries.filter(seq__lt=page[-1].seq).exists()
    else:
        page = list((entries.filter(seq__lt=before) if before else entries).order_by("-seq")[: PAGE + 1])
        older, page = len(page) > PAGE, page[:PAGE]
        newer = before is not None and bool(page)
    now = sealing()
    chosen = {name: value for name, value in filters.items() if value}

    def link(**more: int) -> str:
        return (
            f"{reverse('ledger')}?{urlencode([*chosen.items(), *((name, str(value)) for name, value in more.items())])}"
        )

    return render(
        request,
        "ledger/explorer.html",
        {
            "entries": [_shown(entry, sentence, now) for entry, sentence in zip(page, sentences(page), strict=True)],
            "sealing": now,
            "cosigned": Cosignature.objects.order_by("-id").first(),
            "filters": filters,
            "kinds": sorted(kinds()),
            "people": Person.objects.order_by("name").values("id", "name"),
            "previous_url": link(after=page[0].seq) if newer and page else "",
            "next_url": link(before=page[-1].seq) if older and page else "",
        },
    )


@require_GET
@staff(Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR)
def checkpoint(request: StaffRequest) -> HttpResponse:
    """The latest checkpoint as a file, to be kept elsewhere and compared later."""
    latest = checkpoint_of(None)
    return _file(handed_out(latest), f"checkpoint-{latest.size}.txt")


@require_GET
@staff(Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR)
def proof(request: StaffRequest, seq: int) -> HttpResponse:
    """That an entry stands in the ledger, as a file that other programs check."""
    latest = checkpoint_of(None)
    return _file(str(prove_inclusion(seq, latest, handed_out(latest))), f"entry-{seq}.tlog-proof")


def _file(text: str, name: str) -> HttpResponse:
    return HttpResponse(
        text,
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


def _wanted(filters: dict[str, str]) -> Q:
    wanted = Q()
    if filters["person"]:
        wanted &= Q(actor=f"person:{filters['person']}")
    if filters["kind"]:
        wanted &= Q(kind=filters["kind"])
    if number := filters["ticket"].lstrip("#"):
        wanted &= Q(thread=f"ticket:{number}")
    if day := _day(filters["since"]):
        wanted &= Q(at__gte=timezone.make_aware(datetime.combine(day, time.min)))
    return wanted


def _day(text: str) -> Any:
    try:
        return parse_date(text) if text else None
    except ValueError:
        return None


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 18 else None


def _shown(entry: Entry, sentence: str, now: Sealing) -> dict[str, Any]:
    sealed = entry.seq <= now.size
    number = entry.thread.removeprefix("ticket:")
    return {
        "seq": entry.seq,
        "at": entry.at,
        "kind": entry.kind,
        "sentence": sentence,
        "actor": entry.actor,
        "thread": entry.thread,
        "facts": entry.facts.items(),
        "commitments": entry.commitments.items(),
        "canonical": entry.canonical,
        "leaf": bytes(entry.leaf).hex(),
        "sealed": sealed,
        "proof_url": reverse("ledger_proof", args=[entry.seq]) if sealed else "",
        "ticket_url": reverse("ticket", args=[int(number)]) if number.isdecimal() else "",
    }
