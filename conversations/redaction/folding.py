"""One spelling for many: case, accents, widths and digits of other scripts folded, positions kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# Letters with a stroke, and signs, that Unicode does not take apart by itself.
_BY_HAND = {
    "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i", "ŋ": "n",
    "’": "'", "‘": "'", "ʼ": "'", "´": "'",
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-",
}  # fmt: skip

_OTHER_DIGIT = re.compile(r"(?![0-9])\d")


def _folded_character(character: str) -> str:
    if character in _BY_HAND:
        return _BY_HAND[character]
    decimal = unicodedata.decimal(character, None)
    if decimal is not None:
        return str(decimal)
    taken_apart = unicodedata.normalize("NFKD", character.casefold()).casefold()
    return "".join(
        _BY_HAND.get(part, part) for part in taken_apart if unicodedata.category(part) not in {"Mn", "Me", "Cf"}
    )


class _Folding(dict[int, str]):
    """For `str.translate`: each character folded when it is met for the first time."""

    def __missing__(self, code: int) -> str:
        folded = _folded_character(chr(code))
        if len(self) < _MOST_FOLDED:
            self[code] = folded
        return folded


_MOST_FOLDED = 8192
_FOLDED = _Folding()


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text and, for each of its characters, the place in the original that it came from."""

    original: str
    text: str
    origins: list[int] | None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where `text[start:end]` lies in the original, whole characters with their accents."""
        if self.origins is None:
            return start, end
        if end <= start:
            return self.origins[start], self.origins[start]
        last = self.origins[end - 1]
        while end < len(self.origins) and self.origins[end] == last:
            end += 1
        return self.origins[start], self.origins[end] if end < len(self.origins) else len(self.original)


def fold(text: str) -> str:
    """The text in lower case, without accents, ligatures or invisible marks, digits as 0-9."""
    return text.lower() if text.isascii() else text.translate(_FOLDED)


def fold_with_origins(text: str) -> Folded:
    """As `fold`, remembering where each character came from."""
    folded = text.translate(_FOLDED)
    otherwise = {character for character in set(text) if len(_FOLDED[ord(character)]) != 1}
    if not otherwise:
        return Folded(text, folded, None)
    origins: list[int] = []
    end = 0
    for place in [place for place, character in enumerate(text) if character in otherwise]:
        origins += [*range(end, place), *[place] * len(_FOLDED[ord(text[place])])]
        end = place + 1
    return Folded(text, folded, [*origins, *range(end, len(text))])


def in_small_letters(text: str) -> str:
    """The text without capital letters, each letter at its place: half as dear to look through as a text with both."""
    small = text.lower()
    if len(small) == len(text):
        return small
    return "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)


def with_ascii_digits(text: str) -> str:
    """The text with the decimal digits of every script as 0-9, each at its place."""
    if text.isascii():
        return text
    return _OTHER_DIGIT.sub(lambda match: str(unicodedata.decimal(match[0])), text)


def places_of(words: Iterable[str], text: str) -> Iterator[int]:
    """Where any of these stands in a text, also within a word: looking for a few of them so is quicker than any pattern."""
    for word in words:
        place = text.find(word)
        while place >= 0:
            yield place
            place = text.find(word, place + 1)
