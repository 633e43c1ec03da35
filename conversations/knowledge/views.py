"""The pages on which macros are kept, and the list that a composer offers."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import StaffRequest, actor, staff
from accounts.models import Person, Role, Team
from accounts.rights import Right, person_has
from conversations.knowledge.access import macro_for, macros_for, may_keep
from conversations.knowledge.actions import Wording, allow_note, bar_note, retire_macro, save_macro
from conversations.knowledge.macros import offers
from conversations.knowledge.models import Macro
from conversations.knowledge.placeholders import MEANINGS
from conversations.tickets.access import ticket_for
from desk.ledger.kinds import sentences
from desk.ledger.models import Entry
from desk.problems import NotFound, Problem

KEEPERS = (Role.AGENT, Role.SUPERVISOR, Role.ADMIN)
HISTORY = 20  # entries


@require_GET
@staff(*KEEPERS)
def macros(request: StaffRequest) -> HttpResponse:
    """Those that this person sees; a button to change each that is theirs to keep."""
    found = macros_for(request.user).order_by("name", "language", "pk")
    rows = [{"macro": macro, "for": _for_whom(macro), "may_keep": may_keep(request.user, macro)} for macro in found]
    return render(request, "knowledge/macros.html", {"rows": rows, "placeholders": MEANINGS.items()})


@require_http_methods(["GET", "POST"])
@staff(*KEEPERS)
def new_macro(request: StaffRequest) -> HttpResponse:
    return _form(request, None)


@require_http_methods(["GET", "POST"])
@staff(*KEEPERS)
def edit_macro(request: StaffRequest, macro_id: int) -> HttpResponse:
    return _form(request, macro_for(request.user, macro_id))


@require_POST
@staff(*KEEPERS)
def retire(request: StaffRequest, macro_id: int) -> HttpResponse:
    retire_macro(macro_for(request.user, macro_id), by=actor(request))
    return redirect("macros")


@require_GET
@staff(Role.AGENT, Role.SUPERVISOR)
def offered(request: StaffRequest, number: int) -> HttpResponse:
    """The options of the picker, each with its text for this ticket."""
    found = offers(ticket_for(request.user, number), request.user)
    return render(request, "knowledge/_offered.html", {"offers": found})


@require_POST
@staff(Role.AGENT, Role.SUPERVISOR)
def note_usable(request: StaffRequest, number: int, message_id: int) -> HttpResponse:
    """An agent says whether drafts may rest on an internal note."""
    ticket = ticket_for(request.user, number)
    note = ticket.messages.filter(pk=message_id).first()
    if note is None:
        raise NotFound
    mark = allow_note if request.POST.get("usable") == "yes" else bar_note
    mark(note, by=actor(request))
    return redirect(f"{reverse('ticket', args=[number])}#message-{message_id}")


def _form(request: StaffRequest, macro: Macro | None) -> HttpResponse:
    """The form, empty or with the macro; after a refusal with what was typed, and with the version that is there now."""
    if request.method != "POST":
        return _page(request, macro)
    fields = ("name", "shortcut", "body", "language", "audience")
    typed = {field: request.POST.get(field, "") for field in fields}
    seen = request.POST.get("version", "")[:9]
    try:
        wanted = Wording(**typed, usable=request.POST.get("usable") == "on")
        save_macro(wanted, by=actor(request), macro=macro, seen=int(seen) if seen.isdecimal() else None)
    except NotFound:
        raise
    except Problem as problem:
        return _page(request, macro, typed=typed, problem=problem)
    return redirect("macros")


def _page(
    request: StaffRequest, macro: Macro | None, *, typed: dict[str, str] | None = None, problem: Problem | None = None
) -> HttpResponse:
    now: dict[str, Any] = {"language": "", "audience": "private"}
    if macro:
        now = {field: getattr(macro, field) for field in ("name", "shortcut", "body", "language", "audience")}
    context = {
        "macro": macro,
        "values": {
            **(typed or now),
            "usable": request.POST.get("usable") == "on" if typed else bool(macro and macro.usable),
        },
        "problem": problem,
        "errors": problem.fields.get("errors", {}) if problem else {},
        "audiences": _audiences(request.user),
        "languages": [("", _("any language")), *((code, str(name)) for code, name in settings.LANGUAGES)],
        "placeholders": [(f"{{{name}}}", words) for name, words in MEANINGS.items()],
        "history": _history(macro) if macro else [],
        "action": reverse("edit_macro", args=[macro.pk]) if macro else reverse("new_macro"),
    }
    return render(request, "knowledge/macro.html", context, status=problem.status if problem else 200)


def _audiences(person: Person) -> list[tuple[str, str]]:
    mine = [("private", _("Only me"))]
    if not person_has(person, Right.KEEP_TEXTS):
        return mine
    teams = [(f"team:{team.pk}", team.name) for team in Team.objects.order_by("name")]
    return [*mine, ("everyone", _("Everyone")), *teams]


def _for_whom(macro: Macro) -> str:
    if macro.owner_id:
        return _("Only me")
    return macro.team.name if macro.team else _("Everyone")


def _history(macro: Macro) -> list[tuple[Entry, str]]:
    entries = list(Entry.objects.filter(subject=macro.ref).order_by("-seq")[:HISTORY])
    return list(zip(entries, sentences(entries), strict=True))
