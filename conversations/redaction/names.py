"""Names of people whom nobody has told us of: by the words around them, by lists of names, and by having been seen before.

A name found somewhere in a draft's texts is learned, and found again wherever it stands in them with a capital letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from conversations.redaction.cues import Certainty, cues
from conversations.redaction.file_names import names_in_files
from conversations.redaction.folding import fold
from conversations.redaction.lexicon import GENITIVE, PARTICLES, PREFIXES, meaning, parts_of
from conversations.redaction.phrases import MOST_WORDS, Phrases
from conversations.redaction.products import is_a_product
from conversations.redaction.spans import Kind, Span

_FIGURE = re.compile(r"[ -]?\d")
_LETTERS = re.compile(r"[^\W\d_]+")
_MOST_CUES = 400  # of one text; more are a text made of cues, and its names are still looked for by the lists


@dataclass(slots=True)
class Learned:
    """Names found in the texts of one draft, a word each, and those that are none."""

    words: set[str] = field(default_factory=set)
    ours: tuple[tuple[str, ...], ...] = ()  # names of the organisation itself, folded, a word each

    def add(self, words: Iterable[str]) -> None:
        self.words.update(
            word for word in words if len(word) >= 3 and word not in PARTICLES and not meaning(word).never
        )


def name_spans(text: str, learned: Learned) -> Iterator[Span]:
    """Names in a text in which all that was found before is blanked; teaches them to `learned`."""
    for start, end, words in names_in_files(text):
        yield Span(start, end, Kind.NAME, "".join(words))
        learned.add(words)
    phrases = Phrases(text, ours=learned.ours)
    for first, end in _names(phrases):
        tokens = phrases.tokens[first:end]
        words = [part for token in tokens if not token.is_.particle for part in parts_of(token.folded)]
        genitive = GENITIVE.search(tokens[-1].written)
        yield Span(tokens[0].start, tokens[-1].end - len(genitive[0] if genitive else ""), Kind.NAME, "".join(words))
        learned.add(words)


def learned_spans(text: str, learned: Learned) -> Iterator[Span]:
    """Names that another place has taught, wherever they stand with a capital letter, in file names in any case."""
    if not learned.words:
        return
    for match in _LETTERS.finditer(text):
        word = fold(match[0])
        known = word in learned.words
        if not known and not (word.endswith("s") and word[:-1] in learned.words):
            continue
        start, end = match.start(), match.end() - (not known)
        joined = text[start - 1 : start] in "_-." and text[match.end() : match.end() + 1] in "_-."
        if match[0][0].isupper() or (joined and not meaning(word).everyday):
            yield Span(start, end, Kind.NAME, word if known else word[:-1])


def _names(phrases: Phrases) -> Iterator[tuple[int, int]]:
    """Places of names, first and one past the last word; those with a cue first."""
    for count, cue in enumerate(cues(phrases.text)):
        place = phrases.at.get(cue.place)
        if place is None or phrases.taken[place] or count >= _MOST_CUES:
            continue
        first = phrases.past_titles(place)
        end = _RULES[cue.certainty](phrases, first)
        if end is not None:
            phrases.take(first, end)
            yield first, end
    for first, token in enumerate(phrases.tokens):
        if not phrases.taken[first] and (token.capital or token.is_.first):
            end = _by_lists(phrases, first)
            if end is not None:
                phrases.take(first, end)
                yield first, end


def _surely(phrases: Phrases, first: int) -> int | None:
    """After a title or a greeting: whatever has a capital letter and is no word, and what is listed in any case."""
    token = phrases.tokens[first]
    if token.folded in PREFIXES:
        ahead = phrases.past_particles(first)
        return None if ahead is None else phrases.end_of_name(ahead, sure=True)
    follows = phrases.next(first)
    if phrases.initial(first) and follows and follows.capital:
        return phrases.end_of_name(first, sure=True)
    listed = token.is_.first or (token.capital and token.is_.last)
    if (token.is_.never or token.is_.sold) and not (token.is_.too and token.capital):
        return None
    if token.capital:
        # Capital letters alone are an abbreviation, and with figures behind them a number.
        short = token.written.isupper() and (len(token.written) < 5 or _FIGURE.match(phrases.text, token.end))
        fits = listed or not (token.is_.noun or short)
    else:
        fits = listed and (not token.is_.everyday or phrases.ends_a_clause(first))
    return phrases.end_of_name(first, sure=True) if fits else None


def _hinted(phrases: Phrases, first: int) -> int | None:
    """After a relation: what is listed and has a capital letter; beside nouns without one, what is not listed too."""
    token = phrases.tokens[first]
    if not token.capital or token.is_.word:
        return None
    if not (token.is_.last or (not phrases.german and len(token.written) > 2 and not token.written.isupper())):
        return None
    end = phrases.end_of_name(first, sure=False)
    return None if is_a_product(phrases, first, end) else end


def _likely(phrases: Phrases, first: int) -> int | None:
    """After words such as "I am": a listed first name, in whatever case."""
    token = phrases.tokens[first]
    end = phrases.end_of_name(first, sure=False)
    alone = end == first + 1
    plain = token.is_.first and not token.capital and not token.is_.everyday
    if alone and plain and _unlisted_surname(phrases, first):
        return end + 1
    if token.is_.word or not token.is_.first or (alone and token.is_.everyday) or is_a_product(phrases, first, end):
        return None
    return end if token.capital or not alone or phrases.ends_a_clause(first) else None


def _unlisted_surname(phrases: Phrases, first: int) -> bool:
    """Whether a word in small letters goes on and ends the clause, as in "i am fatou ndiaye, and"."""
    follows = phrases.next(first)
    if follows is None or follows.capital or len(follows.written) < 4 or follows.is_.never or follows.is_.sold:
        return False
    return not follows.is_.everyday and phrases.ends_a_clause(first + 1)


def _signed(phrases: Phrases, first: int) -> int | None:
    """The line of a signature: all of it is a name, or nothing is."""
    end, whole = phrases.signature_from(first)
    tokens = phrases.tokens[first:end]
    if not 0 < len(tokens) <= MOST_WORDS:
        return None
    if any(phrases.no_name(place) for place in range(first, end)):
        begins = tokens[0].is_.first and tokens[0].capital
        end = phrases.end_of_name(first, sure=False)
        return end if begins and not is_a_product(phrases, first, end) else None
    listed = any(token.is_.last for token in tokens)
    lower = sum(not token.capital and not token.is_.particle for token in tokens)
    if not lower:
        fits = listed or (len(tokens) <= 3 and not any(token.is_.noun for token in tokens))
    else:
        fits = whole and ((listed and len(tokens) <= 3) or (len(tokens) <= 2 and lower == len(tokens)))
    return end if fits else None


def _line(phrases: Phrases, first: int) -> int | None:
    return _whole_line(phrases, first, sure=False)


def _line_above(phrases: Phrases, first: int) -> int | None:
    return _whole_line(phrases, first, sure=True)


def _whole_line(phrases: Phrases, first: int, *, sure: bool) -> int | None:
    """A line that may be a name and nothing else; the last one of a text is its signature."""
    end = phrases.line_from(first)
    tokens = [token for token in phrases.tokens[first:end] if not token.is_.particle]
    if not 2 <= len(tokens) <= 4 or not all(
        token.capital and (len(token.written) == 1 or not token.is_.word) for token in tokens
    ):
        return None
    listed = tokens[0].is_.first or (tokens[0].is_.last and tokens[1].is_.first)
    signs = (sure or phrases.ends_the_text(end)) and not any(token.is_.noun for token in tokens)
    return end if (listed or signs) and not is_a_product(phrases, first, end) else None


def _by_lists(phrases: Phrases, first: int) -> int | None:
    """A name by the lists alone."""
    token = phrases.tokens[first]
    initial = phrases.initial(first)
    if token.is_.never or token.is_.sold or (len(token.written) < 3 and not initial):
        return None
    if initial:
        follows = phrases.next(first)
        fits = follows and follows.capital and len(follows.written) > 2 and follows.is_.last and not follows.is_.word
        return phrases.end_of_name(first, sure=False) if fits else None
    if not token.is_.first and not _surname_first(phrases, first):
        return None
    end = phrases.end_of_name(first, sure=False)
    if is_a_product(phrases, first, end):
        return None
    if not token.capital:
        fits = "-" in token.folded or (end > first + 1 and not token.is_.everyday)
    elif end == first + 1:
        plain = not token.is_.everyday or (phrases.within_a_sentence(first) and not token.is_.proper)
        fits = plain and (len(token.written) > 3 or not token.written.isupper())
    else:
        fits = not token.is_.everyday or _surname_follows(phrases, first, end)
    return end if fits else None


def _surname_first(phrases: Phrases, first: int) -> bool:
    """Whether a surname is followed by a first name, as in "Müller Anna"."""
    token, follows = phrases.tokens[first], phrases.next(first)
    if not token.is_.surname or not token.capital or follows is None:
        return False
    return follows.capital and follows.is_.first and not follows.is_.everyday and not follows.is_.word


def _surname_follows(phrases: Phrases, first: int, end: int) -> bool:
    """Whether what follows a first name that is a word as well makes it a name."""
    second = phrases.tokens[first + 1]
    if second.is_.surname or second.is_.particle or (second.is_.first and not second.is_.everyday):
        return True
    return phrases.initial(first + 1) or phrases.ends_a_clause(end - 1)


_RULES = {
    Certainty.CLOSING: _signed,
    Certainty.SURE: _surely,
    Certainty.LINE: _line,
    Certainty.ABOVE: _line_above,
    Certainty.HINT: _hinted,
    Certainty.LIKELY: _likely,
}
