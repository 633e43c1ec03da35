"""The registry of kinds: what can happen, which facts it has, and the sentence that people read.

A room declares its kinds in its `kinds.py`:

    @kind("draft.approved", says="{actor} approved version {version} of the draft")
    class DraftApproved(Facts):
        version: int

No fact is a free string (a test walks the registry): codes, references, numbers and hashes only, so that no personal
text can slip into an entry that is kept for good.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, ClassVar, Protocol, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy
from pydantic import BaseModel, ConfigDict, StringConstraints

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.:+-]{0,63}$")]
"""A word of our own choosing: a state, a reason, a version. Never typed by a person."""

Ref = Annotated[str, StringConstraints(pattern=r"^[a-z_]{2,20}:[0-9A-Za-z-]{1,40}$")]
"""A reference: noun, colon, pseudonymous id."""

Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 in hexadecimal."""


class Facts(BaseModel):
    """The typed facts of one kind of entry."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    kind: ClassVar[str]
    says: ClassVar[str]


class UnknownKind(LookupError):
    """An entry of a kind that nobody declared; a mistake in the program."""


F = TypeVar("F", bound=Facts)
Namer = Callable[[set[str]], dict[str, str]]

_UNNAMED = {
    "system": gettext_lazy("the desk"),
    "mail": gettext_lazy("a mail"),
    "customer": gettext_lazy("a customer"),
    "model": gettext_lazy("the model"),
}
_kinds: dict[str, type[Facts]] = {}
_namers: dict[str, Namer] = {}
_words: dict[str, str | Promise] = {}
_reasons: dict[str, str | Promise] = {}


def kind(name: str, *, says: str) -> Callable[[type[F]], type[F]]:
    """Declare a kind, `noun.past_verb`. `says` may name {actor}, {subject}, {thread} and the facts.

    A number is told with what it counts, `{count:text was|texts were}`: "1 text was", "3 texts were".
    """
    if not re.fullmatch(r"[a-z_]+\.[a-z_]+", name):
        raise ValueError(f"{name!r} is not noun.past_verb")

    def declare(facts: type[F]) -> type[F]:
        if name in _kinds:
            raise ValueError(f"{name} is declared twice")
        facts.kind, facts.says = name, says
        _kinds[name] = facts
        return facts

    return declare


def kinds() -> dict[str, type[Facts]]:
    """All declared kinds by name."""
    return dict(_kinds)


def facts_of(name: str) -> type[Facts]:
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownKind(name) from None


def names(noun: str) -> Callable[[Namer], Namer]:
    """Register who knows the present names behind `noun:<id>` references; the ledger itself knows only the ids."""

    def register(namer: Namer) -> Namer:
        _namers[noun] = namer
        return namer

    return register


def words(said: Mapping[str, str | Promise]) -> None:
    """Register how codes are read in sentences, as part of one: `{"customer_wrote": "the customer wrote again"}`."""
    _words.update(said)


def because(said: Mapping[str, str | Promise]) -> None:
    """Say why entries of a noun are written at all: `{"ticket": "So that nobody can lose one unseen."}`."""
    _reasons.update(said)


def reason_for(noun: str) -> str:
    """Why entries of this noun are written; "" when nobody has said it, which a test finds."""
    return str(_reasons.get(noun, ""))


class Number(int):
    """A number as sentences have it: with what it counts, in the singular or the plural, where they say that."""

    def __format__(self, counted: str) -> str:
        one, _, many = counted.partition("|")
        return f"{int(self)} {one if self == 1 else many}" if many else super().__format__(counted)


def _read(value: Any, named: Mapping[str, str]) -> Any:
    """A fact as people read it."""
    if isinstance(value, list):
        return ", ".join(str(_read(each, named)) for each in value)
    if isinstance(value, int) and not isinstance(value, bool):
        return Number(value)
    return named.get(value) or str(_words.get(value, value)) if isinstance(value, str) else value


def names_of(refs: set[str]) -> dict[str, str]:
    """The present name of each reference; one that no longer has a name (erased) stays as it is."""
    by_noun: dict[str, set[str]] = {}
    for ref in refs:
        if ":" not in ref:
            continue
        by_noun.setdefault(ref.partition(":")[0], set()).add(ref)
    found: dict[str, str] = {}
    for noun, some in by_noun.items():
        if namer := _namers.get(noun):
            found |= namer(some)
    return {ref: found.get(ref) or _plain(ref) for ref in refs if ref}


def _plain(ref: str) -> str:
    noun, _, key = ref.partition(":")
    return f"{noun.replace('_', ' ')} {key[:8]}" if key else str(_UNNAMED.get(ref, ref))


class Told(Protocol):
    """What of an entry its sentence needs."""

    kind: str
    actor: str
    subject: str
    thread: str
    facts: dict[str, Any]


def sentences(entries: Iterable[Told]) -> list[str]:
    """Each entry as the sentence that people read, in their language, with the names as they are now.

    One query for each kind of name.
    """
    entries = list(entries)
    refs: set[str] = set()
    for entry in entries:
        refs |= {entry.actor, entry.subject, entry.thread}
        refs |= {value for value in entry.facts.values() if isinstance(value, str) and ":" in value}
    named = names_of(refs - {""})
    return [_sentence(entry, named) for entry in entries]


def _sentence(entry: Told, named: dict[str, str]) -> str:
    says = gettext(facts_of(entry.kind).says)
    facts = {key: _read(value, named) for key, value in entry.facts.items()}
    values = {
        "actor": named.get(entry.actor, entry.actor),
        "subject": named.get(entry.subject, entry.subject),
        "thread": named.get(entry.thread, entry.thread),
    }
    told = says.format(**{**facts, **values})
    return told[:1].upper() + told[1:]
