"""What a text may rest on: the passages, the thread, and what belongs to this customer and to the desk itself."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from conversations.drafting.checks.following import LONGEST, asks_for_words, is_dictated, own_statements
from conversations.drafting.checks.parts import Part, Parts, all_of, beyond, contacts_beyond, take_apart
from conversations.drafting.checks.sure import sure_signs

MOST = 60_000
"""Characters of the grounds that are read: their passages, then the newest messages. A ticket is locked meanwhile."""

READ_BY_MODELS = 13
"""Of what a customer wrote: the subject and the newest messages."""

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
    `supported` are sentences that quote their passage word for word. `named` is what the customer gave a name: files, and
    themselves. `unsupported` is what a model stated without a source, `drafted` all that it wrote, where a person may have
    changed it since; without it all of a text is. `hosts` are those that links may go to beside what articles link to.
    `address` is how customers are addressed, `formal` or `informal`; where it is not said, either will do. `articles` are
    those of the sources that everybody is told: what is in them is remembered from one text to the next.
    """

    language: str
    sources: Sequence[str] = ()
    heard: Sequence[str] = ()
    said: Sequence[str] = ()
    own: Sequence[str] = ()
    noted: Sequence[str] = ()
    supported: Sequence[str] = ()
    named: Sequence[str] = ()
    unsupported: Sequence[str] = ()
    drafted: str | None = None
    hosts: Sequence[str] = ()
    address: str = ""
    articles: Collection[str] = ()
    strangers: Strangers = nobody

    @cached_property
    def parts(self) -> Parts:
        return self._apart(*self.own, *self.sources, *self.heard, *self.said)

    @cached_property
    def told(self) -> Parts:
        """What this desk says itself: whoever writes in has no part in it."""
        return self._apart(*self.own, *self.sources, *self.said)

    @cached_property
    def noted_parts(self) -> Parts:
        return self._apart(*self.noted)

    @property
    def read_by_model(self) -> list[str]:
        """What the customer wrote, as far as a model reads it: the subject, the newest messages, names."""
        return [*self.heard[:READ_BY_MODELS], *self.named]

    @cached_property
    def heard_signs(self) -> list[list[str]]:
        """Words that only a model is told, in each of these."""
        return [sure_signs(text) for text in self.read_by_model]

    def work_out(self) -> None:
        """Take apart what does not depend on a draft, as while a model still writes it."""
        for name in _OF_NO_DRAFT:
            getattr(self, name)

    def of_draft(self, *, supported: Sequence[str], unsupported: Sequence[str]) -> Grounds:
        """The same for a draft in which these sentences quote a passage, and these state something without one."""
        made = replace(self, supported=supported, unsupported=unsupported)
        vars(made).update({name: vars(self)[name] for name in _OF_NO_DRAFT if name in vars(self)})
        return made

    def _apart(self, *texts: str) -> Parts:
        """What the first `MOST` characters of these texts hold."""
        known, others, room = [], [], MOST
        for text in texts:
            if text in self.articles and len(text) <= room:
                known.append(_remembered(text))
            else:
                others.append(text[:room])
            room = max(0, room - len(text) - 1)
        return all_of([*known, take_apart("\n".join(others))])


_OF_NO_DRAFT = ("parts", "told", "noted_parts", "heard_signs")


@dataclass(frozen=True)
class Said:
    """A text that is checked, beside what it may rest on."""

    text: str
    grounds: Grounds

    @cached_property
    def parts(self) -> Parts:
        return take_apart(self.text)

    @property
    def read_by_model(self) -> list[str]:
        return self.grounds.read_by_model

    @cached_property
    def followed(self) -> list[str]:
        """What the draft says without a source where the thread asks for words, or has them itself."""
        drafted = self.text if self.grounds.drafted is None else self.grounds.drafted
        stated = [
            sentence.strip()
            for sentence in own_statements(drafted, self.grounds.own)
            if not self.is_sourced(sentence) and sentence.strip() in self.text
        ]
        asked = bool(stated) and asks_for_words(self.read_by_model)
        return [words[:LONGEST] for words in stated if asked or is_dictated(words, self.read_by_model)]

    def is_sourced(self, sentence: str) -> bool:
        """Whether a sentence quotes a passage, or stands in one."""
        return flat(sentence) in self._supported or self.stands_in_source(sentence)

    def stands_in_source(self, sentence: str) -> bool:
        """Whether a passage has the sentence word for word."""
        words = flat(sentence)
        return any(words in source for source in self._sources)

    @cached_property
    def _supported(self) -> frozenset[str]:
        return frozenset(map(flat, self.grounds.supported))

    @cached_property
    def _sources(self) -> list[str]:
        return [flat(source) for source in self.grounds.sources]

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


_remembered = lru_cache(maxsize=512)(take_apart)


def flat(text: str) -> str:
    """A text with single blanks, in lower case."""
    return " ".join(text.split()).casefold()
