"""What the ticket page shows: the thread with its events, the draft with its sources, and what this person may do."""

from __future__ import annotations

from typing import Any

from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.rights import Right, person_has
from conversations.attachments.beside import files_beside
from conversations.drafting.models import Draft
from conversations.drafting.queries import current_draft, no_draft_because
from conversations.drafting.states import DraftState
from conversations.knowledge.lookups import facts_of
from conversations.review.actions.seen import language_of
from conversations.review.models import Concern, Decision
from conversations.review.shown import Conflict, shown_draft
from conversations.review.timeline import WITHDRAWN, timeline
from conversations.teamwork.beside import beside
from conversations.tickets.choices import choices
from conversations.tickets.customers import card
from conversations.tickets.kin import kin
from conversations.tickets.models import Ticket
from conversations.tickets.states import Lane, SendingState, Why
from conversations.tickets.threads import Thread, thread_of
from desk.jobs import trouble
from desk.ledger.models import Entry


def ticket_page(
    ticket: Ticket, person: Person, *, mode: str = "", conflict: Conflict | None = None, draft: Draft | None = None
) -> dict[str, Any]:
    """The context of thread and review pane for one viewer. `seq` is read before anything else."""
    seq = Entry.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
    ticket = Ticket.objects.select_related("customer", "team", "assignee").get(pk=ticket.pk)
    draft = draft or current_draft(ticket.number)
    shown = draft if draft and draft.state == DraftState.PENDING_REVIEW else None
    concerns = list(Concern.objects.filter(ticket=ticket, settled_at=None).select_related("owner"))
    thread = thread_of(ticket.number)
    returned = returned_text(ticket, shown, thread)
    kept = (conflict.kept if conflict else "") or returned
    why = "" if draft else no_draft_because(ticket)
    return {
        "seq": seq,
        "ticket": {
            "number": ticket.number,
            "seq": seq,
            "subject": ticket.subject,
            "status": ticket.get_status_display(),
            "priority": ticket.priority,
            "language": ticket.language,
            "team": ticket.team,
            "assignee": ticket.assignee,
            "tags": ticket.tags,
            "customer": _customer(ticket),
            "due_at": ticket.due_at,
            "due_what": _("answer due"),
            "draft": shown_draft(shown, conflict, person) if shown else None,
            "drafting": bool(draft) and shown is None,
            "no_draft_because": why,
            "news": _news(ticket, shown),
            "closed": ticket.status == "closed",
            "spam": ticket.is_spam,
            "merged": ticket.is_merged,
            "open": ticket.status not in {"solved", "closed"},
            "live_url": reverse("ticket_live", args=[ticket.number]),
            "lane": ticket.lane,
            "lane_why": ticket.lane_why,
            "why_words": Why(ticket.lane_why).label if ticket.lane_why else "",
        },
        "timeline": timeline(ticket, person),
        "pane": {
            "mode": mode or _mode(shown, returned=bool(kept)),
            "conflict": conflict,
            "text": kept,
            "returned": _returned_words(thread) if returned or (shown and shown.returned_because) else "",
        },
        "concerns": concerns,
        "dead_jobs": list(trouble(ticket.ref)),
        "last_seen": thread.messages().exclude(direction="note").aggregate(last=Max("id"))["last"] or 0,
        "acts": (may := acts(ticket, person, shown)),
        "work": choices(ticket) if "work" in may else None,
        **files_beside(ticket, person),
        **beside(ticket, person, draft=shown.pk if shown else None),
        **kin(ticket, person, thread),
        "card": card(ticket, person),
        "looked_up": facts_of(ticket),
        **({"team_acts": {}} if ticket.is_merged else {}),
    }


def returned_text(ticket: Ticket, draft: Draft | None, thread: Thread) -> str:
    """The text of a reply that was taken back, here or in what was merged, so that nobody has to write it again."""
    last = Decision.objects.filter(ticket__in=thread.numbers).order_by("-id").first()
    if last is None or last.standing or not last.text or ticket.lane == Lane.NONE:
        return ""
    if draft is None:
        return last.text
    return last.text if last.draft_id == draft.pk and last.kind == Decision.Kind.EDITED else ""


def _returned_words(thread: Thread) -> str:
    """Why a reply that was decided is here again."""
    last = Decision.objects.filter(ticket__in=thread.numbers, standing=False).order_by("-id").first()
    return str(WITHDRAWN.get(last.ended_because, "")) if last else ""


def _mode(draft: Draft | None, *, returned: bool) -> str:
    if draft is None:
        return "write"
    return "edit" if returned else "review"


def _customer(ticket: Ticket) -> dict[str, Any]:
    customer = ticket.customer
    return {
        "name": customer.display_name,
        "initials": customer.initials,
        "email": customer.email,
        "ai_consent": False if ticket.kept_for_people else customer.ai_consent,
        "url": reverse("customer", args=[customer.pk]),
    }


def _news(ticket: Ticket, draft: Draft | None) -> str:
    """What a screen reader says when this ticket changed on the screen."""
    if draft:
        return _("A draft is ready for ticket %(number)s, version %(version)s.") % {
            "number": ticket.number,
            "version": draft.version,
        }
    if ticket.lane == Lane.NONE:
        return _("Ticket %(number)s waits for nobody.") % {"number": ticket.number}
    return _("Ticket %(number)s waits for a person: %(why)s.") % {
        "number": ticket.number,
        "why": Why(ticket.lane_why).label or Lane(ticket.lane).label,
    }


def acts(ticket: Ticket, person: Person, draft: Draft | None) -> dict[str, str]:
    """The addresses of what this person may do here now."""
    may: dict[str, str] = {}
    if person_has(person, Right.READ_LEDGER):
        may["evidence"] = reverse("evidence", args=[ticket.number])
    if ticket.is_merged or not person_has(person, Right.WORK):
        return may
    number = [ticket.number]
    may["note"] = reverse("note", args=number)
    if person_has(person, Right.DECIDE):
        may["reply"] = reverse("reply", args=number)
        if draft:
            may["reject"] = reverse("reject", args=[draft.pk])
            if person.reads(language_of(draft)):
                may |= {name: reverse(name, args=[draft.pk]) for name in ("approve", "edit")}
        elif ticket.lane in {Lane.WRITE, Lane.TROUBLE} and not no_model(ticket):
            may["retry"] = reverse("ask_for_draft", args=number)
        if ticket.lane:
            may["escalate"] = reverse("escalate", args=number)
    may["status"] = reverse("status", args=number)
    may["work"] = reverse("work", args=number)
    if ticket.kept_for_people and ticket.customer.ai_consent is not False:
        may["release"] = reverse("release", args=number)
    return may


def no_model(ticket: Ticket) -> bool:
    return ticket.customer.ai_consent is False or bool(ticket.kept_for_people)


def undo_toasts(person: Person) -> list[dict[str, Any]]:
    """This person's decisions that can still be taken back; from the rows, so that a reload shows them again."""
    waiting = (
        Decision.objects.filter(
            person=person, standing=True, sending__state=SendingState.QUEUED, sending__release_at__gt=timezone.now()
        )
        .select_related("sending")
        .order_by("-id")[:3]
    )
    return [
        {
            "text": _("Reply in #%(number)s goes out.") % {"number": decision.ticket_id},
            "tone": "",
            "undo": reverse("undo", args=[decision.pk]),
            "until": decision.sending.release_at,
            "now": timezone.now(),
            "after": _("Reply in #%(number)s was handed over.") % {"number": decision.ticket_id},
        }
        for decision in waiting
    ]
