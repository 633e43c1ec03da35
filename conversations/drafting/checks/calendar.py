"""Dates, weekdays, spans of time and words like "tomorrow" in the desk's four languages. Times of day are left alone."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator

from conversations.drafting.checks.numerals import NUMERAL, value_of
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
_COUNT = rf"[0-9]{{1,3}}|{NUMERAL}"
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

_WHENS = {
    "tomorrow": (
        r"tomorrow|(?<!guten )(?<!am )(?<!gestern )(?<!heute )(?-i:morgen)(?! früh um)|(?<!la )(?<!esta )(?<!una )mañana"
        r"|demain"
    ),
    "after_tomorrow": r"the day after tomorrow|übermorgen|pasado mañana|après-demain",
    "today": (
        r"(?:will|'ll|is going to|wird|werden|kommt|geht|arrives?|llegará|llega|saldrá|sera|sera livrée?"
        r"|partira?)[^.!?\n]{0,40}?(?:today|tonight|heute|hoy|aujourd['’]hui)"
    ),
    "this_week": r"(?:later |by the end of |end of )?this week|(?:noch )?(?:in )?dieser? Woche|esta (?:misma )?semana"
    r"|cette semaine",
    "next_week": (
        r"(?:early |by the end of )?next week|(?:in der )?(?:nächste|kommende)[rn]? Woche|la (?:próxima semana"
        r"|semana que viene)|la semaine prochaine"
    ),
    "end_of_week": (
        r"(?:by |at )?the end of the week|(?:by|over|this|next) (?:the )?weekend|(?:bis )?Ende der Woche|bis zum Wochenende"
        r"|(?:am|dieses|nächstes) Wochenende|(?:a )?finales de (?:la )?semana|(?:este|el próximo) fin de semana|(?:à la "
        r"|d['’]ici la )?fin de (?:la )?semaine|ce week-end"
    ),
    "this_month": (
        r"(?:by |at )?(?:the )?end of (?:the|this) month|this month|(?:bis )?Ende (?:des|dieses) Monats|diese[nms] Monat"
        r"|(?:a )?finales? de(?:l| este)? mes|este mes|(?:à la |d['’]ici la )?fin du mois|ce mois-ci"
    ),
    "next_month": r"next month|(?:im )?(?:nächsten|kommenden) Monat|el (?:próximo mes|mes que viene)|le mois prochain",
    "few_days": (
        r"(?:in|within|over) (?:a few|the next(?: few)?|the coming|a couple of) days|in (?:den nächsten|den kommenden"
        r"|wenigen|ein paar|einigen) Tagen|en (?:los próximos|unos|pocos|unos pocos) días|(?:dans|sous) (?:les prochains"
        r"|quelques|les) (?:prochains )?jours"
    ),
    "next_working_day": (
        r"(?:the )?(?:next|following) (?:working|business) day|(?:am )?(?:nächsten|folgenden) (?:Werk|Arbeits|Geschäfts)tag"
        r"|(?:el )?(?:siguiente|próximo) día (?:laborable|hábil)|(?:le )?(?:prochain jour ouvré|jour ouvré suivant)"
    ),
    "within_hour": r"within (?:the|an) hour|innerhalb (?:der nächsten|einer) Stunde|en (?:una|la próxima) hora|dans l['’]heure",
}
_WHEN = re.compile(
    rf"(?<!\w)(?:{'|'.join(f'(?P<{name}>{words})' for name, words in _WHENS.items())})(?!\w)", re.IGNORECASE
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
        (_WHEN, _when),
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


def _when(match: re.Match[str]) -> frozenset[Hashable]:
    return frozenset({("when", match.lastgroup)})


def _span(match: re.Match[str]) -> frozenset[Hashable]:
    unit = next(name for name in _UNITS if match[name])
    high = _count(match["high"])
    return frozenset({("for", _count(match["low"]) if match["low"] else high, high, unit)})


def _count(written: str) -> int:
    return int(written) if written.isdecimal() else value_of(written)


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
