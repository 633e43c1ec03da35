"""What a person settles for themselves: how they like the desk, and the tokens that let programs act as them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actions import issue_token, revoke_token, set_preferences
from accounts.doors import StaffRequest, actor, speak, staff
from accounts.forms import TokenForm
from accounts.minting import Mintable, scopes_of
from accounts.models import Token
from accounts.people_views import language_choices
from accounts.preferences import STAFF_LANGUAGES, Preferences
from desk.problems import NotFound

SHOWN = 100


@require_http_methods(["GET", "POST"])
@staff()
def preferences(request: StaffRequest) -> HttpResponse:
    """How a person likes the desk. A form names in `of` what it holds: the menu's forms hold one thing each."""
    if request.method == "POST":
        named = [name for name in request.POST.getlist("of") if name in Preferences.model_fields]
        wanted = {name: _chosen(name, request.POST.get(name, "")) for name in named}
        speak(set_preferences(request.user, wanted, by=actor(request)))
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204)
        messages.success(request, _("Your preferences are kept."))
        return redirect("accounts:preferences")
    languages = [("", _("As the browser asks for"))] + [
        (code, get_language_info(code)["name_local"].capitalize()) for code in STAFF_LANGUAGES
    ]
    return render(
        request,
        "accounts/preferences.html",
        {
            "prefers": request.user.prefers,
            "languages": languages,
            "read": language_choices(request.user),
            "densities": [("comfortable", _("Comfortable")), ("compact", _("Compact"))],
            "themes": [("system", _("System")), ("light", _("Light")), ("dark", _("Dark"))],
        },
    )


def _chosen(name: str, value: str) -> str | bool:
    """A box that is not ticked is not sent."""
    return value == "1" if Preferences.model_fields[name].annotation is bool else value


@require_http_methods(["GET", "POST"])
@staff()
def tokens(request: StaffRequest) -> HttpResponse:
    """One's own tokens, and making one. Its text is in the answer to the form and nowhere else, so it is seen once."""
    mintable = scopes_of(request.user)
    if request.method != "POST":
        return _page(request, mintable, chosen=[])
    form = TokenForm(request.POST, mintable=mintable)
    if not form.is_valid():
        return _page(
            request,
            mintable,
            chosen=request.POST.getlist("scopes"),
            status=422,
            errors=form.sentences(),
            label=request.POST.get("label", ""),
            days=request.POST.get("days", ""),
        )
    wanted = form.cleaned_data
    _made, text = issue_token(
        request.user, scopes=wanted["scopes"], label=wanted["label"], days=wanted["days"], by=actor(request)
    )
    return _page(request, mintable, chosen=[], new_token=text)


@require_POST
@staff()
def revoke(request: StaffRequest, token_id: UUID) -> HttpResponse:
    """End one of one's own tokens at once."""
    found = Token.objects.filter(public_id=token_id, user=request.user).first()
    if found is None:
        raise NotFound
    revoke_token(found, by=actor(request))
    return redirect("accounts:tokens")


def _page(
    request: StaffRequest, mintable: list[Mintable], *, chosen: list[str], status: int = 200, **more: Any
) -> HttpResponse:
    own = Token.objects.filter(user=request.user).order_by("-created")[:SHOWN]
    return render(
        request,
        "accounts/tokens.html",
        {
            "tokens": [
                {
                    "label": token.label or token.service or _("Made by a command"),
                    "service": token.service,
                    "scopes": token.scopes,
                    "created_at": token.created,
                    "expiry": token.expiry,
                    "revoked_at": token.revoked_at,
                    "revoke_url": reverse("accounts:revoke_token", args=[token.public_id]),
                }
                for token in own
            ],
            "scopes": [
                {
                    "value": each.scope.value,
                    "label": each.scope.label,
                    "why_not": each.why_not,
                    "checked": each.scope.value in chosen,
                }
                for each in mintable
            ],
            **more,
        },
        status=status,
    )
