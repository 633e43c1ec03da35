"""Names of people in the names of files, where signs stand for spaces and capital letters are left out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conversations.redaction.folding import fold
from conversations.redaction.lexicon import meaning

_ENDING = re.compile(
    r"(?<=\w)\.(?:pdf|jpe?g|png|gif|webp|heic|tiff?|bmp|docx?|odt|rtf|xlsx?|ods|csv|txt|zip|eml|msg|mp[34]|mov|m4a|wav|xml|json|log"
    r"|pages|numbers|vcf)(?![^\W_])",
    re.IGNORECASE,
)
_NAME = re.compile(r"[^\s\"'<>|/\\(\[]{1,120}\Z")
_WORD = re.compile(r"[^\W\d_]+")


def names_in_files(text: str) -> Iterator[tuple[int, int, list[str]]]:
    """Where names stand in the names of files that a text holds, and their words, folded."""
    for ending in _ENDING.finditer(text):
        file = _NAME.search(text, max(0, ending.start() - 120), ending.start())
        words = list(_WORD.finditer(text, *file.span())) if file else []
        place = 0
        while place < len(words):
            end = place + 1
            if _begins(words[place][0]):
                while end < len(words) and end - place < 4 and _goes_on(words[end - 1], words[end]):
                    end += 1
                yield words[place].start(), words[end - 1].end(), [fold(word[0]) for word in words[place:end]]
            place = end


def _begins(written: str) -> bool:
    found = meaning(fold(written))
    return len(written) > 2 and found.first and not found.everyday and not found.word


def _goes_on(before: re.Match[str], word: re.Match[str]) -> bool:
    found = meaning(fold(word[0]))
    apart = word.start() - before.end()
    return apart == 1 and len(word[0]) > 2 and not found.word
