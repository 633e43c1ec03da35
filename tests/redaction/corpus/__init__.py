"""Messages in which everything personal is marked, in four languages: by hand, and from templates with varied values.

`[[name:Anna]]` is to be replaced; `[[order:NO-48213]]` and `[[product:Emma jacket]]` are to stay. Families of messages in
`HELD_OUT` were written and not looked at while the recognisers were made: their figures say what to expect of other mail.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.redaction.corpus import values

LANGUAGES = ("en", "de", "es", "fr")
STAYS = ("order", "product")
STRUCTURED = ("email", "phone", "address", "card", "iban", "id", "birth", "ip", "link", "secret")
HELD_OUT = frozenset({"letter", "chat", "forward", "handover", "household"})

_MARKED = re.compile(r"\[\[(\w+):(.+?)\]\]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands at `text[start:end]`, in the word that a placeholder of it would have, or one of `STAYS`."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Example:
    """One message. `made` says that it came from a template."""

    language: str
    family: str
    made: bool
    text: str
    marks: tuple[Mark, ...]

    @property
    def held_out(self) -> bool:
        return self.family in HELD_OUT


def read(written: str) -> tuple[str, tuple[Mark, ...]]:
    """The text without its marks, and where they stood."""
    pieces: list[str] = []
    marks: list[Mark] = []
    end = length = 0
    for match in _MARKED.finditer(written):
        pieces += (written[end : match.start()], match[2])
        length += match.start() - end
        marks.append(Mark(length, length + len(match[2]), match[1]))
        length += len(match[2])
        end = match.end()
    return "".join([*pieces, written[end:]]), tuple(marks)


def examples() -> Iterator[Example]:
    """All messages, always the same."""
    for language in LANGUAGES:
        for family, written in _blocks(f"hand.{language}"):
            yield Example(language, family, False, *read(written))
        for family, written in values.filled(language, _blocks(f"made.{language}")):
            yield Example(language, family, True, *read(written))


def _blocks(name: str) -> list[tuple[str, str]]:
    """The family and the words of each message or template of a file."""
    whole = (Path(__file__).parent / f"{name}.txt").read_text(encoding="utf-8")
    blocks = [block.partition("\n") for block in re.split(r"^%% ", whole, flags=re.MULTILINE)[1:]]
    return [(family.strip(), written.strip("\n")) for family, _, written in blocks]
