"""What a decision rests on: that the draft is what the person saw, that its flags were looked at, and that nobody was first."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from django.utils import timezone

from accounts.rights import Right, languages_of
from conversations.drafting.actions import answer_flag
from conversations.drafting.actions.generate import WHOLE_DRAFT, lock_draft
from conversations.drafting.checks import Found, check
from conversations.drafting.manner import USUAL
from conversations.drafting.models import Draft, Flag
from conversations.drafting.queries import severities
from conversations.drafting.resting import grounds_of
from conversations.drafting.states import DraftState
from conversations.knowledge.placeholders import unresolved
from conversations.review.kinds import DraftSetAside
from conversations.review.models import Decision
from conversations.review.problems import (
    AlreadyDecided,
    DraftStale,
    FlagsUnacknowledged,
    LanguageNotRead,
    PlaceholdersOpen,
)
from conversations.review.queries import readers_of
from conversations.tickets.actions import set_lane
from conversations.tickets.enclosures import Enclosure
from conversations.tickets.models import Ticket, text_hash
from conversations.tickets.states import Lane, Status, Why
from desk.actions import Actor, action, record
from desk.ledger.append import Text
from desk.rows import insert, update

MOST_NAMED = 5
"""Colleagues that a refusal names."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the person had before them: the draft's version, and what they said of its flags.

    `acknowledged` maps a flag's id to (answer, seen in): answer is `true` or `false_alarm`. What was flagged in a changed
    text alone has no row yet; its id is negative and follows from its words.
    """

    version: int
    acknowledged: Mapping[int, tuple[str, str]] = field(default_factory=dict)


@action("draft.set_aside", needs=Right.DECIDE)
def set_aside(draft: Draft, *, by: Actor, seen: Seen) -> Decision:
    """Put the draft aside to write oneself. No reason is asked: writing is never harder than approving."""
    locked = as_seen(draft, seen, by=by)
    decision = decide(locked, Decision.Kind.SET_ASIDE, text="", by=by)
    close(locked, DraftState.SUPERSEDED)
    locked.ticket.status = Status.OPEN
    set_lane(locked.ticket, Lane.WRITE, Why.SET_ASIDE)
    record(
        DraftSetAside(**evidence(locked, by)), by=by, subject=decision.ref, thread=locked.ticket.ref, decision=decision
    )
    return decision


def as_seen(draft: Draft, seen: Seen, *, by: Actor, text: str = "", whole: bool = False) -> Draft:
    """The locked draft, if it is still what the person saw and may still be decided; `whole` with what stands behind it."""
    locked = lock_draft(draft.pk, WHOLE_DRAFT) if whole else lock_draft(draft.pk)
    if locked.state != DraftState.PENDING_REVIEW:
        _who_was_first(locked, text=text)
    if locked.last_message_id != locked.ticket.last_inbound_id:
        raise DraftStale(because="customer_wrote", version=locked.version, text=text)
    if locked.state != DraftState.PENDING_REVIEW:
        raise DraftStale(because=_why_ended(locked), version=locked.version, text=text)
    if locked.version != seen.version or (locked.flagged and _rules_changed(locked)):
        raise DraftStale(because="changed", version=locked.version, text=text)
    if locked.overtaken:
        raise DraftStale(because="settings_changed", version=locked.version, text=text)
    if locked.barred:
        raise DraftStale(because=locked.barred, version=locked.version, text=text)
    return locked


def _rules_changed(draft: Draft) -> bool:
    """Whether a flag matters otherwise since an administrator said so; the draft's next version is on its way."""
    rules = severities()
    return any(flag.severity != rules[flag.kind] for flag in draft.flags.all())


def is_read(draft: Draft, *, by: Actor, text: str = "") -> Literal["stated", "unstated"]:
    """Who lets a draft out reads its language; people who stated none read all. Raises LanguageNotRead."""
    languages = languages_of(by)
    if not languages:
        return "unstated"
    if language_of(draft) in languages:
        return "stated"
    readers = readers_of(draft.ticket, language_of(draft)).exclude(pk=UUID(by.id))
    raise LanguageNotRead(language_of(draft), [person.name for person in readers[:MOST_NAMED]], text=text)


def _who_was_first(draft: Draft, *, text: str) -> None:
    """Raise AlreadyDecided when a decision stands; a draft that is before people has none."""
    standing = Decision.objects.filter(draft=draft, standing=True).select_related("person").first()
    if standing is not None:
        raise AlreadyDecided(name=standing.person.name, at=standing.created_at, what=standing.kind, text=text)


def _why_ended(draft: Draft) -> str:
    if draft.ticket.is_merged:
        return "merged"
    return {
        DraftState.STALE: draft.stale_because or "customer_wrote",
        DraftState.QUARANTINED: "stopped",
        DraftState.WITHDRAWN: "opted_out",
    }.get(DraftState(draft.state), draft.state)


