"""What a text may rest on: the passages, the thread, and what belongs to this customer and to the desk itself."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

from conversations.drafting.checks.parts import Part, Parts, beyond, contacts_beyond, take_apart

MOST = 60_000
"""Characters of the grounds that are read: their passages, then the newest messages. A ticket is locked meanwhile."""

Strangers = Callable[[Sequence[Part]], Collection[str]]
"""Which of these belong to other customers of this desk, by their words."""


def nobody(parts: Sequence[Part]) -> Collection[str]:
    """Nobody is known but the customer themselves."""
    return ()


@dataclass(frozen=True)
class Grounds:
    """`sources` are passages, `heard` what the customer wrote, `said` what they got from us, `own` addresses and numbers
    of this customer and of the desk.

    `noted` is what colleagues typed into notes: no ground for a fact, but what stands there was put there knowingly.
    `supported` are sentences that quote their passage word for word.
    """

    language: str
    sources: Sequence[str] = ()
    heard: Sequence[str] = ()
    said: Sequence[str] = ()
    own: Sequence[str] = ()
    noted: Sequence[str] = ()
    supported: Sequence[str] = ()
    strangers: Strangers = nobody

    @cached_property
    def parts(self) -> Parts:
        return take_apart("\n".join([*self.own, *self.sources, *self.heard, *self.said])[:MOST])

    @cached_property
    def noted_parts(self) -> Parts:
        return take_apart("\n".join(self.noted)[:MOST])


@dataclass(frozen=True)
class Said:
    """A text that is checked, beside what it may rest on."""

    text: str
    grounds: Grounds

    @cached_property
    def parts(self) -> Parts:
        return take_apart(self.text)

    @cached_property
    def unexplained(self) -> list[Part]:
        """Addresses and numbers that nothing here explains: no passage, no message, no note."""
        known, noted = self.grounds.parts, self.grounds.noted_parts
        return [
            *contacts_beyond(self.parts.contacts, [*known.contacts, *noted.contacts]),
            *beyond(self.parts.identifiers, [*known.identifiers, *noted.identifiers]),
        ]

    @cached_property
    def foreign(self) -> Collection[str]:
        """Which of them are another customer's."""
        return self.grounds.strangers(self.unexplained) if self.unexplained else ()
