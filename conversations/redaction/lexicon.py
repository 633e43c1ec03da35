"""What is known of single words: names, words that are none, and those that are both."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from conversations.redaction.folding import fold
from conversations.redaction.words import listed

WORD = re.compile(r"M\.?ª|[^\W\d_]+(?:['’][^\W\d_]+)*(?:[-\u2010\u2011][^\W\d_]+(?:['’][^\W\d_]+)*)*")
GENITIVE = re.compile(r"['’]s?\Z", re.IGNORECASE)
_HYPHEN = re.compile(r"[-\u2010\u2011]")
_MARIA = ("m.a", "ma")  # M.ª and Mª, folded
_GERMAN_NOUN = re.compile(
    r"(?:ung|heit|keit|schaft|tion|tät|nis|tum|chen|lein|ungen|ions?|ment|nummer|service|shop|center|team"
    r"|support|gmbh|verein"
    r"|dienst|adresse|datum|paket|sendung|jacke|schuhe?|zelt|hose|tasche|tisch|stuhl|lampe|regal|sofa|bett"
    r"|sack|preis|geld"
    r"|karte|konto)\Z"
)


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PARTICLES = words(
    """
    de del della di da do dos das du des der den van von vom zu zur ter ten la las los le el al bin ibn y i e af av mc mac st
    san o d' l'
    """
)
PREFIXES = PARTICLES - words("der den das die las los les el y i e o")
"""Particles that a surname may begin with."""

TITLES = words(
    "mr mrs ms miss dr prof herr herrn frau hr sr sra srta don dona d mme mlle m monsieur madame me med dipl ing mag"
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a folded word may be."""

    first: bool  # a first name, all its parts if it has several
    last: bool  # a surname or a first name
    surname: bool
    everyday: bool  # a name that is a word as well
    proper: bool  # such a word that has a capital letter within a sentence too, and is no name then
    never: bool
    sold: bool  # a word for something that is sold
    too: bool  # a surname although it is a word
    noun: bool  # by its ending
    particle: bool

    @property
    def word(self) -> bool:
        """A word of everyday mail or of shops, and no surname besides."""
        return (self.never or self.sold) and not self.too


@lru_cache(maxsize=32768)
def meaning(folded: str) -> Meaning:
    pieces = parts_of(folded)
    names, surnames = listed("first_names"), listed("surnames")
    return Meaning(
        first=folded in _MARIA[:1] or (len(folded) > 1 and all(piece in names for piece in pieces)),
        last=all(piece in surnames or piece in names for piece in pieces),
        surname=folded in surnames,
        everyday=folded in listed("everyday"),
        proper=folded in listed("proper"),
        never=folded in listed("never"),
        sold=folded in listed("things"),
        too=folded in listed("surnames_too"),
        noun=_GERMAN_NOUN.search(folded) is not None,
        particle=folded in PARTICLES,
    )


@lru_cache(maxsize=32768)
def parts_of(folded: str) -> tuple[str, ...]:
    """The parts of a name with hyphens, without the ending of a genitive."""
    return tuple(_HYPHEN.split(GENITIVE.sub("", folded)))


@lru_cache(maxsize=32768)
def _known(written: str) -> tuple[str, Meaning]:
    folded = fold(written)
    found = meaning(folded)
    return folded, found


def words_of(name: str) -> tuple[str, ...]:
    """The words of a name, folded, as they stand in a text."""
    return tuple(fold(match[0]) for match in WORD.finditer(name))


class Token:
    """A word at its place in a text."""

    __slots__ = ("capital", "end", "folded", "is_", "start", "written")

    def __init__(self, match: re.Match[str]) -> None:
        self.start, self.end = match.span()
        self.written = match[0]
        self.capital = self.written[0].isupper()
        self.folded, self.is_ = _known(self.written)
        if self.folded == "ma" and "ª" in self.written:
            self.folded, self.is_ = "m.a", meaning("m.a")
