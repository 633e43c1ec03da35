"""Amounts of money and shares in a text: `12.50 €`, `EUR 12,50`, `twelve euros`, `zwölf Euro`, `half price`."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from typing import Final

from conversations.drafting.checks.numerals import NUMERAL, value_of
from conversations.redaction.spans import Span, blanked

Found = tuple[int, int, frozenset[Hashable]]

_GROUP = r"[.,'’\u00a0\u202f ]"
_NUMBER = rf"[0-9]{{1,3}}(?:{_GROUP}[0-9]{{3}})+(?:[.,][0-9]{{1,2}})?(?![0-9])|[0-9]+(?:[.,][0-9]{{1,2}})?(?![0-9])"
_UNITS: Final = {
    "EUR": r"€|EUR|Euros?|€uros?|Teuros?",
    "USD": r"US-?\$|\$|＄|USD|(?:US-)?dollars?|d[óo]lares|bucks|Dollars",
    "GBP": r"£|￡|GBP|pounds?(?! of)|Pfund|quid|libras?(?: esterlinas)?|livres? sterling",
    "CHF": r"CHF|Franken|Fr\.|francs?(?: suisses)?|francos?(?: suizos)?|Stutz",
    "PLN": r"zł|PLN|zlotys?|Złoty",
    "SEK": r"SEK|NOK|DKK|kr\.?|kron(?:or|er|en)|coronas|couronnes",
    "CZK": r"Kč|CZK",
    "JPY": r"¥|￥|JPY|yen",
    "INR": r"₹|INR|rupees|rupien|rupias|roupies",
    "CRYPTO": r"BTC|bitcoins?|ETH|USDT",
    "PCT": r"%|％|٪|percent|per cent|pct|Prozent|v\. ?H\.|por ?ciento|pour ?cent",
    "CENT": r"cents?|c[ée]ntimos|centimes|pence|Rappen",
}
_ANY_UNIT = "|".join(f"(?P<{name}{{0}}>{pattern})" for name, pattern in _UNITS.items())
_AMOUNT = re.compile(
    rf"(?<![\w.,])(?:(?:{_ANY_UNIT.format('_before')})[ \u00a0\u202f]?(?P<first>{_NUMBER})"
    rf"|(?P<second>{_NUMBER})(?:,[-–—])?[ \u00a0\u202f-]?(?:{_ANY_UNIT.format('_after')}))(?![^\W\d_])",
    re.IGNORECASE,
)
_IN_WORDS = re.compile(
    rf"(?<![\w-])(?P<words>{NUMERAL})[ \u00a0-](?:{_ANY_UNIT.format('')})(?![^\W\d_])",
    re.IGNORECASE,
)
_HALF = (
    r"half (?:the |of the |its |your )?(?:price|amount|cost|money)|(?:zum |den )?halben? (?:Preis|Betrag|Kaufpreis)"
    r"|die Hälfte (?:des|vom) (?:Preis|Betrag|Kaufpreis)\w*|mitad (?:de|del) (?:precio|importe)|a mitad de precio"
    r"|moitié (?:du|de la) (?:prix|montant|somme)|à moitié prix"
)
_DOUBLE = (
    r"(?:twice|double) (?:the |your )?(?:price|amount|money)|den doppelten (?:Preis|Betrag)"
    r"|el doble (?:del|de su) (?:precio|dinero)|le double du (?:prix|montant)"
)
_SHARE = re.compile(rf"(?<!\w)(?:(?P<half>{_HALF})|(?P<double>{_DOUBLE}))(?!\w)", re.IGNORECASE)


def amounts(text: str) -> Iterator[Found]:
    """Where amounts stand, each with its unit and value; a share of a price is a percentage."""
    taken = []
    for match in _AMOUNT.finditer(text):
        unit = next(name for name in _UNITS if match[f"{name}_before"] or match[f"{name}_after"])
        taken.append((match.start(), match.end(), frozenset({(unit, value(match["first"] or match["second"]))})))
    text = blanked(text, [Span(start, end, None, "") for start, end, _keys in taken])
    for match in _IN_WORDS.finditer(text):
        unit = next(name for name in _UNITS if match[name])
        taken.append((match.start(), match.end(), frozenset({(unit, float(value_of(match["words"])))})))
    taken += [
        (match.start(), match.end(), frozenset({("PCT", 50.0 if match["half"] else 200.0)}))
        for match in _SHARE.finditer(text)
    ]
    yield from sorted(taken, key=lambda found: found[0])


def value(written: str) -> float:
    """What a number means: of two signs the last is the decimal one; three digits behind the only one are thousands."""
    digits = re.sub(r"['’\s\u00a0\u202f]", "", written)
    decimal = re.search(r"[.,]([0-9]{1,2})$", digits)
    whole = digits[: decimal.start()] if decimal else digits
    return float(re.sub(r"[.,]", "", whole) + (f".{decimal[1]}" if decimal else ""))
