"""Verifying from the page: asked for with a button, watched, cancelled, and kept with what it came to."""

from __future__ import annotations

from contextlib import suppress

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import StaffRequest, actor, staff
from accounts.models import Role
from conversations.oversight.actions import BeingVerified, ask_verification, cancel_verification
from conversations.oversight.models import Progress, Verification
from desk.api import BIGGEST
from desk.problems import Invalid, NotFound

PAGE = 20


@require_http_methods(["GET", "HEAD", "POST"])
@staff(Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR)
def overview(request: StaffRequest) -> HttpResponse:
    """Who had the ledger verified, and what it came to; a POST asks for another, or leads to the one that runs."""
    if request.method == "POST":
        try:
            return redirect("ledger_verification", ask_verification(by=actor(request)).pk)
        except BeingVerified:
            running = Verification.objects.filter(state=Verification.State.OPEN).first()
            return redirect("ledger_verification", running.pk) if running else redirect("ledger_verify")
    before = request.GET.get("before", "")
    rows = Verification.objects.select_related("person").order_by("-pk")
    if before.isascii() and before.isdecimal() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: PAGE + 1])
    return render(
        request,
        "ledger/verify.html",
        {"verifications": found[:PAGE], "older": found[PAGE - 1].pk if len(found) > PAGE else None},
    )


@require_GET
@staff(Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR)
def one(request: StaffRequest, key: int) -> HttpResponse:
    """How far it is, and then what it came to; a script that watches gets that part alone."""
    found = _found(key)
    progress = Progress.objects.filter(pk=found.pk).first()
    template = "ledger/_verification.html" if request.headers.get("HX-Request") else "ledger/verification.html"
    return render(request, template, {"verification": found, "progress": progress})


@require_POST
@staff(Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR)
def cancel(request: StaffRequest, key: int) -> HttpResponse:
    found = _found(key)
    with suppress(Invalid):  # it has ended meanwhile, which is what its page says
        cancel_verification(found, by=actor(request))
    return redirect("ledger_verification", found.pk)


def _found(key: int) -> Verification:
    found = Verification.objects.select_related("person").filter(pk=key).first() if key <= BIGGEST else None
    if found is None:
        raise NotFound
    return found
