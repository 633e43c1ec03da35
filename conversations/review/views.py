"""The ticket page with its review pane, and the forms that decide. Every form works without script and redirects."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.doors import StaffRequest, actor, staff
from accounts.models import Role
from conversations.attachments.actions import Uploaded
from conversations.attachments.forms import chosen
from conversations.drafting.access import draft_for
from conversations.drafting.queries import shown_drafts
from conversations.review.access import concern_for, decision_for
from conversations.review.actions import (
    Edit,
    Rejection,
    Seen,
    approve,
    ask_for_draft,
    edit,
    escalate,
    reject,
    settle_concern,
    undo,
    write_reply,
)
from conversations.review.history import reading
from conversations.review.pane import ticket_page, undo_toasts
from conversations.review.shown import Conflict
from conversations.teamwork import notices, unsent
from conversations.teamwork.actions import hand_over
from conversations.teamwork.queries import held_by_others, taker
from conversations.tickets.access import sending_for, ticket_for, tickets_for
from conversations.tickets.actions import add_note, release_to_model, resolve_sending, set_status
from conversations.tickets.listing import Listing
from conversations.tickets.models import Ticket
from conversations.tickets.notices import for_desk
from conversations.tickets.onward import beyond, listing_at, listing_of, next_in, to_ticket
from conversations.tickets.views import list_beside
from conversations.tickets.wishes import Outcome, fulfil, wish_of
from conversations.tickets.work_views import told
from desk.jobs import Job, retry
from desk.problems import Invalid, NotFound, Problem

MODES = ("review", "edit", "write", "note", "reject", "hand_over")


def _whole(request: StaffRequest, ticket: Ticket, *, status: int = 200, **more: Any) -> HttpResponse:
    mode = more.pop("mode", "") or request.GET.get("mode", "")
    page = ticket_page(ticket, request.user, mode=mode if mode in MODES else "", **more)
    beside = list_beside(request, listing=listing_at(request), current=ticket.number)
    page["ticket"]["live_url"] += f"?{beside['view']['query']}"
    follow = f"{beside['follow']} ticket:{ticket.number}".strip()
    context = {**beside, **page, "follow": follow, "toasts": undo_toasts(request.user)}
    return render(request, "tickets/ticket.html", context, status=status)


@require_GET
@staff()
def ticket(request: StaffRequest, number: int) -> HttpResponse:
    found = ticket_for(request.user, number)
    notices.see(request.user, found)
    return _whole(request, found)


@require_GET
@staff()
def live(request: StaffRequest, number: int) -> HttpResponse:
    """Thread and pane as they are now, for a live change; permission is this viewer's."""
    found = ticket_for(request.user, number)
    beside = {"view": {"query": request.GET.urlencode()}}
    return render(request, "tickets/_ticket.html", {**ticket_page(found, request.user), **beside})


def _onward(request: StaffRequest, done: Ticket, rest: Listing | None) -> HttpResponse:
    """Back to the ticket, or on to the next one for who likes it so; the list beside stays the one it was."""
    number = done.number
    if rest is not None:
        number = next_in(rest, request.user, taken=[number, *held_by_others(request.user)]) or number
        if number == done.number:
            messages.info(request, _("No further ticket waits in this view."))
    return to_ticket(request, number)


