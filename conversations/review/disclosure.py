"""Who answered and how: computed from the sent text and every draft that was before people, never typed.

A text close to a draft was drafted with AI, however it came into the editor (approved, changed, or pasted after the
draft was rejected). Where words of substance differ it was also changed; otherwise a person wrote it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import Literal

from django.conf import settings
from rapidfuzz.distance import Indel

from conversations.tickets.models import Ticket

Kind = Literal["person", "drafted", "drafted_changed"]

CLOSE = 0.55
"""Least share of equal words (twice the longest common subsequence over all words) at which a text is a draft, changed."""

TAKEN_OVER = 12
"""A run of this many equal words is taken over, however much was written around it."""

_WORD = re.compile(r"[^\W_]+(?:['’.,:/@-][^\W_]+)*")
_GREETING = frozenset(
    [
        "hello",
        "hi",
        "dear",
        "hey",
        "good",
        "morning",
        "afternoon",
        "evening",
        "kind",
        "best",
        "regards",
        "sincerely",
        "yours",
        "thanks",
        "thank",
        "you",
        "hallo",
        "guten",
        "tag",
        "liebe",
        "lieber",
        "sehr",
        "geehrte",
        "geehrter",
        "freundliche",
        "freundlichen",
        "grüße",
        "grüßen",
        "gruß",
        "viele",
        "beste",
        "mit",
        "hola",
        "estimado",
        "estimada",
        "buenos",
        "días",
        "buenas",
        "tardes",
        "saludos",
        "cordiales",
        "un",
        "saludo",
        "bonjour",
        "madame",
        "monsieur",
        "cordialement",
        "bien",
        "à",
        "vous",
        "chère",
        "cher",
    ]
)


def words(text: str) -> list[str]:
    """The words of a text as they are compared: one Unicode form, one case, amounts and signs kept."""
    normal = unicodedata.normalize("NFKC", text).casefold()
    return [match.group() for match in re.finditer(rf"{_WORD.pattern}|[€$£%]", normal)]


def disclose(text: str, drafts: Iterable[str]) -> Kind:
    """What the customer must be told about a text, given all the drafts that were shown for the ticket."""
    sent = words(text)
    closest: Kind = "person"
    for draft in drafts:
        proposed = words(draft)
        if not proposed:
            continue
        if _substance(sent) == _substance(proposed):
            return "drafted"
        if _share_a_run(sent, proposed, of=min(TAKEN_OVER, max(6, len(proposed)))) or _are_close(sent, proposed):
            closest = "drafted_changed"
    return closest


def answers_for(ticket: Ticket) -> str:
    """Who the customer is told has answered: the team, or the organisation where no team has the ticket."""
    return ticket.team.name if ticket.team else str(settings.ENV.organisation)


def words_changed(text: str, draft: str) -> int:
    """How many words were put in or taken out: insertions and deletions between the two."""
    return int(Indel.distance(words(text), words(draft)))


def _substance(of: list[str]) -> list[str]:
    """Without greetings and signatures' courtesies at the edges: changing those changes nothing that is said."""
    return [word for word in of if word not in _GREETING]


def _share_a_run(sent: list[str], proposed: list[str], *, of: int) -> bool:
    """Whether `of` words in a row stand in both. One pass over each: a ticket is locked meanwhile."""
    return not set(_runs(proposed, of)).isdisjoint(_runs(sent, of))


def _runs(words: list[str], length: int) -> Iterable[tuple[str, ...]]:
    return zip(*(words[start:] for start in range(length)), strict=False)


def _are_close(sent: list[str], proposed: list[str]) -> bool:
    """By the longest common subsequence; not looked for where even the words in any order are too different."""
    in_both = (Counter(sent) & Counter(proposed)).total()
    if 2 * in_both < CLOSE * (len(sent) + len(proposed)):
        return False
    return bool(Indel.normalized_similarity(sent, proposed, score_cutoff=CLOSE) >= CLOSE)
