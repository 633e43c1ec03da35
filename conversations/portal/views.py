"""Pages for everybody: the help centre, a new request, how AI is used here. They work without script."""

from __future__ import annotations

from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from conversations.attachments.forms import Chosen, chosen, files_in_form
from conversations.attachments.limits import WrongFiles
from conversations.attachments.uploads import PORTAL
from conversations.drafting.contracts import standing_contracts
from conversations.knowledge.rendering import as_html
from conversations.portal import articles
from conversations.portal.actions import send_request
from conversations.portal.forms import RequestForm
from conversations.portal.limits import (
    REQUESTS_OF_A_NETWORK,
    REQUESTS_OF_AN_ADDRESS,
    SEARCHES_OF_A_NETWORK,
    network_of,
)
from conversations.portal.once import SentBefore, mark_of, new_mark
from conversations.privacy.queries import asks_first
from conversations.tickets.times import WAIT
from desk.actions import Actor

_THANKS = "portal.thanks"
_THANKS_FOR = 60 * 60 * 24 * 7  # seconds that the page after a request can be reloaded


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """`/`: the queue for people of the staff, the help centre for everyone else."""
    return redirect("/queue/") if request.user.is_authenticated else help_centre(request)


@require_safe
def help_centre(request: HttpRequest) -> HttpResponse:
    """The start page of everybody who is no member of the staff."""
    asked = request.GET.get("q", "").strip()[:200]
    language = _language()
    if asked and not SEARCHES_OF_A_NETWORK.allows(network_of(request)):
        asked = ""
    found = articles.matching(asked, language) if asked else articles.titles(language)
    return render(
        request,
        "portal/help.html",
        {"asked": asked, "articles": found, "asks_first": asks_first(), "wait": expected_wait()},
    )


@require_safe
def article(request: HttpRequest, slug: str) -> HttpResponse:
    found = articles.one(slug, _language())
    if found is None:
        return render(request, "portal/no_article.html", status=404)
    return render(request, "portal/article.html", {"article": found, "body": as_html(found.body)})


@require_safe
def trust(request: HttpRequest) -> HttpResponse:
    """How AI is used here, at length."""
    return render(request, "portal/trust.html", {"asks_first": asks_first(), "providers": standing_contracts()})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_request(request: HttpRequest) -> HttpResponse:
    """The form, and what it sends. Nobody learns here whether an address is known: every answer is the same for all."""
    first = asks_first()
    if request.method != "POST":
        return _form_page(request, RequestForm(asks_first=first))
    form = RequestForm(request.POST, asks_first=first)
    if not REQUESTS_OF_A_NETWORK.allows(network_of(request)):
        return _too_many(request, form)
    files = chosen(request, owner=PORTAL, ticket=None)
    if not form.is_valid() or files.problems:
        return _form_page(request, form, files=files, status=400)
    asked = form.asked()
    if not REQUESTS_OF_AN_ADDRESS.allows(asked.email.lower()):
        return _too_many(request, form, files=files)
    words = (asked.name, asked.email, asked.subject, asked.message, str(asked.ai_consent))
    mark = mark_of(request, *words, *files.marks)
    try:
        number = send_request(asked, files, mark=mark, by=Actor("customer", via="page")).number
    except SentBefore as before:
        number = before.number
    except WrongFiles as wrong:
        return _form_page(request, form, files=files, wrong=wrong, status=400)
    return redirect(f"{reverse('portal:thanks')}?of={signing.dumps(number, salt=_THANKS)}")


@never_cache
@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    """It has arrived. The number is signed, so that nobody is shown another; the ticket's link goes by mail alone."""
    try:
        number = signing.loads(request.GET.get("of", ""), salt=_THANKS, max_age=_THANKS_FOR)
    except signing.BadSignature:
        return redirect("portal:help")
    return render(
        request, "portal/thanks.html", {"number": number, "wait": expected_wait(), "asks_first": asks_first()}
    )


def expected_wait() -> str:
    """The time within which a request without a priority of its own is answered, in words."""
    hours = round(WAIT["normal"].total_seconds() / 3600)
    return ngettext("%(hours)s hour", "%(hours)s hours", hours) % {"hours": hours}


def _language() -> str:
    return (get_language() or "en").partition("-")[0]


def _form_page(
    request: HttpRequest,
    form: RequestForm,
    *,
    files: Chosen | None = None,
    wrong: WrongFiles | None = None,
    status: int = 200,
    problem: str = "",
) -> HttpResponse:
    page: dict[str, Any] = {
        "form": form,
        "once": new_mark(),
        "problem": problem,
        **files_in_form(files, wrong),
        "wait": expected_wait(),
        "asks_first": form.asks_first,
    }
    return render(request, "portal/new.html", page, status=status)


def _too_many(request: HttpRequest, form: RequestForm, *, files: Chosen | None = None) -> HttpResponse:
    form.is_valid()
    sentence = gettext(
        "A lot has come in from where you are. Nothing you wrote is lost: please wait ten minutes and send it again."
    )
    response = _form_page(request, form, files=files, status=429, problem=sentence)
    response["Retry-After"] = "600"
    return response