def flags_answered(draft: Draft, seen: Seen, *, by: Actor, text: str | None = None) -> list[Found]:
    """Every blocker has an answer of a person, or its words are gone; a changed text is checked anew.

    Another customer's data has no answer: its words must go. Returns what was flagged in the changed text alone and
    answered; `keep_answers` writes it down.
    """
    flags = list(draft.flags.all()) if draft.flagged else []
    fresh: list[Found] = []
    if text is not None:
        passages = {passage["ref"]: passage["text"] for passage in draft.passages}
        made_from = draft.settings and draft.settings.made_from
        address = made_from.form_of_address if made_from else USUAL.address
        grounds = grounds_of(draft.ticket, passages=passages, sentences=draft.sentences, address=address)
        found = check(text, grounds, severities=severities())
        fresh = [flag for flag in found if not any((flag.kind, flag.words) == (old.kind, old.words) for old in flags)]
        flags = [flag for flag in flags if any((flag.kind, flag.words) == (new.kind, new.words) for new in found)]
    for flag in flags:
        if flag.pk in seen.acknowledged and may_be_answered(flag):
            answer, seen_in = seen.acknowledged[flag.pk]
            answer_flag(flag, draft, answer=answer, seen_in=seen_in, by=by)
    answered = [flag for flag in fresh if _id_of(flag) in seen.acknowledged and may_be_answered(flag)]
    still: list[Flag | Found] = [flag for flag in flags if flag.severity == Flag.Severity.BLOCKER and not flag.answer]
    still += [flag for flag in fresh if flag.severity == Flag.Severity.BLOCKER and flag not in answered]
    if still:
        raise FlagsUnacknowledged([_as_json(flag) for flag in still], text=text or "")
    return answered


def may_be_answered(flag: Flag | Found) -> bool:
    return flag.kind != Flag.Kind.OTHER_CUSTOMER


def nothing_foreign(ticket: Ticket, text: str) -> None:
    """A reply of one's own holds nothing of another customer either. Raises FlagsUnacknowledged with the words."""
    found = check(text, grounds_of(ticket), kinds=[Flag.Kind.OTHER_CUSTOMER])
    if found:
        raise FlagsUnacknowledged([_as_json(flag) for flag in found], text=text)


def keep_answers(draft: Draft, fresh: list[Found], seen: Seen, *, by: Actor) -> None:
    """Write down what a person said of words that they put in themselves; the draft is decided already."""
    for found in fresh:
        flag = Flag.objects.create(draft=draft, kind=found.kind, severity=found.severity, words=found.words)
        answer, seen_in = seen.acknowledged[_id_of(found)]
        answer_flag(flag, draft, answer=answer, seen_in=seen_in, by=by)


def _id_of(flag: Flag | Found) -> int:
    """A row's id; for what has no row a negative number that is the same for the same words."""
    if isinstance(flag, Flag):
        return flag.pk
    return -1 - int.from_bytes(hashlib.sha256(f"{flag.kind}\0{flag.words}".encode()).digest()[:4])


def _as_json(flag: Flag | Found) -> dict[str, object]:
    return {"id": _id_of(flag), "kind": str(flag.kind), "severity": str(flag.severity), "words": flag.words}


def placeholders_filled(text: str) -> None:
    """What goes to a customer has no placeholder of a macro in it. Raises PlaceholdersOpen with the text."""
    if still := unresolved(text):
        raise PlaceholdersOpen(still, text=text)


def decide(draft: Draft, kind: str, *, text: str, by: Actor, **more: str) -> Decision:
    return insert(
        Decision(
            ticket=draft.ticket,
            draft=draft,
            draft_version=draft.version,
            kind=kind,
            person_id=UUID(by.id),
            via=by.via,
            text=text,
            text_hash=text_hash(text),
            created_at=timezone.now(),
            **more,
        )
    )


def committed(decision: Decision, files: Enclosure) -> dict[str, Text]:
    """What the entry of a decision commits to: its text, and the files that go with it."""
    commits = {"text": Text(decision.text, f"{decision.ref}:text")}
    if files.lines:
        commits["files"] = Text(files.lines, f"decided_enclosure:{decision.pk}:lines")
    return commits


def close(draft: Draft, state: DraftState) -> None:
    draft.state = state
    update(draft, "state")


def language_of(draft: Draft) -> str:
    return draft.language or draft.ticket.language


def evidence(draft: Draft, by: Actor) -> dict[str, Any]:
    return {
        "draft": draft.ref,
        "version": draft.version,
        "via": by.via,
        "settings": f"settings:{draft.settings_id}" if draft.settings_id else None,
        "call": f"call:{draft.last_call_id}" if draft.last_call_id else None,
    }
