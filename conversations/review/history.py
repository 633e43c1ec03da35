"""A ticket's drafts for those who want to know how they differ: who asked for what, what became of each, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from rapidfuzz.distance import Indel

from conversations.drafting.models import Draft
from conversations.review.models import Decision
from desk.ledger.kinds import names_of
from desk.ledger.models import Entry

_WORD = re.compile(r"\n|\S+[^\S\n]*|[^\S\n]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that both texts have, that only the older has, or only the newer."""

    kind: Literal["same", "del", "ins"]
    text: str


def word_difference(before: str, after: str) -> list[Piece]:
    """The newer text with what was put in and taken out; a word takes the space after it along."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    pieces: list[Piece] = []
    gone = come = ""

    def changed() -> None:
        pieces.extend([Piece("del", gone)] if gone else [])
        pieces.extend([Piece("ins", come)] if come else [])

    for step in Indel.opcodes(old, new):
        if step.tag == "equal":
            changed()
            gone = come = ""
            pieces.append(Piece("same", "".join(new[step.dest_start : step.dest_end])))
        else:
            gone += "".join(old[step.src_start : step.src_end])
            come += "".join(new[step.dest_start : step.dest_end])
    changed()
    return pieces


def reading(drafts: Iterable[Draft]) -> list[dict[str, Any]]:
    """Each draft that was before people with what it answers, who asked for it, how it differs from the one before, and
    its decision with what was sent instead.
    """
    rows = list(drafts)
    decisions: dict[int, Decision] = {}
    for decision in Decision.objects.filter(draft__in=rows).select_related("person").order_by("id"):
        if decision.draft_id:
            decisions[decision.draft_id] = decision
    asked = _askers(rows)
    told: list[dict[str, Any]] = []
    before: Draft | None = None
    for number, draft in enumerate(rows, 1):
        made = decisions.get(draft.pk)
        told.append(
            {
                "number": number,
                "draft": draft,
                "asked_by": asked.get(draft.ref, ""),
                "decision": made,
                "words": len(re.findall(r"\w+", draft.text)),
                "before": number - 1 if before else None,
                "difference": word_difference(before.text, draft.text) if before else [],
                "sent": word_difference(draft.text, made.text) if made and made.kind == Decision.Kind.EDITED else [],
            }
        )
        before = draft
    return told


def _askers(drafts: Sequence[Draft]) -> dict[str, str]:
    """By name, whoever asked for each draft: a person, or the desk when a customer wrote."""
    refs = [draft.ref for draft in drafts]
    threads = {f"ticket:{draft.ticket_id}" for draft in drafts}
    entries = Entry.objects.filter(kind="draft.requested", subject__in=refs, thread__in=threads)
    actors = dict(entries.order_by("-seq").values_list("subject", "actor"))
    named = names_of(set(actors.values()))
    return {ref: named.get(actor, actor) for ref, actor in actors.items()}
