"""The pages on which administrators say which systems are asked for facts."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.doors import StaffRequest, actor, staff
from accounts.models import Role
from accounts.rights import Right, person_has
from conversations.knowledge.actions import Wanted, save_lookup
from conversations.knowledge.kinds import LookupSaved
from conversations.knowledge.models import Lookup
from desk.ledger.kinds import sentences
from desk.ledger.models import Entry
from desk.problems import NotFound, Problem

READERS = (Role.ADMIN, Role.SUPERVISOR, Role.AUDITOR)
FIELDS = ("name", "address", "shape", "fields", "seconds", "cache_minutes", "enabled")
HISTORY = 30  # entries


@require_GET
@staff(*READERS)
def lookups(request: StaffRequest) -> HttpResponse:
    context = {
        "rows": Lookup.objects.order_by("name", "id"),
        "may_write": person_has(request.user, Right.ADMINISTER),
    }
    return render(request, "knowledge/lookups.html", context)


@require_http_methods(["GET", "POST"])
@staff(Role.ADMIN)
def new_lookup(request: StaffRequest) -> HttpResponse:
    return _form(request, None)


@require_http_methods(["GET", "POST"])
@staff(Role.ADMIN)
def edit_lookup(request: StaffRequest, lookup_id: int) -> HttpResponse:
    found = Lookup.objects.filter(pk=lookup_id).first()
    if found is None:
        raise NotFound
    return _form(request, found)


def _form(request: StaffRequest, lookup: Lookup | None) -> HttpResponse:
    """The form; after a refusal with what was typed. The key of a new one is on the page that answers, and never again."""
    if request.method != "POST":
        return _page(request, lookup)
    typed = {field: request.POST.get(field, "") for field in FIELDS}
    seen = request.POST.get("version", "")[:9]
    try:
        saved, secret = save_lookup(
            _wanted(typed),
            lookup=lookup,
            seen=int(seen) if seen.isascii() and seen.isdecimal() else None,
            by=actor(request),
        )
    except Problem as problem:
        if lookup:
            lookup.refresh_from_db()
        return _page(request, lookup, typed=typed, problem=problem)
    return _page(request, saved, secret=secret) if secret else redirect("lookups")


def _wanted(typed: dict[str, str]) -> Wanted:
    lines = (line.partition("=") for line in typed["fields"].splitlines() if line.strip())
    return Wanted(
        name=typed["name"],
        address=typed["address"],
        shape=typed["shape"],
        fields=[(name.strip(), label.strip()) for name, _sign, label in lines],
        seconds=_number(typed["seconds"]),
        cache_minutes=int(_number(typed["cache_minutes"])),
        enabled=bool(typed["enabled"]),
    )


def _number(text: str) -> float:
    """What was typed as a number; one that no check lets through for anything else."""
    plain = text.strip().replace(",", ".", 1)
    whole, _dot, part = plain.partition(".")
    return (
        float(plain) if len(plain) < 9 and whole.isascii() and whole.isdecimal() and (part or "0").isdecimal() else -1.0
    )


def _page(
    request: StaffRequest,
    lookup: Lookup | None,
    *,
    typed: dict[str, str] | None = None,
    problem: Problem | None = None,
    secret: str = "",
) -> HttpResponse:
    entries = (
        list(Entry.objects.filter(subject=lookup.ref, kind=LookupSaved.kind).order_by("-seq")[:HISTORY])
        if lookup
        else []
    )
    context: dict[str, Any] = {
        "lookup": lookup,
        "values": typed or _values(lookup),
        "problem": problem,
        "errors": problem.fields.get("errors", {}) if problem else {},
        "secret": secret,
        "history": list(zip(entries, sentences(entries), strict=True)),
        "action": reverse("lookup", args=[lookup.pk]) if lookup else reverse("new_lookup"),
    }
    return render(request, "knowledge/lookup.html", context, status=problem.status if problem else 200)


def _values(lookup: Lookup | None) -> dict[str, str]:
    if lookup is None:
        return {**dict.fromkeys(FIELDS, ""), "seconds": "2", "cache_minutes": "10", "enabled": "on"}
    return {
        "name": lookup.name,
        "address": lookup.address,
        "shape": lookup.shape,
        "fields": "\n".join(f"{each['name']} = {each['label']}" for each in lookup.fields),
        "seconds": f"{lookup.seconds:g}",
        "cache_minutes": str(lookup.cache_minutes),
        "enabled": "on" if lookup.enabled else "",
    }
