"""Numbers in words, in the four languages of the desk: `twenty-five`, `fünfundzwanzig`, `veinticinco`, `vingt-cinq`."""

from __future__ import annotations

import re
from typing import Final

from conversations.drafting.checks.trees import tree
from conversations.redaction.folding import fold

_ONES: Final = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "a dozen": 12, "zwei": 2, "drei": 3, "vier": 4, "funf": 5, "sechs": 6,
    "sieben": 7, "acht": 8, "neun": 9, "zehn": 10, "elf": 11, "zwolf": 12, "dreizehn": 13, "vierzehn": 14,
    "funfzehn": 15, "sechzehn": 16, "siebzehn": 17, "achtzehn": 18, "neunzehn": 19, "dos": 2, "tres": 3,
    "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "ocho": 8, "nueve": 9, "diez": 10, "once": 11, "doce": 12,
    "trece": 13, "catorce": 14, "quince": 15, "dieciseis": 16, "diecisiete": 17, "dieciocho": 18, "diecinueve": 19,
    "veintiuno": 21, "veintidos": 22, "veintitres": 23, "veinticuatro": 24, "veinticinco": 25, "veintiseis": 26,
    "veintisiete": 27, "veintiocho": 28, "veintinueve": 29, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5,
    "sept": 7, "huit": 8, "neuf": 9, "dix": 10, "onze": 11, "douze": 12, "treize": 13, "quatorze": 14, "quinze": 15,
    "seize": 16, "dix-sept": 17, "dix-huit": 18, "dix-neuf": 19,
}  # fmt: skip
_TENS: Final = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
    "zwanzig": 20, "dreissig": 30, "vierzig": 40, "funfzig": 50, "sechzig": 60, "siebzig": 70, "achtzig": 80,
    "neunzig": 90, "veinte": 20, "treinta": 30, "cuarenta": 40, "cincuenta": 50, "sesenta": 60, "setenta": 70,
    "ochenta": 80, "noventa": 90, "vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60,
    "soixante-dix": 70, "quatre-vingt": 80, "quatre-vingts": 80, "quatre-vingt-dix": 90, "septante": 70,
    "huitante": 80, "nonante": 90,
}  # fmt: skip
_LARGE: Final = {
    "hundred": 100, "hundert": 100, "cien": 100, "ciento": 100, "cientos": 100, "cent": 100, "cents": 100,
    "thousand": 1000, "tausend": 1000, "mil": 1000, "mille": 1000, "doscientos": 200, "trescientos": 300,
    "quinientos": 500,
}  # fmt: skip
_UNIT: Final = {
    "one": 1, "ein": 1, "eine": 1, "einen": 1, "eins": 1, "un": 1, "una": 1, "uno": 1, "une": 1, "a": 1, "and": 0,
    "und": 0, "y": 0, "et": 0,
}  # fmt: skip


_ACCENTS: Final = {"a": "[aáàä]", "e": "[eéè]", "i": "[ií]", "o": "[oóö]", "u": "[uúü]", "ß": "(?:ss|ß)"}


def _spelled(letter: str) -> str:
    """A pattern for a letter of a folded word as people write it."""
    return _ACCENTS.get(letter, re.escape(letter))


_PIECE = tree((word.replace("ss", "ß") for word in {**_ONES, **_TENS, **_LARGE}), letter=_spelled)
_LITTLE = "one|einund|ein|un|una|une|a"
NUMERAL: Final = (
    rf"(?:(?:{_LITTLE})[ \u00a0-]?)?(?:{_PIECE})(?:(?:[ \u00a0-]?(?:and|und|y|et)?[ \u00a0-]?)(?:{_PIECE}|one|eins|un|uno"
    rf"|une))*"
)
"""A pattern for a number in words; a lone "one" is none."""

_TOKEN = re.compile("|".join(map(re.escape, sorted({**_ONES, **_TENS, **_LARGE, **_UNIT}, key=len, reverse=True))))


def value_of(words: str) -> int:
    """What a number in words means."""
    total = current = 0
    for token in _TOKEN.findall(fold(words).replace("ß", "ss")):
        number = {**_UNIT, **_ONES, **_TENS, **_LARGE}[token]
        if token in {"hundred", "hundert", "cent", "cents", "cientos"}:
            current = max(1, current) * 100
        elif number == 1000:
            total, current = total + max(1, current) * 1000, 0
        else:
            current += number
    return total + current
