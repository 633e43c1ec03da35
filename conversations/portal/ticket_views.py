"""The customer's own ticket, by its secret link. A GET never acts: scanners of mail follow every link they find."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import wraps

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from conversations.attachments import downloads
from conversations.attachments.access import file_of
from conversations.attachments.forms import Chosen, chosen, files_in_form
from conversations.attachments.limits import WrongFiles
from conversations.attachments.uploads import PORTAL
from conversations.portal.actions import send_concern, send_message
from conversations.portal.forms import ConcernForm, MessageForm
from conversations.portal.limits import CHOICES_OF_A_TICKET, CONCERNS_OF_A_TICKET, MESSAGES_OF_A_TICKET, Limit
from conversations.portal.once import SentBefore, mark_of, new_mark
from conversations.portal.queries import letters, reply_of, stage, ticket_of, visible_messages
from conversations.privacy.actions import allow, ask_for_person, opt_out
from conversations.privacy.queries import choice_of
from conversations.tickets.actions import NotMerged, unmerge
from conversations.tickets.models import Message, Ticket
from desk.actions import SYSTEM, Actor
from desk.problems import NotFound

_SOURCE = "ticket_page"
_View = Callable[..., HttpResponse]


def _secret(view: Callable[..., HttpResponse]) -> _View:
    """Find the ticket behind the link, and keep the page out of caches, search engines and other sites' logs.

    The referrer goes to this site alone. `no-referrer` would be the wrong way to say it: browsers then send
    `Origin: null` with every form of the page, which the protection against forged requests has to refuse.
    """

    @never_cache
    @wraps(view)
    def page(request: HttpRequest, token: str, **more: int) -> HttpResponse:
        try:
            ticket = ticket_of(token)
            # The link of a ticket that was merged leads on; what a form of its page says counts where it goes on.
            moved = ticket.link_token != token and request.method in {"GET", "HEAD"}
            response = _back(ticket) if moved else view(request, ticket, **more)
        except NotFound:
            response = render(request, "portal/no_ticket.html", status=404)
        response["Referrer-Policy"] = "same-origin"
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        return response

    return page


def _acts(limit: Limit) -> Callable[[_View], _View]:
    """A POST acts, as often as the limit lets it; anything else goes to the page, which is what a reload wants."""

    def decorate(view: _View) -> _View:
        @_secret
        @wraps(view)
        @require_http_methods(["GET", "HEAD", "POST"])
        def act(request: HttpRequest, ticket: Ticket, **more: int) -> HttpResponse:
            if request.method != "POST":
                return _back(ticket)
            if limit.allows(str(ticket.number)):
                if ticket.is_merged:
                    # Into another customer's: who speaks up has a ticket of their own again.
                    with suppress(NotMerged):
                        unmerge(ticket, by=SYSTEM)
                return view(request, ticket, **more)
            response = _page(
                request,
                ticket,
                status=429,
                message=MessageForm(request.POST) if "message" in request.POST else None,
                concern=ConcernForm(request.POST) if "wrong" in request.POST else None,
                about=more.get("message_id"),
                problem=gettext("That was a lot in a short time. Nothing you wrote is lost: please wait ten minutes."),
            )
            response["Retry-After"] = str(limit.seconds)
            return response

        return act

    return decorate


@_secret
@require_safe
def show(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    """What was written and answered, how each answer came about, and the customer's choices."""
    return _page(request, ticket)


@_acts(MESSAGES_OF_A_TICKET)
def write(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    form = MessageForm(request.POST)
    files = chosen(request, owner=PORTAL, ticket=ticket)
    if not form.is_valid() or files.problems:
        return _page(request, ticket, message=form, files=files, status=400)
    text = form.cleaned_data["message"]
    try:
        send_message(ticket, text, files, mark=mark_of(request, text, *files.marks), by=_by(ticket))
    except SentBefore:
        return _back(ticket)
    except WrongFiles as wrong:
        return _page(request, ticket, message=form, files=files, wrong_files=wrong, status=400)
    messages.success(request, gettext("Your message has arrived."))
    return _back(ticket)


@_acts(CHOICES_OF_A_TICKET)
def people_only(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    opt_out(ticket.customer, source=_SOURCE, by=_by(ticket))
    messages.success(request, gettext("From now on only people answer you, here and in every other request of yours."))
    return _back(ticket)


@_acts(CHOICES_OF_A_TICKET)
def allow_again(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    allow(ticket.customer, source=_SOURCE, by=_by(ticket))
    messages.success(request, gettext("From now on AI may prepare drafts for you. A person decides each answer."))
    return _back(ticket)


@_acts(CHOICES_OF_A_TICKET)
def person(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    ask_for_person(ticket, by=_by(ticket))
    messages.success(request, gettext("A person will answer this request, without any AI."))
    return _back(ticket)


@_acts(CONCERNS_OF_A_TICKET)
def wrong(request: HttpRequest, ticket: Ticket, message_id: int) -> HttpResponse:
    """The customer says that one of the replies is wrong; it becomes an item with an owner."""
    reply: Message = reply_of(ticket, message_id)
    form = ConcernForm(request.POST)
    if not form.is_valid():
        return _page(request, ticket, concern=form, about=message_id, status=400)
    text = form.cleaned_data["wrong"]
    try:
        send_concern(ticket, reply, text, mark=mark_of(request, text), by=_by(ticket))
    except SentBefore:
        return _back(ticket)
    messages.success(request, gettext("Thank you for telling us. A person will look into it and answer you here."))
    return _back(ticket)


@_secret
@require_safe
def file(request: HttpRequest, ticket: Ticket, attachment_id: int) -> HttpResponse:
    """A file of a message that the customer sees, to be saved."""
    return downloads.download(file_of(ticket, attachment_id, among=visible_messages(ticket)))


@_secret
@require_safe
def file_preview(request: HttpRequest, ticket: Ticket, attachment_id: int) -> HttpResponse:
    return downloads.preview(file_of(ticket, attachment_id, among=visible_messages(ticket)))


def _by(ticket: Ticket) -> Actor:
    return ticket.customer.actor(via="page")


def _back(ticket: Ticket) -> HttpResponse:
    return redirect("portal:ticket", token=ticket.link_token)


def _page(
    request: HttpRequest,
    ticket: Ticket,
    *,
    message: MessageForm | None = None,
    concern: ConcernForm | None = None,
    files: Chosen | None = None,
    wrong_files: WrongFiles | None = None,
    about: int | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    shown = letters(ticket)
    page = {
        "ticket": ticket,
        "letters": shown,
        "stage": stage(ticket, shown),
        "choice": choice_of(ticket.customer),
        "message_form": message or MessageForm(),
        "concern_form": concern or ConcernForm(),
        "about": about,
        "once": new_mark(),
        "problem": problem,
        **files_in_form(files, wrong_files),
    }
    return render(request, "portal/ticket.html", page, status=status)
