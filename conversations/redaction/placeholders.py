"""Placeholders such as `[NAME-7Q2K]`: making them, finding them, putting the originals back."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from conversations.redaction.spans import Kind, Span

# No vowels, no 0/O and 1/I: a token never spells a word and is read aloud without doubt.
_ALPHABET = "23456789BCDFGHJKLMNPQRSTVWXZ"
_TOKEN_LENGTH, _BASE = 4, len(_ALPHABET)
_TOKENS = _BASE**_TOKEN_LENGTH
_DASH = r"[-\u2010-\u2014]"
_BODY = rf"\s{{0,3}}({'|'.join(Kind)})\s{{0,3}}{_DASH}\s{{0,3}}([0-9A-Z]{{4,8}})(?:{_DASH}([0-9]{{1,3}}))?\s{{0,3}}"
LONGEST = max(map(len, Kind)) + len("[-7Q2K-99999]")
"""Characters that a placeholder takes at most: a text of 100,000 characters holds no more spellings of one value."""
# Models change case, widen dashes and escape brackets as if for Markdown; all of that is still the same placeholder.
_SHAPE = re.compile(rf"\\\[{_BODY}\\\]|\[{_BODY}\]", re.IGNORECASE | re.ASCII)


def _canonical(match: re.Match[str]) -> str:
    kind, token, spelling = match.groups()[:3] if match[1] else match.groups()[3:]
    return f"[{kind}-{token}{'-' + spelling if spelling else ''}]".upper()


@dataclass(frozen=True)
class Restored:
    """A text with its originals back, and the placeholders in it that nobody issued, as they stand in the text."""

    text: str = field(repr=False)
    unknown: list[str]


def restore(text: str, placeholders: Mapping[str, str]) -> Restored:
    """Puts the originals back in one pass: an original that looks like a placeholder is not looked up again."""
    unknown: list[str] = []

    def original(match: re.Match[str]) -> str:
        value = placeholders.get(_canonical(match))
        if value is None:
            unknown.append(match[0])
            return match[0]
        return value

    return Restored(_SHAPE.sub(original, text), unknown)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of a text; `placeholder` is the kind of one, in small letters, or empty for what stands between them."""

    text: str
    placeholder: str


def pieces(text: str) -> Iterator[Piece]:
    """A text cut at its placeholders, for those who show them; together the pieces are the text."""
    end = 0
    for match in _SHAPE.finditer(text):
        if match.start() > end:
            yield Piece(text[end : match.start()], "")
        yield Piece(match[0], _canonical(match)[1:].partition("-")[0].lower())
        end = match.end()
    if end < len(text):
        yield Piece(text[end:], "")


def forged(text: str, issued: Mapping[str, str]) -> Iterator[Span]:
    """Customer text in the shape of a placeholder; those truly issued for this draft are marked to stay."""
    for match in _SHAPE.finditer(text):
        if match[0] in issued:
            yield Span(match.start(), match.end(), None, match[0])
        else:
            yield Span(match.start(), match.end(), Kind.TEXT, match[0])


class Mint:
    """Issues the placeholders of one draft: random, so that nobody can guess another's, one for each value.

    Another spelling of the same value (`ANNA` for `Anna`) gets the same token with a number, so that a model sees
    one person while the original comes back to the letter.
    """

    def __init__(self, *, avoid: str, issued: Mapping[str, str]) -> None:
        self.originals: dict[str, str] = dict(issued)
        self._avoid = avoid.upper()
        self._tokens: dict[tuple[Kind, str], str] = {}
        self._spellings: dict[tuple[Kind, str], int] = {}
        self._by_original: dict[tuple[Kind, str], str] = {
            (Kind(placeholder[1:].partition("-")[0]), original): placeholder for placeholder, original in issued.items()
        }
        self._used = {placeholder.strip("[]").split("-")[1] for placeholder in issued}

    def placeholder(self, *, kind: Kind, key: str, original: str) -> str:
        """The placeholder of this spelling of a value, issued now if it is new."""
        known = self._by_original.get((kind, original))
        if known is not None:
            return known
        token = self._tokens.get((kind, key))
        if token is None:
            token = self._tokens[kind, key] = self._new_token()
        count = self._spellings[kind, key] = self._spellings.get((kind, key), 0) + 1
        made = f"[{kind}-{token}]" if count == 1 else f"[{kind}-{token}-{count}]"
        self._by_original[kind, original] = made
        self.originals[made] = original
        return made

    def _new_token(self) -> str:
        while True:
            drawn = secrets.randbelow(_TOKENS)
            token = "".join(_ALPHABET[drawn // _BASE**place % _BASE] for place in range(_TOKEN_LENGTH))
            if token not in self._used and token not in self._avoid:
                self._used.add(token)
                return token
