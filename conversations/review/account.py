"""The account of a ticket in an evidence bundle: how each reply came to be, in words for somebody who has no desk.

It is told from the entries. What the rows add (names, passages, settings) is marked as such by where it stands.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from conversations.drafting.models import Draft, Flag, ModelCall
from conversations.knowledge.models import Passage
from conversations.review.models import Decision
from conversations.tickets.models import Message, Sending, Ticket
from desk.ledger.evidence import Story, account_of
from desk.ledger.kinds import sentences
from desk.ledger.models import Entry

LOOKED = ("receipt.read", "evidence.exported", "flag.answered")
DECIDED = ("draft.approved", "draft.edited", "draft.rejected", "draft.set_aside", "reply.written")


def _beside(ref: str) -> Q:
    """What is not of the ticket's own thread: the customer's choice about AI, and versions of settings and articles."""
    ticket = Ticket.objects.get(pk=_number(ref))
    drafts = list(Draft.objects.filter(ticket=ticket).values_list("settings_id", "passages"))
    passages = {int(_number(passage["ref"])) for _settings, some in drafts for passage in some}
    versions = Passage.objects.filter(pk__in=passages).values_list("article_id", "version").distinct()
    beside = Q(kind="customer.consent_set", subject=ticket.customer.ref)
    if known := sorted({f"settings:{version}" for version, _passages in drafts if version}):
        beside |= Q(kind="settings.recorded", subject__in=known)
    for article, version in versions:
        beside |= Q(kind="article.saved", subject=f"article:{article}", facts__version=version)
    return beside


@account_of("ticket", beside=_beside)
def ticket_account(story: Story) -> str:
    """`ticket.html`: one page that needs nothing else, in the language of whoever asked for it."""
    ticket = Ticket.objects.select_related("customer").get(pk=_number(story.ref))
    told = dict(zip((entry.seq for entry in story.entries), sentences(story.entries), strict=True))
    return render_to_string(
        "evidence/ticket.html",
        {
            "ticket": ticket,
            "organisation": settings.ENV.organisation,
            "language": get_language(),
            "style": _style(),
            "made_at": timezone.now(),
            "story": story,
            "checkpoints": story.checkpoints,
            "replies": [
                _reply(story, entry, told)
                for entry in story.entries
                if entry.kind in DECIDED and entry.thread == story.ref
            ],
            "looked": [
                {"entry": entry, "sentence": told[entry.seq]} for entry in story.entries if entry.kind in LOOKED
            ],
            "entries": [_told(story, entry, told) for entry in story.entries],
        },
    )


@cache
def _style() -> SafeString:
    """The page is opened from a disk and brings its style along; no page of the desk may."""
    return SafeString(f"<style>\n{Path(__file__).with_suffix('.css').read_text()}</style>")


def _told(story: Story, entry: Entry, told: dict[int, str]) -> dict[str, Any]:
    return {
        "entry": entry,
        "sentence": told[entry.seq],
        "texts": [
            (name, story.texts[entry.seq, name]) for name in entry.commitments if (entry.seq, name) in story.texts
        ],
        "missing": story.missing(entry),
    }


def _reply(story: Story, entry: Entry, told: dict[int, str]) -> dict[str, Any]:
    """One decision, what it was about, and what became of it."""
    decision = Decision.objects.select_related("person").filter(pk=_number(entry.subject)).first()
    draft = (
        Draft.objects.select_related("settings", "last_message").filter(pk=decision.draft_id).first()
        if decision and decision.draft_id
        else None
    )
    message = Message.objects.filter(decision=decision).first() if decision else None
    sending = Sending.objects.filter(decision=decision).first() if decision else None
    way = {sending.ref if sending else "", entry.subject}
    return {
        **_told(story, entry, told),
        "decision": decision,
        "asked": _committed(story, "message.received", draft.last_message.ref) if draft else "",
        "draft": draft,
        "draft_text": _committed(story, "draft.prepared", draft.ref) if draft else "",
        "calls": [_call(call) for call in ModelCall.objects.filter(draft=draft).order_by("pk")] if draft else [],
        "passages": _passages(draft) if draft else [],
        "flags": list(Flag.objects.filter(draft=draft).order_by("pk")) if draft else [],
        "message": message,
        "way": [
            {"entry": each, "sentence": told[each.seq]}
            for each in story.entries
            if each.seq > entry.seq and each.subject in way - {""}
        ],
    }


def _committed(story: Story, kind: str, subject: str) -> str:
    """A text as it was committed to when something happened; not as its row may say now. "" when it is gone."""
    seqs = [entry.seq for entry in story.entries if entry.kind == kind and entry.subject == subject]
    return story.texts.get((seqs[-1], "text"), "") if seqs else ""


def _call(call: ModelCall) -> dict[str, Any]:
    return {"call": call, "settings": call.settings, "replaced": sum(call.redaction.get("replaced", {}).values())}


def _passages(draft: Draft) -> list[dict[str, Any]]:
    """Which passages, of which version of which article, and what was quoted from each."""
    keys = [int(_number(passage["ref"])) for passage in draft.passages]
    versions = {row.ref: (row.article_id, row.version) for row in Passage.objects.filter(pk__in=keys)}
    quotes: dict[str, list[str]] = {}
    for sentence in draft.sentences:
        for source in sentence["sources"]:
            quotes.setdefault(source["passage"], []).append(source["quote"])
    return [
        {
            **passage,
            "article": versions.get(passage["ref"], ("", ""))[0],
            "version": versions.get(passage["ref"], ("", ""))[1],
            "quotes": quotes.get(passage["ref"], []),
        }
        for passage in draft.passages
    ]


def _number(ref: str) -> str:
    return ref.partition(":")[2]
