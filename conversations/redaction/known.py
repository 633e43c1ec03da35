"""What the desk already knows about a customer, found in a text however it is spelled."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from conversations.redaction.folding import Folded, fold, places_of
from conversations.redaction.phones import read_number
from conversations.redaction.spans import Kind, Span


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Parts of names that are no one's name when they stand alone.
_PARTICLES = _words(
    """
    de del della der den des di do dos da das du el la las le les los van von vom zu zum zur ten ter te bin ibn al y
    e und and of mr mrs ms miss mx dr prof sir madam herr frau fraulein hr fr sr sra srta don dona senor senora m
    mme mlle monsieur madame jr junior senior ii iii iv phd msc bsc mba dipl ing med
    """
)
# Names that are everyday words too: alone they count only with a capital letter, or half of every text would be hidden.
_EVERYDAY = _words(
    """
    will mark may rose grace hope joy art bill frank rich sun grant chance drew pat sue jack guy ray chase faith
    dawn eve april june august summer young long short best king love day page price rice cook baker black white
    brown green gray grey wood field hill stone bell lane lang klein gross kurz jung alt wolf koch sommer winter
    weiss schwarz braun roth engel herz sonntag montag neu gut lieb stark petit blanc claire noir rouge bon grand
    luz rey cruz sol mar rubio blanco angel reyes campos prieto ha so an in im am es customer guest kunde gast
    cliente client test name unknown
    """
)
_JOINED = r"[\s.,_'’·\-]{0,3}"
_NOT_AFTER_LETTER, _NOT_BEFORE_LETTER = r"(?<![^\W\d_])", r"(?![^\W\d_])"
# A genitive keeps its ending outside the placeholder: "Anna's", "Annas".
_END_OF_NAME = r"(?=s?(?![^\W\d_]))"
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_WORD = re.compile(r"[^\W_]+")
_NO_FIGURES = re.compile(r"[^0-9]+")
_LETTERS = re.compile(r"[^\W\d_]+")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ø": "oe", "å": "aa"})
_STREETS = {
    "strasse": "str(?:asse|\\.)?", "str": "str(?:asse|\\.)?", "street": "st(?:reet|\\.)?", "st": "st(?:reet|\\.)?",
    "road": "r(?:oa)?d\\.?", "rd": "r(?:oa)?d\\.?", "avenue": "ave?(?:nue|\\.)?", "ave": "ave?(?:nue|\\.)?",
    "calle": "(?:calle|c/?)", "platz": "pl(?:atz|\\.)?", "avenida": "av(?:enida|da)?\\.?",
}  # fmt: skip
_STREET_ENDINGS = ("strasse", "str", "platz")  # joined to the name in German
_MOST_PARTS = 12


@dataclass(frozen=True, slots=True, repr=False)
class Known:
    """Names, mail addresses, telephone numbers and postal addresses of the customer; empty ones are passed over.

    `ours` are names of the organisation itself, which are nobody's and stay.
    """

    names: Sequence[str] = ()
    emails: Sequence[str] = ()
    phones: Sequence[str] = ()
    addresses: Sequence[str] = ()
    ours: Sequence[str] = ()


def _spellings(value: str) -> set[str]:
    """How a folded text may spell the value: with ü as u and as ue."""
    spellings = {fold(value), fold(value.translate(_UMLAUTS))}
    plain = re.sub(r"(?<=[aou])e", "", fold(value))
    # Müller is also found where only Mueller is known, but a short name must not turn into another word: Sue, su.
    return spellings | ({plain} if len(plain) >= 5 else set())


@dataclass(frozen=True, slots=True)
class Sought:
    """One pattern over folded text for many values; `key` brings the spellings of one value together."""

    kind: Kind
    pattern: re.Pattern[str]
    keys: dict[str, str]
    capital_only: frozenset[str] = frozenset()
    stands: Callable[[str], bool] = field(default=lambda _text: True)
    """Whether a value can stand in a folded text at all, where that is told sooner than the pattern tells it."""

    heads: frozenset[str] = frozenset()
    """What each value begins with, where all begin with something; it is found sooner than the pattern."""

    def spans(self, folded: Folded) -> Iterator[Span]:
        """Where the values stand in the original text."""
        text = folded.original
        for match in self._matches(folded.text) if self.stands(folded.text) else ():
            compact = "".join(_WORD.findall(match[0]))
            start, end = folded.span(match.start(), match.end())
            if compact in self.capital_only and text[start].islower():
                continue
            yield Span(start, end, self.kind, self.keys.get(compact, compact))

    def _matches(self, text: str) -> Iterator[re.Match[str]]:
        if not self.heads:
            yield from self.pattern.finditer(text)
            return
        end = 0
        for place in sorted(set(places_of(self.heads, text))):
            if place >= end and (match := self.pattern.match(text, place)):
                end = match.end()
                yield match


def _name_pattern(words: Sequence[str]) -> str:
    joined = _JOINED.join(map(re.escape, words))
    if any(_UNSPACED.search(word) for word in words):
        # Scripts without spaces join a name to its neighbours; only a single sign has to stand alone.
        return joined if sum(map(len, words)) > 1 else rf"(?<!\w){joined}(?!\w)"
    return _NOT_AFTER_LETTER + joined + _END_OF_NAME


def _names(names: Sequence[str]) -> Sought | None:
    patterns: set[tuple[int, str]] = set()
    keys: dict[str, str] = {}
    capital_only: set[str] = set()
    heads: set[str] = set()
    for name in names:
        spaced = name.split()[:_MOST_PARTS]
        values = [name, *spaced, *(part for word in spaced for part in re.split(r"[-\u2010-\u2013.]", word))]
        for value in values:
            canonical = "".join(_LETTERS.findall(fold(value)))
            for spelling in _spellings(value):
                words = _LETTERS.findall(spelling)[:_MOST_PARTS]
                compact = "".join(words)
                alone = len(words) == 1 and not _UNSPACED.search(compact)
                if not words or (value is not name and (compact in _PARTICLES or len(compact) < 2)):
                    continue
                if alone and (len(compact) <= 2 or compact in _EVERYDAY):
                    capital_only.add(compact)
                keys.setdefault(compact, canonical)
                patterns.add((-len(compact), _name_pattern(words)))
                heads.add(words[0])
    return _compiled(Kind.NAME, patterns, keys, frozenset(capital_only), heads=frozenset(heads))


def _emails(emails: Sequence[str]) -> Sought | None:
    folded = {fold(email.strip()) for email in emails if "@" in email}
    patterns = {(-len(email), re.escape(email)) for email in folded}
    return _compiled(Kind.EMAIL, patterns, {}, stands=lambda text: any(email in text for email in folded))


def _phones(phones: Sequence[str]) -> Sought | None:
    patterns: set[tuple[int, str]] = set()
    keys: dict[str, str] = {}
    separator = r"[\s().\-/]{0,3}"
    for phone in phones:
        digits = "".join(re.findall(r"\d", fold(phone)))
        if len(digits) < 6:
            continue
        number = read_number(fold(phone)) or read_number(fold(phone), valid=False)
        forms = {digits, digits.lstrip("0")}
        for size in (1, 2, 3):
            # Without knowing where a country's code ends, each cut is tried: what remains is still too long to be
            # someone else's.
            if number and len(number) - 1 - size >= 7:
                forms |= {number[1 + size :], "0" + number[1 + size :], number[1:], "00" + number[1:]}
        for form in forms:
            keys[form] = number or digits
            spaced = separator.join(form)
            if number and form == number[1:]:
                spaced = separator.join([form[:1], form[1:2], rf"(?:\(0\){separator})?{form[2:3]}", *form[3:]])
                keys[form[:2] + "0" + form[2:]] = number
            patterns.add((-len(form), rf"(?<!\d)(?:\+{separator}|\()?{spaced}(?!\d)"))
    return _compiled(Kind.PHONE, patterns, keys, stands=lambda text: _has_digits_of(keys, text))


def _has_digits_of(numbers: Iterable[str], text: str) -> bool:
    """Whether the figures of a text, read without all that stands between them, hold one of these numbers."""
    figures = _NO_FIGURES.sub("", text)
    return any(number in figures for number in numbers)


def _addresses(addresses: Sequence[str]) -> Sought | None:
    patterns: set[tuple[int, str]] = set()
    keys: dict[str, str] = {}
    for address in addresses:
        # A street with its number or a town with its code; a town alone says too little to be hidden everywhere.
        lines = [line for line in re.split(r"[,;\n]", address) if re.search(r"\d", line) and _LETTERS.search(line)]
        for value in (address, *lines):
            for spelling in _spellings(value):
                words = _WORD.findall(spelling)[: 2 * _MOST_PARTS]
                if len("".join(words)) < 5:
                    continue
                keys.setdefault("".join(words), "".join(_WORD.findall(fold(value))))
                joined = r"[\W_]{0,4}".join(map(_street_word, words))
                if value is not address:
                    before = r"(?<!\d)" if words[0][0].isdigit() else _NOT_AFTER_LETTER
                    after = r"(?!\d)" if words[-1][-1].isdigit() else _NOT_BEFORE_LETTER
                    joined = before + joined + after
                patterns.add((-len(spelling), joined))
    return _compiled(Kind.ADDRESS, patterns, keys)


def _street_word(word: str) -> str:
    for ending, pattern in _STREETS.items():
        compound = ending in _STREET_ENDINGS and len(word) > len(ending) + 2 and word.endswith(ending)
        if compound or word == ending:
            return re.escape(word.removesuffix(ending)) + pattern
    return re.escape(word)


def _compiled(
    kind: Kind,
    patterns: set[tuple[int, str]],
    keys: dict[str, str],
    capital_only: frozenset[str] = frozenset(),
    **more: Any,
) -> Sought | None:
    if not patterns:
        return None
    return Sought(kind, re.compile("|".join(pattern for _, pattern in sorted(patterns))), keys, capital_only, **more)


def sought(known: Known) -> dict[Kind, Sought]:
    """The patterns for what is known, one for each kind of which something is known."""
    found = (_names(known.names), _emails(known.emails), _phones(known.phones), _addresses(known.addresses))
    return {one.kind: one for one in found if one is not None}
