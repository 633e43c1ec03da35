"""The demo's post-box: what went out, as it went out."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from conversations.mailroom import caught
from desk.problems import NotFound


@require_safe
@never_cache
def caught_mails(request: HttpRequest) -> HttpResponse:
    """The newest mails that the catcher kept."""
    _only_in_the_demo()
    return render(request, "mailroom/mails.html", {"mails": caught.mails()})


@require_safe
@never_cache
def caught_mail(request: HttpRequest, name: str) -> HttpResponse:
    """One mail, with the links that the customer gets."""
    _only_in_the_demo()
    return render(request, "mailroom/mail.html", {"mail": caught.mail(name)})


def _only_in_the_demo() -> None:
    """Elsewhere no mail is caught, and a customer's mail is nobody else's to read."""
    if not settings.DEMO:
        raise NotFound
