"""What a customer wrote themselves in an answer, without the mail of ours that their program quoted under it.

Quoted history is only taken away where it is quoted by the rules (`>`) or shows to be ours: words of a customer that
are lost are worse than words that stand twice. From a first mail nothing is taken: a forwarded text may be the matter.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from mailparser_reply.parser import EmailMessage

LANGUAGES = ["en", "de", "es", "fr", "it", "nl", "pt"]
LONGEST_HEADER_LINE = 300  # characters; the patterns below take quadratic time in the length of a line
LONGEST_TEXT = 100_000
_WHO_OR_WHEN = re.compile(r"@|\d{1,2}[:.h]\d{2}")


def own_words(text: str, *, ours: Sequence[str]) -> str:
    """The text without quoted history; the whole text when nothing else would be left.

    `ours`: strings of which at least one stands in every mail of ours in this thread.
    """
    lines = text.split("\n")
    at = _history_begins(lines)
    before, rest = lines[:at], lines[at:]
    if any(_is_quoted(line) for line in rest):
        # Answers between and below quoted lines are the customer's own; the line that introduces the quote is not.
        first = next(number for number, line in enumerate(rest) if _is_quoted(line))
        kept = [*_without_introduction(before), *(line for line in rest[first:] if not _is_quoted(line))]
    elif rest and _shows(rest, ours):
        kept = before
    else:
        kept = lines
    words = "\n".join(kept).strip()
    return words or text.strip()


def _history_begins(lines: list[str]) -> int:
    """The line of "On ... wrote:" or "From: ... Sent: ..." in any known language, or of the first quoted line."""
    plain = [line.strip() if len(line) <= LONGEST_HEADER_LINE else "" for line in lines]
    text = "\n".join(plain)[:LONGEST_TEXT]
    found = _history_header().search(text)
    begins = len(lines)
    if found:
        begins = text.count("\n", 0, found.start() + len(found[0]) - len(found[0].lstrip()))
    return min(begins, next((number for number, line in enumerate(plain) if _is_quoted(line)), begins))


def _without_introduction(lines: list[str]) -> list[str]:
    """Without a last line such as "El lun, 3 mar a las 10:00, Help escribió:", in a form that the patterns miss."""
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    introduces = end and lines[end - 1].rstrip().endswith(":") and _WHO_OR_WHEN.search(lines[end - 1])
    return lines[: end - 1] if introduces else lines


@cache
def _history_header() -> re.Pattern[str]:
    pattern: re.Pattern[str] = EmailMessage(text="", languages=list(LANGUAGES)).HEADER_REGEX
    return pattern


def _is_quoted(line: str) -> bool:
    return line.lstrip().startswith(">")


def _shows(lines: list[str], ours: Sequence[str]) -> bool:
    history = "\n".join(lines).lower()
    return any(mark.lower() in history for mark in ours)