def _deciding(*, mode: str, goes_on: bool = False) -> Callable[[Callable[..., Ticket]], Callable[..., HttpResponse]]:
    """A form of the pane: back to the ticket when it was taken; else the ticket as it is now, why not, and what was typed.

    `goes_on`: it decides, so that it may lead on to the next ticket.
    """

    def decorate(view: Callable[..., Ticket]) -> Callable[..., HttpResponse]:
        @wraps(view)
        @require_POST
        @staff(Role.AGENT, Role.SUPERVISOR)
        def posted(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                rest = _rest(request, view.__name__, *args, **kwargs) if goes_on else None
                done = view(request, *args, **kwargs)
            except NotFound:
                raise
            except Problem as problem:
                number = _number(request, view.__name__, *args, **kwargs)
                kept = request.POST.get("text", "") or str(problem.fields.get("text", ""))
                return _whole(
                    request,
                    ticket_for(request.user, number),
                    status=problem.status,
                    mode=mode if kept or request.POST.get("note") else "",
                    conflict=Conflict(
                        str(problem.title),
                        str(problem.detail),
                        kept,
                        flags=tuple(problem.fields.get("flags", ())),
                        note=request.POST.get("note", ""),
                        instruction=request.POST.get("instruction", ""),
                    ),
                )
            return _back_from(request, done, rest, sent=mode != "review")

        return posted

    return decorate


def _back_from(request: StaffRequest, done: Ticket, rest: Listing | None, *, sent: bool) -> HttpResponse:
    """To the ticket or the next one, without the text that was sent; from one that went out of sight to the queue."""
    row, what = request.POST.get("unsent", "")[:18], request.POST.get("unsent_what", "")[:32]
    if what:
        text = request.POST.get("text", "") if sent else ""
        unsent.forget(request.user, done, what=what, row=int(row) if sent and row.isdecimal() else None, sent=text)
    if tickets_for(request.user).filter(pk=done.pk).exists():
        notices.see(request.user, done)
        return _onward(request, done, rest)
    messages.info(request, _("Ticket #%(number)s is with the other team now.") % {"number": done.number})
    return redirect("todo")


def _rest(request: StaffRequest, view: str, *args: Any, **kwargs: Any) -> Listing | None:
    """The list behind the ticket, for who goes on to the next; who rejects to write themselves stays here."""
    if not request.user.prefers.open_next or (view == "reject_draft" and request.POST.get("next", "write") == "write"):
        return None
    listing = listing_at(request) or listing_of("", request.user)
    return beyond(listing, _number(request, view, *args, **kwargs)) if listing else None


def _number(request: StaffRequest, view: str, *args: Any, **kwargs: Any) -> int:
    if "number" in kwargs:
        return int(kwargs["number"])
    if "draft_id" in kwargs:
        return draft_for(request.user, kwargs["draft_id"]).ticket_id
    if "decision_id" in kwargs:
        return decision_for(request.user, kwargs["decision_id"]).ticket_id
    if "sending_id" in kwargs:
        return sending_for(request.user, kwargs["sending_id"]).message.ticket_id
    return concern_for(request.user, kwargs["concern_id"]).ticket_id


def _seen(request: HttpRequest) -> Seen:
    """Which version was on the screen, and what was answered to its flags (fields answer-<flag>, seen_in-<flag>)."""
    try:
        version = int(request.POST.get("version", "")[:18])
    except ValueError:
        raise Invalid(
            _("The form did not say which version of the draft was on the screen. Load the page again.")
        ) from None
    answers = {
        int(match[1]): (str(answer), request.POST.get(f"seen_in-{match[1]}", ""))
        for name, answer in request.POST.items()
        if answer and (match := re.fullmatch(r"answer-(-?[0-9]{1,18})", name))
    }
    return Seen(version, answers)


def _files(request: StaffRequest, ticket: Ticket, what: str = "reply") -> Uploaded:
    """The files that were ticked, and those that came with the form."""
    return chosen(request, owner=str(actor(request)), ticket=ticket, what=what).enclosure()


@_deciding(mode="review", goes_on=True)
def approve_draft(request: StaffRequest, draft_id: int) -> Ticket:
    draft = draft_for(request.user, draft_id)
    files = _files(request, draft.ticket)
    return approve(draft, by=actor(request), seen=_seen(request), files=files).ticket


@_deciding(mode="edit", goes_on=True)
def edit_draft(request: StaffRequest, draft_id: int) -> Ticket:
    draft = draft_for(request.user, draft_id)
    text, files = Edit(request.POST.get("text", "")), _files(request, draft.ticket)
    return edit(draft, text, by=actor(request), seen=_seen(request), files=files).ticket


@_deciding(mode="reject", goes_on=True)
def reject_draft(request: StaffRequest, draft_id: int) -> Ticket:
    draft = draft_for(request.user, draft_id)
    form = request.POST
    why = Rejection(
        reason=form.get("reason", ""),
        next=form.get("next", "write"),
        note=form.get("note", ""),
        instruction=form.get("instruction", ""),
    )
    return reject(draft, why, by=actor(request), seen=_seen(request)).ticket


@_deciding(mode="write", goes_on=True)
def reply(request: StaffRequest, number: int) -> Ticket:
    found = ticket_for(request.user, number)
    instead = None
    named = request.POST.get("draft", "")[:18]
    if request.POST.get("version") and named.isdecimal():
        draft = draft_for(request.user, int(named))
        instead = (draft, _seen(request))
    seen = request.POST.get("last_seen", "")[:18]
    if not seen.isdecimal():
        raise Invalid(_("The form did not say what was on the screen. Load the page again; your text is kept."))
    return write_reply(
        found,
        text=request.POST.get("text", ""),
        by=actor(request),
        instead_of=instead,
        last_seen=int(seen),
        merges_seen=int(merges) if (merges := request.POST.get("merges_seen", "")[:18]).isdecimal() else None,
        files=_files(request, found),
    ).ticket


@_deciding(mode="note")
def note(request: StaffRequest, number: int) -> Ticket:
    found = ticket_for(request.user, number)
    files = _files(request, found, "note")
    return add_note(found, text=request.POST.get("text", ""), files=files, by=actor(request)).ticket


@_deciding(mode="")
def take_back(request: StaffRequest, decision_id: int) -> Ticket:
    return undo(decision_for(request.user, decision_id), by=actor(request)).ticket


@_deciding(mode="")
def draft_again(request: StaffRequest, number: int) -> Ticket:
    found = ticket_for(request.user, number)
    ask_for_draft(found, by=actor(request), instruction=request.POST.get("instruction", ""))
    return found


@_deciding(mode="")
def hand_up(request: StaffRequest, number: int) -> Ticket:
    return escalate(ticket_for(request.user, number), by=actor(request))


@_deciding(mode="hand_over")
def hand_over_ticket(request: StaffRequest, number: int) -> Ticket:
    """To a colleague (`to` is person:<id>) or a team (team:<id>), with a note."""
    found = ticket_for(request.user, number)
    to = taker(found, request.POST.get("to", ""))
    return hand_over(found, to, note=request.POST.get("text", ""), by=actor(request))


@_deciding(mode="")
def status(request: StaffRequest, number: int) -> Ticket:
    return set_status(ticket_for(request.user, number), request.POST.get("status", ""), by=actor(request))


@_deciding(mode="")
def release(request: StaffRequest, number: int) -> Ticket:
    return release_to_model(ticket_for(request.user, number), by=actor(request))


@require_POST
@staff(Role.AGENT, Role.SUPERVISOR)
def work(request: StaffRequest, number: int) -> HttpResponse:
    """Status, priority, team, assignee, tags, time to come back, spam: one of them, by the menus over the thread."""
    found = ticket_for(request.user, number)
    try:
        outcome = fulfil(wish_of(request.POST, request.user), [number], request.user, by=actor(request))
        problem = Invalid(outcome.refused[0][1]) if outcome.refused else None
    except Invalid as wrong:
        outcome, problem = Outcome(), wrong
    if getattr(request, "htmx", False):
        return told(request, outcome, problem)
    if problem is not None:
        conflict = Conflict(str(problem.title), str(problem.detail))
        return _whole(request, found, status=problem.status, conflict=conflict)
    if not tickets_for(request.user).filter(pk=number).exists():
        messages.info(request, _("Ticket %(number)s is another team's now.") % {"number": number})
        return redirect("todo")
    return redirect("ticket", number)


@_deciding(mode="")
def settle(request: StaffRequest, concern_id: int) -> Ticket:
    return settle_concern(concern_for(request.user, concern_id), by=actor(request)).ticket


@_deciding(mode="")
def retry_job(request: StaffRequest, number: int) -> Ticket:
    """Another five tries for the background jobs of a ticket that gave up."""
    found = ticket_for(request.user, number)
    for dead in Job.objects.filter(thread=found.ref, state=Job.State.DEAD):
        retry(dead, by=actor(request))
    return found


@staff(Role.AGENT, Role.SUPERVISOR)
def resolve(request: StaffRequest, sending_id: int) -> HttpResponse:
    """A reply in trouble: what became of it? A page that asks; its form answers."""
    sending = sending_for(request.user, sending_id)
    if request.method == "POST":
        resolve_sending(sending, outcome=request.POST.get("outcome", ""), by=actor(request))
        return redirect("ticket", sending.message.ticket_id)
    message = sending.message
    return render(request, "review/resolve.html", {"sending": sending, "message": message, "text": for_desk(message)})


@require_GET
@staff()
def drafts_of(request: StaffRequest, number: int) -> HttpResponse:
    """Every draft that was before people, which version, who asked for what, and what became of it."""
    found = ticket_for(request.user, number)
    return render(request, "review/drafts.html", {"ticket": found, "drafts": reading(shown_drafts(found.number))})
