"""The draft as the pane shows it: sentence by sentence with its sources, its flags, and who may decide it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.languages import name_of_language
from accounts.models import Person
from accounts.rights import Right, person_has
from conversations.drafting.models import Draft
from conversations.drafting.precision import SOME, answers_to_kinds
from conversations.review.actions.seen import language_of
from conversations.review.queries import readers_of

WORDS_A_SECOND = 4.2  # reading to decide, somewhat slower than reading for pleasure
MOST_READERS = 4


@dataclass(frozen=True, slots=True)
class Conflict:
    """Why what a person sent was not taken, and what they wrote."""

    title: str
    text: str
    kept: str = ""
    flags: tuple[dict[str, Any], ...] = ()
    note: str = ""
    instruction: str = ""


def shown_draft(draft: Draft, conflict: Conflict | None, person: Person) -> dict[str, Any]:
    """The draft for one viewer. `unread` says who reads it where they do not."""
    numbers: dict[str, int] = {}
    for sentence in draft.sentences:
        for source in sentence["sources"]:
            numbers.setdefault(source["passage"], len(numbers) + 1)
    claims = [sentence for sentence in draft.sentences if sentence.get("kind") == "claim"]
    flags: list[Any] = list(draft.flags.order_by("id"))
    # What was flagged in a changed text that came back has no row yet; its answers go with the next try.
    flags += [flag for flag in (conflict.flags if conflict else ()) if int(flag["id"]) < 0]
    blockers = [flag for flag in flags if _is_open(flag)]
    _tell_the_past(blockers)
    return {
        "id": draft.pk,
        "version": draft.version,
        "text": draft.text,
        "risk": draft.risk,
        "flags": flags,
        "open_blockers": len(blockers),
        "unread": _unread(draft, person),
        "sentences": _sentences(draft, numbers),
        "passages": _passages(draft, numbers),
        "unanswered": draft.unanswered,
        "risks": draft.risks,
        "statements": len(claims),
        "sourced": sum(bool(claim["sources"]) for claim in claims),
        "reading_seconds": max(1, round(len(draft.text.split()) / WORDS_A_SECOND)),
        "model": draft.settings.model if draft.settings else _("demo data"),
        "made_by": draft.settings,
        "prepared_at": draft.ready_at,
        "saw_url": reverse("model_saw", args=[draft.pk]) if draft.settings_id else "",
        "replaced": _replaced(draft),
        "versions_url": reverse("drafts_of", args=[draft.ticket_id]),
        "returned_because": draft.returned_because,
    }


def _replaced(draft: Draft) -> int | None:
    """How many items were replaced before the call that brought this draft; None when there was none."""
    redaction = draft.calls.order_by("-id").values_list("redaction", flat=True).first()
    return sum(redaction["replaced"].values()) if redaction else None


def _tell_the_past(flags: list[Any]) -> None:
    """Beside each open blocker stands how often its kind was right lately."""
    past = answers_to_kinds(most=SOME) if flags else {}
    for flag in flags:
        if isinstance(flag, dict):
            flag["past"] = past.get(str(flag["kind"]))
        else:
            flag.past = past.get(flag.kind)


def _is_open(flag: Any) -> bool:
    if isinstance(flag, dict):
        return bool(flag["severity"] == "blocker")
    return bool(flag.severity == "blocker" and not flag.answer)


def _unread(draft: Draft, person: Person) -> dict[str, Any] | None:
    """The language of a draft that this person has not stated to read, and colleagues who read it."""
    language = language_of(draft)
    if person.reads(language) or not person_has(person, Right.DECIDE):
        return None
    readers = readers_of(draft.ticket, language).exclude(pk=person.pk)
    return {"language": name_of_language(language), "readers": list(readers[:MOST_READERS])}


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
    shown = [
        {
            "number": numbers[passage["ref"]],
            "title": f"{passage['title']} › {passage['heading']}",
            "url": _url(draft, passage["ref"]),
            "pieces": pieces(passage["text"], quotes_of(draft, passage["ref"])),
        }
        for passage in draft.passages
        if passage["ref"] in numbers
    ]
    return sorted(shown, key=lambda passage: passage["number"])


def quotes_of(draft: Draft, ref: str) -> list[str]:
    """What a draft quotes of a passage, in its own order."""
    return [
        source["quote"] for sentence in draft.sentences for source in sentence["sources"] if source["passage"] == ref
    ]


def pieces(text: str, quotes: list[str]) -> list[tuple[str, bool]]:
    """A passage cut at its quotes, each piece with whether it is one; joined they are the passage."""
    cut: list[tuple[str, bool]] = []
    at = 0
    for start, end in sorted((text.find(quote), text.find(quote) + len(quote)) for quote in set(quotes) if quote):
        if start >= at:
            cut += [(text[at:start], False), (text[start:end], True)]
            at = end
    return [piece for piece in [*cut, (text[at:], False)] if piece[0]]


def _url(draft: Draft, ref: str) -> str:
    """Where the version of the article is that a passage is of, at the passage."""
    number = ref.removeprefix("passage:")
    return f"{reverse('draft_source', args=[draft.pk, int(number)])}#passage-{number}" if number.isdecimal() else ""
