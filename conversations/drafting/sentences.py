"""Cuts a text into its sentences without losing a letter of it."""

from __future__ import annotations

import re

_END = re.compile(r"(?P<mark>[.!?…]+[\"'”’»)\]]*)(?P<space>\s+)|[。！？]+[\"'”’»」』）]*\s*|\s*\n\s*")
# A full stop behind these ends no sentence: abbreviations in our four languages, days of a month, initials.
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:[^\W\d_]|[0-9]{1,2}|ca|bzw|usw|etc|nr|mr|mrs|ms|dr|prof|st|tel|art|max|min|inkl|zzgl|ggf|evtl|ej|vs|approx|mme|env|pág"
    r"|(?:[^\W\d_]\.){1,3}[^\W\d_])\.$",
    re.IGNORECASE,
)
_LOOKED_BACK = 12


def split_sentences(text: str) -> list[str]:
    """The sentences in order, each with the white space behind it: joined, they are the text. Lines end sentences."""
    found: list[str] = []
    start = 0
    for end in _END.finditer(text):
        if end.start() < start or not _is_end(text, start, end):
            continue
        if text[start : end.end()].strip():
            found.append(text[start : end.end()])
            start = end.end()
    if start < len(text):
        found.append(text[start:])
    return found


def _is_end(text: str, start: int, end: re.Match[str]) -> bool:
    if not end["mark"] or "\n" in end["space"]:
        return True
    if text[end.end() : end.end() + 1].islower():
        return False
    before = text[max(start, end.end("mark") - _LOOKED_BACK) : end.end("mark")]
    return end["mark"] != "." or not _ABBREVIATION.search(before)
