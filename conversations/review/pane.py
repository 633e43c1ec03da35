"""What the ticket page shows: the thread with its events, the draft with its sources, and what this person may do."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
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
from conversations.review.models import Concern, Decision
from conversations.review.timeline import WITHDRAWN, timeline
from conversations.teamwork.beside import beside
from conversations.tickets.choices import choices
from conversations.tickets.models import Ticket
from conversations.tickets.states import Lane, SendingState, Why
from desk.jobs import trouble
from desk.ledger.models import Entry

WORDS_A_SECOND = 4.2  # reading to decide, somewhat slower than reading for pleasure


@dataclass(frozen=True, slots=True)
class Conflict:
    """Why what a person sent was not taken, and what they wrote."""

    title: str
    text: str
    kept: str = ""
    flags: tuple[dict[str, Any], ...] = ()
    note: str = ""
    instruction: str = ""


def ticket_page(
    ticket: Ticket, person: Person, *, mode: str = "", conflict: Conflict | None = None, draft: Draft | None = None
) -> dict[str, Any]:
    """The context of thread and review pane for one viewer. `seq` is read before anything else."""
    seq = Entry.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
    ticket = Ticket.objects.select_related("customer", "team", "assignee").get(pk=ticket.pk)
    draft = draft or current_draft(ticket.number)
    shown = draft if draft and draft.state == DraftState.PENDING_REVIEW else None
    concerns = list(Concern.objects.filter(ticket=ticket, settled_at=None).select_related("owner"))
    returned = returned_text(ticket, shown)
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
            "draft": _draft(shown, conflict) if shown else None,
            "drafting": bool(draft) and shown is None,
            "no_draft_because": why,
            "news": _news(ticket, shown),
            "closed": ticket.status == "closed",
            "spam": ticket.is_spam,
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
            "returned": _returned_words(ticket) if returned or (shown and shown.returned_because) else "",
        },
        "concerns": concerns,
        "dead_jobs": list(trouble(ticket.ref)),
        "last_seen": ticket.messages.exclude(direction="note").aggregate(last=Max("id"))["last"] or 0,
        "acts": (may := acts(ticket, person, shown)),
        "work": choices(ticket) if "work" in may else None,
        **files_beside(ticket, person),
        **beside(ticket, person, draft=shown.pk if shown else None),
    }


def returned_text(ticket: Ticket, draft: Draft | None) -> str:
    """The text of a reply that was taken back, so that nobody has to write it again."""
    last = Decision.objects.filter(ticket=ticket).order_by("-id").first()
    if last is None or last.standing or not last.text or ticket.lane == Lane.NONE:
        return ""
    if draft is None:
        return last.text
    return last.text if last.draft_id == draft.pk and last.kind == Decision.Kind.EDITED else ""


def _returned_words(ticket: Ticket) -> str:
    """Why a reply that was decided is here again."""
    last = Decision.objects.filter(ticket=ticket, standing=False).order_by("-id").first()
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
    if not person_has(person, Right.WORK):
        return may
    number = [ticket.number]
    may["note"] = reverse("note", args=number)
    if person_has(person, Right.DECIDE):
        may["reply"] = reverse("reply", args=number)
        if draft:
            may |= {name: reverse(name, args=[draft.pk]) for name in ("approve", "edit", "reject")}
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


def _draft(draft: Draft, conflict: Conflict | None) -> dict[str, Any]:
    numbers: dict[str, int] = {}
    for sentence in draft.sentences:
        for source in sentence["sources"]:
            numbers.setdefault(source["passage"], len(numbers) + 1)
    claims = [sentence for sentence in draft.sentences if sentence.get("kind") == "claim"]
    flags: list[Any] = list(draft.flags.order_by("id"))
    # What was flagged in a changed text that came back has no row yet; its answers go with the next try.
    flags += [flag for flag in (conflict.flags if conflict else ()) if int(flag["id"]) < 0]
    return {
        "id": draft.pk,
        "version": draft.version,
        "text": draft.text,
        "risk": draft.risk,
        "flags": flags,
        "open_blockers": sum(_is_open(flag) for flag in flags),
        "sentences": _sentences(draft, numbers),
        "passages": _passages(draft, numbers),
        "unanswered": draft.unanswered,
        "statements": len(claims),
        "sourced": sum(bool(claim["sources"]) for claim in claims),
        "reading_seconds": max(1, round(len(draft.text.split()) / WORDS_A_SECOND)),
        "model": draft.settings.model if draft.settings else _("demo data"),
        "prepared_at": draft.ready_at,
        "saw_url": reverse("model_saw", args=[draft.pk]) if draft.settings_id else "",
        "versions_url": reverse("drafts_of", args=[draft.ticket_id]),
        "returned_because": draft.returned_because,
    }


def _is_open(flag: Any) -> bool:
    return bool(flag["id"] < 0) if isinstance(flag, dict) else flag.severity == "blocker" and not flag.answer


def _sentences(draft: Draft, numbers: dict[str, int]) -> list[dict[str, Any]]:
    """The text in pieces, each with the white space that follows it; a text that its sentences do not cover stays whole."""
    pieces: list[dict[str, Any]] = []
    at = 0

    def add(text: str, sources: list[dict[str, int]], *, unsupported: bool = False) -> None:
        """Blanks stand outside of what is marked, so that a mark ends with its last word."""
        lead = text[: len(text) - len(text.lstrip())]
        if pieces:
            pieces[-1]["after"] += lead
        words = text.strip()
        if words:
            after = text.lstrip()[len(words) :]
            pieces.append({"text": words, "after": after, "sources": sources, "unsupported": unsupported})

    for sentence in draft.sentences:
        found = draft.text.find(sentence["text"], at)
        if found < 0:
            continue
        add(draft.text[at:found], [])
        sources = [
            {"number": number} for number in sorted({numbers[source["passage"]] for source in sentence["sources"]})
        ]
        add(sentence["text"], sources, unsupported=not sources and sentence.get("kind") == "claim")
        at = found + len(sentence["text"])
    add(draft.text[at:], [])
    return pieces


def _passages(draft: Draft, numbers: dict[str, int]) -> list[dict[str, Any]]:
    quotes: dict[str, str] = {}
    for sentence in draft.sentences:
        for source in sentence["sources"]:
            quotes.setdefault(source["passage"], source["quote"])
    shown = []
    for passage in draft.passages:
        number = numbers.get(passage["ref"])
        if number is None:
            continue
        quote = quotes[passage["ref"]]
        before, found, after = passage["text"].partition(quote)
        if not found:
            before, quote, after = passage["text"], "", ""
        shown.append(
            {
                "number": number,
                "title": f"{passage['title']} › {passage['heading']}",
                "before": before,
                "quote": quote,
                "after": after,
            }
        )
    return sorted(shown, key=lambda passage: passage["number"])


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


def reading(drafts: Iterable[Draft]) -> list[dict[str, Any]]:
    """A ticket's drafts for those who want to know how they differ: what was asked for, by whom, what became of each."""
    decisions: dict[int, Decision] = {}
    rows = list(drafts)
    for decision in Decision.objects.filter(draft__in=rows).select_related("person").order_by("id"):
        if decision.draft_id:
            decisions[decision.draft_id] = decision
    return [
        {"draft": draft, "decision": decisions.get(draft.pk), "words": len(re.findall(r"\w+", draft.text))}
        for draft in rows
    ]
