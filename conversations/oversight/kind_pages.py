"""A page per kind of entry: what it records, why, for how long, and how many there are."""

from __future__ import annotations

import re
import types
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.doors import StaffRequest, staff
from accounts.models import Role
from desk.erasing import Source
from desk.ledger.kinds import Code, Facts, Hash, Ref, kinds, reason_for, sentences
from desk.ledger.models import Entry
from desk.problems import NotFound

LOOKED_AT = 200  # newest entries of a kind, for the texts that they commit to
EXAMPLES = 3


def nouns() -> list[dict[str, Any]]:
    """All kinds by what they are about."""
    found: dict[str, list[str]] = {}
    for name in sorted(kinds()):
        found.setdefault(name.partition(".")[0], []).append(name)
    return [{"noun": noun, "kinds": some} for noun, some in sorted(found.items())]


@require_GET
@staff(Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR)
def overview(request: StaffRequest) -> HttpResponse:
    """Every kind that there is, whether or not it has happened yet."""
    declared = kinds()
    shown = [
        {
            "noun": each["noun"],
            "because": reason_for(each["noun"]),
            "kinds": [
                {"name": name, "says": told(declared[name]), "url": reverse("ledger_kind", args=[name])}
                for name in each["kinds"]
            ],
        }
        for each in nouns()
    ]
    return render(request, "ledger/kinds.html", {"nouns": shown})


@require_GET
@staff(Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR)
def one(request: StaffRequest, name: str) -> HttpResponse:
    declared = kinds().get(name)
    if declared is None:
        raise NotFound
    own = Entry.objects.filter(kind=name)
    newest = list(own.order_by("-seq")[:LOOKED_AT])
    first = own.order_by("seq").first()
    examples = newest[:EXAMPLES]
    return render(
        request,
        "ledger/kind.html",
        {
            "name": name,
            "says": told(declared),
            "because": reason_for(name.partition(".")[0]),
            "facts": facts_in_words(declared),
            "texts": sorted({field for entry in newest for field in entry.commitments}),
            "count": own.aggregate(count=Count("seq"))["count"],
            "first": first,
            "examples": [
                {"entry": entry, "sentence": said} for entry, said in zip(examples, sentences(examples), strict=True)
            ],
        },
    )


def told(declared: type[Facts]) -> SafeString:
    """The sentence of a kind, with the names of what stands in it."""
    # A number stands there with what it counts: "{count:text|texts}" reads as "count texts".
    parts = re.split(r"\{(\w+)\}", re.sub(r"\{(\w+):[^|}]*\|([^}]*)\}", r"{\1} \2", _(declared.says)))
    return format_html_join("", "{}<var>{}</var>", zip(parts[::2], parts[1::2], strict=False)) + format_html(
        "{}", parts[-1]
    )


def facts_in_words(declared: type[Facts]) -> list[tuple[str, str]]:
    """Each fact of a kind, with what it can be."""
    hints = get_type_hints(declared, include_extras=True)
    return [(field, in_words(hints[field])) for field in declared.model_fields]


def in_words(hint: Any) -> str:
    """A type as a person reads it. No fact is a free text, so there are few."""
    plain = {
        int: _("a whole number"),
        bool: _("yes or no"),
        str: _("a word of the program’s own"),
        type(None): _("nothing"),
        Code: _("a word of the program’s own"),
        Ref: _("a reference: what it is about, by number or random id"),
        Source: _("where a text was kept"),
        Hash: _("a hash (SHA-256)"),
    }
    if hint in plain:
        return plain[hint]
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return _("one of: %(words)s") % {"words": ", ".join(map(str, arguments))}
    if origin in {Union, types.UnionType}:
        return _(" or ").join(in_words(each) for each in arguments)
    if origin in {list, tuple, set, frozenset}:
        return _("several, each %(what)s") % {"what": in_words(arguments[0])}
    if origin is dict:
        return _("%(what)s by name") % {"what": in_words(arguments[1])}
    # Annotated with a rule of its own: what it is, without the rule.
    return in_words(origin or arguments[0]) if arguments else _("a word of the program’s own")
