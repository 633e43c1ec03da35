"""One spelling for many: case, accents, widths and digits of other scripts folded, positions kept."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

# Letters with a stroke, and signs, that Unicode does not take apart by itself.
_BY_HAND = {
    "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i", "ŋ": "n",
    "’": "'", "‘": "'", "ʼ": "'", "´": "'",
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-",
}  # fmt: skip

_OTHER_DIGIT = re.compile(r"(?![0-9])\d")


@lru_cache(maxsize=8192)
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
    return text.lower() if text.isascii() else "".join(map(_folded_character, text))


def fold_with_origins(text: str) -> Folded:
    """As `fold`, remembering where each character came from."""
    if text.isascii():
        return Folded(text, text.lower(), None)
    pieces = list(map(_folded_character, text))
    origins = [place for place, piece in enumerate(pieces) for _ in piece]
    return Folded(text, "".join(pieces), origins)


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
