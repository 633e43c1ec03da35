"""Dates of birth: dates that stand beside a word for being born, in the spellings of our languages."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conversations.redaction.folding import in_small_letters
from conversations.redaction.spans import Kind, Span

_MONTH = (
    r"(?:jan(?:uary|uar|vier)?|j[aä]n(?:ner)?|feb(?:ruary|ruar|rero)?|f[eé]v(?:r(?:ier)?)?|mar(?:ch|zo|s)?"
    r"|m[aä]rz|mrz|apr(?:il)?"
    r"|abr(?:il)?|avr(?:il)?|may|mai|mayo|june?|juni|junio|juin|july?|juli|julio|juil(?:let)?|aug(?:ust)?"
    r"|ago(?:sto)?|ao[uû]t"
    r"|sept?(?:ember|iembre|embre)?|oct(?:ober|ubre|obre)?|okt(?:ober)?|nov(?:ember|iembre|embre)?"
    r"|dec(?:ember)?|dez(?:ember)?"
    r"|dic(?:iembre)?|d[eé]c(?:embre)?|enero|ene)\.?"
)
_YEAR = r"(?:(?:19|20)\d{2}|['’]?\d{2})"
_DATE = (
    rf"(?:\d{{1,2}}\s?[./\-\u2010-\u2013]\s?\d{{1,2}}\s?[./\-\u2010-\u2013]\s?{_YEAR}"
    r"|(?:19|20)\d{2}\s?[./\-\u2010-\u2013]\s?\d{1,2}\s?[./\-\u2010-\u2013]\s?\d{1,2}"
    rf"|\d{{1,2}}(?:st|nd|rd|th|er|\.|º|°)?\s?(?:of\s|de\s|del\s|d['’])?\s?{_MONTH},?\s?(?:de\s|del\s)?{_YEAR}"
    rf"|{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?,?\s{_YEAR}"
    r"|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d{2}|\d{1,2}\s\d{1,2}\s(?:19|20)\d{2})(?!\d)"
)
_BORN = (
    r"(?:\bborn\b|birth\s?-?date|birthda[yt]e?|b-?day\b|date\sof\sbirth|\bd\.?o\.?b\b|\bgeb(?:oren|\.|\b)"
    r"|geburts(?:datum|tag)|geburtsdat"
    r"|\bnacid[oa]\b|\bnac[ií]\b|\bnaci[oó]\b|nacimiento|\bf\.?\s?nac\b|fecha\sde\snac\b|cumplea[nñ]os|\bn[eé]\(?e?\)?\s(?:le"
    r"|en)\b|naissance"
    r"|\banniversaire|\bd\.?d\.?n\b)"
)
# A text without any of these has no such word; looking for them costs next to nothing.
_MAY_BE_BORN = ("born", "birth", "bday", "b-day", "geburts", "naci", "nací", "cumplea", "naissance", "anniversaire")
_BORN_IN_SHORT = re.compile(r"\bgeboren|\b(?:d\.?o\.?b|d\.?d\.?n|geb|f?nac|n[eé]\(?e?\)?\s(?:le|en))\b")
_WHEN = re.compile(rf"(?<![\w.])({_DATE})", re.IGNORECASE)
_BEFORE = re.compile(rf"{_BORN}[^\n\d]{{0,32}}(?:\n\s?)?\Z", re.IGNORECASE)
_AFTER = re.compile(
    rf"(?:[^\n\d.]{{0,12}}?(?:\bis|\bist|\bes|\best|\bas|\bals|=|-|\(|,)\s?(?:\w+\s){{0,2}}?"
    rf"|\s(?:in\s[^\s,]{{2,24}}\s)?){_BORN}",
    re.IGNORECASE,
)
_DIGIT_GROUPS = re.compile(r"[^\W_]+")


def birth_spans(text: str) -> Iterator[Span]:
    """Dates beside a word for being born; other dates are what tickets are about, and stay."""
    small = in_small_letters(text)
    if not any(word in small for word in _MAY_BE_BORN) and not _BORN_IN_SHORT.search(small):
        return
    for match in _WHEN.finditer(text):
        if _BEFORE.search(text[max(0, match.start() - 64) : match.start()]) or _AFTER.match(text, match.end()):
            key = "".join(_DIGIT_GROUPS.findall(match[1])).casefold()
            yield Span(match.start(1), match.end(1), Kind.BIRTH, key)
