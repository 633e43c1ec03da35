"""Dates, weekdays and spans of time in a text, in the four languages of the desk. Times of day are left alone."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator

from conversations.redaction.spans import Span, blanked

_MONTHS = [
    r"january|jan|januar|jänner|enero|janvier",
    r"february|feb|februar|febrero|février|fevrier",
    r"(?-i:March)|märz|maerz|marzo|mars",
    r"april|apr|abril|avril",
    r"(?-i:May)|mai|mayo",
    r"june|jun|juni|junio|juin",
    r"july|jul|juli|julio|juillet",
    r"august|aug|agosto|août|aout",
    r"september|sept|sep|septiembre|septembre",
    r"october|oct|oktober|okt|octubre|octobre",
    r"november|nov|noviembre|novembre",
    r"december|dec|dezember|dez|diciembre|décembre|decembre",
]
_WEEKDAYS = [
    "monday|montag|lunes|lundi",
    "tuesday|dienstag|martes|mardi",
    "wednesday|mittwoch|miércoles|mercredi",
    "thursday|donnerstag|jueves|jeudi",
    "friday|freitag|viernes|vendredi",
    "saturday|samstag|sonnabend|sábado|samedi",
    "sunday|sonntag|domingo|dimanche",
]
_UNITS = {
    "minute": r"minutes?|minuten?|minutos?",
    "hour": r"hours?|stunden?|horas?|heures?",
    "day": r"days?|tag(?:en?)?|(?:werk|arbeits|geschäfts)tag(?:en?)?|días?|jours?",
    "week": r"weeks?|wochen?|semanas?|semaines?",
    "month": r"months?|monat(?:en?)?|mes(?:es)?|mois",
    "year": r"years?|jahr(?:en?)?|años?|ans|années?",
}
# "One" is left out: "one moment", "einen Tag", "un jour" promise nothing.
_COUNTED = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twelve": 12,
    "fourteen": 14, "fifteen": 15, "twenty": 20, "thirty": 30,
    "zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6, "sieben": 7, "acht": 8, "neun": 9, "zehn": 10, "zwölf": 12,
    "vierzehn": 14, "fünfzehn": 15, "zwanzig": 20, "dreißig": 30, "dreissig": 30,
    "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "ocho": 8, "nueve": 9, "diez": 10, "doce": 12,
    "catorce": 14, "quince": 15, "veinte": 20, "treinta": 30,
    "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "sept": 7, "huit": 8, "neuf": 9, "dix": 10, "douze": 12,
    "quatorze": 14, "quinze": 15, "vingt": 20, "trente": 30,
}  # fmt: skip
_COUNT = rf"[0-9]{{1,3}}|{'|'.join(_COUNTED)}"
_WORKING = r"working|business|calendar|open|ganzen?|volle[rn]?"
_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th|er|º|\.)?"
_YEAR = r"(?P<year>(?:19|20)[0-9]{2})"
_MONTH = "(?P<month>" + "|".join(f"(?:{names})" for names in _MONTHS) + r")\b\.?"

_ISO = re.compile(r"(?<![\w-])(?P<year>(?:19|20)[0-9]{2})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})(?![\w-])")
_NUMERIC = re.compile(
    r"(?<![\w./-])(?P<one>[0-9]{1,2})(?P<sign>[./-])[ ]?(?P<two>[0-9]{1,2})(?P=sign)[ ]?(?P<year>(?:19|20)?[0-9]{2})(?![\w/-])"
)
_SHORT = re.compile(r"(?<![\w./-])(?P<day>[0-3]?[0-9])\.[ ]?(?P<month>[01]?[0-9])\.(?!\w)")
_DAY_MONTH = re.compile(
    rf"(?<![\w.])(?:{_DAY})[ \u00a0](?:of |de )?{_MONTH}(?:,?[ \u00a0](?:de |del )?{_YEAR})?(?!\w)", re.IGNORECASE
)
_MONTH_DAY = re.compile(rf"(?<!\w){_MONTH} {_DAY}(?:,? {_YEAR})?(?!\w)", re.IGNORECASE)
_MONTH_YEAR = re.compile(rf"(?<!\w){_MONTH} (?:de )?{_YEAR}(?!\w)", re.IGNORECASE)
_WEEKDAY = re.compile(
    rf"(?<!\w)(?:{'|'.join(f'(?P<d{n}>{names})s?' for n, names in enumerate(_WEEKDAYS))})(?!\w)", re.IGNORECASE
)
_SPAN = re.compile(
    rf"(?<![\w.,])(?:(?P<low>{_COUNT})[ \u00a0]?(?:-|–|to|and|or|bis|und|oder|a|o|y|à|ou|et)[ \u00a0]?)?(?P<high>{_COUNT})"
    rf"[ \u00a0-](?:(?:{_WORKING})[ \u00a0])?(?:{'|'.join(f'(?P<{unit}>{names})' for unit, names in _UNITS.items())})(?!\w)",
    re.IGNORECASE,
)

Found = tuple[int, int, frozenset[Hashable]]


def date_parts(text: str) -> Iterator[Found]:
    """Where dates stand, and what each may mean: `3/5/2026` is the third of May or the fifth of March."""
    for pattern, meant in (
        (_ISO, _day),
        (_NUMERIC, _either),
        (_DAY_MONTH, _day),
        (_MONTH_DAY, _day),
        (_MONTH_YEAR, _month_of_year),
        (_SHORT, _day),
        (_SPAN, _span),
        (_WEEKDAY, _weekday),
    ):
        found = [(match.start(), match.end(), keys) for match in pattern.finditer(text) if (keys := meant(match))]
        text = blanked(text, [Span(start, end, None, "") for start, end, _keys in found])
        yield from found


def _keys(day: int, month: int, year: int | None) -> set[Hashable]:
    """A date with its year is meant by the same date without one, but not the other way round."""
    if not (1 <= day <= 31 and 1 <= month <= 12):
        return set()
    return {("day", day, month, year)}


def _day(match: re.Match[str]) -> frozenset[Hashable]:
    year = match.groupdict().get("year")
    return frozenset(_keys(int(match["day"]), _month(match["month"]), int(year) if year else None))


def _either(match: re.Match[str]) -> frozenset[Hashable]:
    one, two, year = int(match["one"]), int(match["two"]), int(match["year"])
    year += 2000 if year < 100 else 0
    american = _keys(two, one, year) if match["sign"] == "/" else set()
    return frozenset(_keys(one, two, year) | american)


def _month(written: str) -> int:
    if written.isdecimal():
        return int(written)
    return next(n for n, names in enumerate(_MONTHS, 1) if re.fullmatch(names, written, re.IGNORECASE))


def _month_of_year(match: re.Match[str]) -> frozenset[Hashable]:
    return frozenset({("month", _month(match["month"]), int(match["year"]))})


def _weekday(match: re.Match[str]) -> frozenset[Hashable]:
    return frozenset({("weekday", match.lastgroup)})


def _span(match: re.Match[str]) -> frozenset[Hashable]:
    unit = next(name for name in _UNITS if match[name])
    high = _count(match["high"])
    return frozenset({("for", _count(match["low"]) if match["low"] else high, high, unit)})


def _count(written: str) -> int:
    return int(written) if written.isdecimal() else _COUNTED[written.casefold()]


def implied(keys: frozenset[Hashable]) -> frozenset[Hashable]:
    """All that a date in a source is a ground for: itself, the same day without its year, each end of a span of time."""
    more: set[Hashable] = set(keys)
    for key in keys:
        match key:
            case ("day", day, month, int()):
                more.add(("day", day, month, None))
            case ("for", low, high, unit):
                more |= {("for", low, low, unit), ("for", high, high, unit)}
    return frozenset(more)
