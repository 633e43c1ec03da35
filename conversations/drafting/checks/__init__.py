"""What a person should look at in a text before it goes to a customer, however the text came about.

`CHECKS` is all there is: each kind of flag, how much it matters, and what finds it. An administrator may make a blocker a
hint (see `drafting.queries.severities`), but never that of another customer's identifier.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from conversations.drafting.checks import facts, promises, steering, wording
from conversations.drafting.checks.grounds import Grounds, Said
from conversations.drafting.checks.parts import take_apart
from conversations.drafting.models import Flag

__all__ = ["BY_DEFAULT", "CHECKS", "MAY_BE_HINTS", "Check", "Found", "Grounds", "Said", "check", "risk", "take_apart"]

Kind, Severity = Flag.Kind, Flag.Severity


@dataclass(frozen=True, slots=True)
class Check:
    """One kind of flag: how much it matters unless an administrator said otherwise, and the words in a text that it means."""

    kind: Flag.Kind
    severity: Flag.Severity
    finds: Callable[[Said], Iterable[str]]


CHECKS = (
    # Data of somebody else: it must go, and no answer helps.
    Check(Kind.OTHER_CUSTOMER, Severity.BLOCKER, facts.of_another_customer),
    # Facts that stand neither in the passages nor in the thread.
    Check(Kind.AMOUNT, Severity.BLOCKER, facts.amounts),
    Check(Kind.DATE, Severity.BLOCKER, facts.dates),
    Check(Kind.LINK, Severity.BLOCKER, facts.links),
    Check(Kind.CONTACT, Severity.BLOCKER, facts.contacts),
    Check(Kind.IDENTIFIER, Severity.BLOCKER, facts.identifiers),
    # Words that bind the organisation, that steer a model, that rest on nothing, or that nobody filled in.
    Check(Kind.PROMISE, Severity.BLOCKER, promises.promises),
    Check(Kind.INJECTION, Severity.BLOCKER, steering.injections),
    Check(Kind.UNSUPPORTED, Severity.BLOCKER, steering.unsupported),
    Check(Kind.PLACEHOLDER, Severity.BLOCKER, wording.placeholders),
    # How it reads.
    Check(Kind.LANGUAGE, Severity.HINT, wording.another_language),
    Check(Kind.TONE, Severity.HINT, wording.harsh_words),
    Check(Kind.LENGTH, Severity.HINT, wording.length),
)
"""Every check, in the order in which flags are shown."""

BY_DEFAULT: Mapping[str, str] = {each.kind.value: each.severity.value for each in CHECKS}

MAY_BE_HINTS = tuple(
    each.kind for each in CHECKS if each.severity == Severity.BLOCKER and each.kind != Kind.OTHER_CUSTOMER
)
"""Blockers that an administrator may make hints. Another customer's identifier is not among them, ever."""


@dataclass(frozen=True, slots=True)
class Found:
    """Words that were flagged, and how much it matters."""

    kind: str
    severity: str
    words: str


def check(
    text: str,
    grounds: Grounds,
    *,
    severities: Mapping[str, str] = BY_DEFAULT,
    kinds: Collection[str] = tuple(BY_DEFAULT),
) -> list[Found]:
    """The flags of a text, each word of each kind once; `kinds` asks for some of them only."""
    said = Said(text, grounds)
    found = [
        Found(each.kind.value, severities[each.kind], words)
        for each in CHECKS
        if each.kind in kinds
        for words in each.finds(said)
    ]
    return list(dict.fromkeys(found))


def risk(flags: Iterable[Found | Flag], *, claims: int, sourced: int, sensitive: bool = False) -> str:
    """`high` with an open blocker, `medium` when a claim has no source or the matter is sensitive, `low` otherwise."""
    if any(flag.severity == Severity.BLOCKER and not getattr(flag, "answer", "") for flag in flags):
        return "high"
    return "low" if sourced >= claims and not sensitive else "medium"
