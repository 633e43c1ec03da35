"""The words of a text one after the other, and how far a name goes that begins with one of them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from conversations.redaction.lexicon import GENITIVE, PARTICLES, PREFIXES, TITLES, WORD, Token, words
from conversations.redaction.spans import BLANK
from conversations.redaction.words import brands

MOST_WORDS = 5
_SPACES = frozenset({" ", "  ", "\u00a0", ""})
_ENDS_A_NAME = re.compile(rf"[,(|/•·:;\u2013\u2014\d{BLANK}]|\s-\s|\s{{3}}|!|(?<=\w\w)\.(?:\s|\Z)")
_GERMAN = words("ich und nicht der die das ist habe bitte mit für von auf ein eine mir sie wir")
_OTHER = words("the and is to my of you que el los mi por una je vous les est pour mon une")


class Phrases:
    """One text, word by word. `taken` says of each word whether it belongs to a name or a brand already."""

    def __init__(self, text: str, *, ours: Sequence[tuple[str, ...]] = ()) -> None:
        self.text = text
        self.tokens = list(map(Token, WORD.finditer(text)))
        self.at = {token.start: place for place, token in enumerate(self.tokens)}
        self.taken = bytearray(len(self.tokens) + 1)
        small = [token.written.lower() for token in self.tokens]
        self.german = sum(word in _GERMAN for word in small) > sum(word in _OTHER for word in small)
        self._until = len(text.rstrip(" .\n*_-"))
        self._pass_over(ours)

    def take(self, first: int, end: int) -> None:
        self.taken[first:end] = b"\x01" * (end - first)

    def gap(self, place: int) -> str:
        """What stands between a word and the next."""
        if place + 1 >= len(self.tokens):
            return "\n"
        return self.text[self.tokens[place].end : self.tokens[place + 1].start]

    def next(self, place: int) -> Token | None:
        """The word that goes on in the same breath: behind a space, or the full stop of an initial."""
        gap = self.gap(place)
        if gap in _SPACES or (gap in {". ", "."} and len(self.tokens[place].written) <= 2):
            return self.tokens[place + 1]
        return None

    def initial(self, place: int) -> bool:
        token = self.tokens[place]
        return token.capital and len(token.written) == 1 and self.text[token.end : token.end + 1] == "."

    def past_titles(self, first: int) -> int:
        for _ in range(3):
            if not (
                first + 1 < len(self.tokens)
                and self.tokens[first].folded in TITLES
                and self.gap(first) in {" ", ". ", "."}
                and self.tokens[first + 1].capital
            ):
                break
            first += 1
        return first

    def past_particles(self, first: int) -> int | None:
        """The word with a capital letter behind particles, if it goes on so."""
        for place in range(first, min(first + 4, len(self.tokens))):
            token = self.tokens[place]
            if not token.is_.particle:
                return place if token.capital and not token.is_.word else None
            if self.next(place) is None:
                return None
        return None

    def end_of_name(self, first: int, *, sure: bool) -> int:
        """One past the last word of a name that begins with a word. `sure` says that the words around speak of a name."""
        end = first + 1
        while end - first < MOST_WORDS and (token := self.next(end - 1)) and not self.taken[end]:
            if token.folded in PARTICLES and (not token.capital or not token.is_.never):
                ahead = self.past_particles(end)
                joins = token.folded in {"y", "i", "e", "al"}
                if ahead is None or (joins and not self.tokens[ahead].is_.last):
                    break
                end = ahead + 1
            elif self.initial(end) or self._goes_on(first, end, sure=sure):
                end += 1
            else:
                break
        return end

    def _goes_on(self, first: int, place: int, *, sure: bool) -> bool:
        """Whether a word belongs to the name before it."""
        token, before = self.tokens[place], self.tokens[place - 1]
        if token.folded == "le" or (token.folded in {"ben", "el", "al", "abu"} and token.capital):
            follows = self.next(place)
            return follows is not None and follows.capital
        if token.is_.word:
            return False
        if not token.capital:
            lower = not self.tokens[first].capital and len(token.folded) > 2
            return lower and token.is_.surname and not token.is_.never and not token.is_.everyday
        if token.is_.last:
            return True
        if token.written.isupper() and len(token.written) > 2 and not before.written.isupper():
            return sure and not self.german
        return not token.is_.noun and not (token.written.isupper() and len(token.written) < 4)

    def line_from(self, first: int) -> int:
        """One past the last word of the line that a word stands in."""
        end = first + 1
        while end < len(self.tokens) and "\n" not in self.gap(end - 1):
            end += 1
        return end

    def signature_from(self, first: int) -> tuple[int, bool]:
        """One past the last word before a mark that ends a name in this line, and whether the line ends there."""
        line = self.text.find("\n", self.tokens[first].start)
        line = len(self.text) if line < 0 else line
        cut = _ENDS_A_NAME.search(self.text, self.tokens[first].start, line)
        until = cut.start() if cut else line
        end = self.line_from(first)
        while end > first and self.tokens[end - 1].end > until:
            end -= 1
        return end, not self.text[until:line].strip(" \t.,!)*_-")

    def no_name(self, place: int) -> bool:
        """Whether a word cannot stand in the line of a signature."""
        token = self.tokens[place]
        goes_on = place + 1 < len(self.tokens) and self.tokens[place + 1].capital
        if self.initial(place) or (token.folded in PREFIXES and goes_on):
            return False
        return token.is_.word or (token.is_.never and not token.capital)

    def within_a_sentence(self, place: int) -> bool:
        """Whether a capital letter says something here: not in German, nor where every word has one, nor at a beginning."""
        return not self.german and place > 0 and self.gap(place - 1) == " " and not self.tokens[place - 1].capital

    def ends_a_clause(self, place: int) -> bool:
        """Whether a mark or the end of the line follows a word."""
        end = self.tokens[place].end
        return self.text[end : end + 1] in ("", ",", "!", ".", "\n", ":", ";")

    def ends_the_text(self, end: int) -> bool:
        return self.tokens[end - 1].end >= self._until

    def _pass_over(self, ours: Sequence[tuple[str, ...]]) -> None:
        """What is a brand, or the organisation itself, is nobody's name."""
        known, own = brands(), {name[0] for name in ours}
        for place, token in enumerate(self.tokens):
            if token.folded not in known and token.folded not in own:
                continue
            for brand in (*(name for name in ours if name[0] == token.folded), *known.get(token.folded, ())):
                same = (_plain(one.folded) for one in self.tokens[place : place + len(brand)])
                if tuple(same) == tuple(map(_plain, brand)):
                    self.take(place, place + len(brand))
                    break


def _plain(folded: str) -> str:
    return GENITIVE.sub("", folded)
