"""Numbers that a state or an insurance gave to one person, by their form and checksum, or by the word before them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from stdnum.be import nn
from stdnum.ch import ssn as ahv
from stdnum.de import idnr
from stdnum.es import dni, nie
from stdnum.fr import nir
from stdnum.it import codicefiscale

from conversations.redaction.folding import in_small_letters, places_of
from conversations.redaction.spans import Kind, Span

_GAP = r"[ .\u00a0\u202f-]?"
_ALNUM = re.compile(r"[^\W_]")
_FIGURE = re.compile(r"\d")
_FEWEST_FIGURES = 6
_WITHIN_A_CUE, _BEHIND_A_CUE = 40, 80  # characters: the longest word; from within it to its number
_ALONE, _END = r"(?<![\w.,/-])", r"(?![\w]|[.,/-]\w)"


def _german_pension(number: str) -> bool:
    """Checksum of the German pension insurance (VKVV § 4): the letter counts as its place with two digits."""
    written = number[:8] + f"{ord(number[8]) - 64:02d}" + number[9:11]
    factors = (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)
    total = sum(sum(map(int, str(int(digit) * factor))) for digit, factor in zip(written, factors, strict=True))
    return total % 10 == int(number[11])


def _nir(number: str) -> bool:
    return bool(nir.is_valid(number))


# What by its form alone is somebody's number, with the checksum where there is one.
_FORMS: tuple[tuple[re.Pattern[str], Callable[[str], bool] | None], ...] = (
    (re.compile(rf"{_ALONE}\d{{2}}[.]?\d{{3}}[.]?\d{{3}}[ -]?[A-HJ-NP-TV-Z]{_END}", re.IGNORECASE), dni.is_valid),
    (re.compile(rf"{_ALONE}[XYZ]{_GAP}\d{{1,2}}[.]?\d{{3}}[.]?\d{{3}}{_GAP}[A-HJ-NP-TV-Z]{_END}", re.IGNORECASE), nie.is_valid),
    (re.compile(rf"{_ALONE}[12]{_GAP}\d{{2}}{_GAP}(?:0[1-9]|1[0-2]|[2-9]\d){_GAP}(?:\d{{2}}"
        rf"|2[AB]){_GAP}\d{{3}}{_GAP}\d{{3}}{_GAP}\d{{2}}{_END}", re.IGNORECASE), _nir),
    (re.compile(rf"{_ALONE}(?!BG|GB|KN|NK|NT|TN"
        rf"|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]{_GAP}\d{{2}}{_GAP}\d{{2}}{_GAP}\d{{2}}{_GAP}[A-D]{_END}",
        re.IGNORECASE), None),
    (re.compile(rf"{_ALONE}(?!000|666|9)\d{{3}}[- \u2011\u2013](?!00)\d{{2}}[-\u2011\u2013 "
        rf"](?!0000)\d{{4}}{_END}"), None),
    (re.compile(rf"{_ALONE}756[.]?\d{{4}}[.]?\d{{4}}[.]?\d{{2}}{_END}"), ahv.is_valid),
    (re.compile(rf"{_ALONE}[A-Z]{{6}}\d{{2}}[A-EHLMPRST]\d{{2}}[A-Z]\d{{3}}[A-Z]{_END}", re.IGNORECASE), codicefiscale.is_valid),
    (re.compile(rf"{_ALONE}\d{{2}}\.\d{{2}}\.\d{{2}}[- ]\d{{3}}[.-]\d{{2}}{_END}"), nn.is_valid),
    (re.compile(rf"{_ALONE}\d{{2}}{_GAP}(?:0[1-9]|[12]\d|3[01]){_GAP}?(?:0[1-9]"
        rf"|1[0-2]){_GAP}?\d{{2}}{_GAP}[A-Z]{_GAP}\d{{3}}{_END}", re.IGNORECASE), _german_pension),
    (re.compile(rf"{_ALONE}\d{{2}} \d{{3}} \d{{3}} \d{{3}}{_END}"), idnr.is_valid),
)  # fmt: skip
_CUE = (
    r"(?:steuer(?:liche\s)?-?\s?(?:id(?:entifikations)?-?(?:nummer|nr)?|nummer|nr)|\bidnr|steuer-?id|tin\b"
    r"|tax\s?(?:payer)?\s?(?:id|number|reference)|\butr\b"
    r"|(?:personal)?ausweis(?:-?\s?(?:nummer|nr|id))?|\bperso(?:-?nr)?\b|reisepass(?:-?(?:nummer|nr))?"
    r"|pass-?(?:nummer|nr)|f[uü]hrerschein(?:-?(?:nummer|nr))?|sozialversicherungs?-?\s?(?:nummer|nr)"
    r"|\bsv-?(?:nummer|nr)|svnr|renten(?:versicherungs?)?-?(?:nummer|nr)?|(?:kranken)?versicherten-?(?:nummer|nr)"
    r"|krankenversicherungs?-?(?:nummer|nr)|krankenkassen-?(?:nummer|nr)|ahv-?(?:nummer|nr)?"
    r"|passport(?:\s(?:number|no))?|driv(?:ing|er['’]?s?)\s(?:licen[cs]e)(?:\s(?:number|no))?"
    r"|national\s(?:insurance|id)(?:\s(?:number|no))?|\bni\s(?:number|no)|\bnino?\b|identity\scard|\bid\scard"
    r"|nhs(?:\s(?:number|no))?"
    r"|social\ssecurity(?:\s(?:number|no))?|\bssn\b|\bitin\b|medicare(?:\s(?:number|no))?|\bd\.?n\.?i\b\.?"
    r"|\bn\.?i\.?[ef]\b\.?|\bnie\b|pasaporte|carn[eé]\sde\sconducir|permiso\sde\sconducir|seguridad\ssocial"
    r"|documento\sde\sidentidad|tarjeta\ssanitaria"
    r"|carte\s(?:nationale\s)?d['’]identit[eé]|\bcni\b|pi[eè]ce\sd['’]identit[eé]"
    r"|num[eé]ro\sde\ss[eé]cu(?:rit[eé]\ssociale)?|s[eé]curit[eé]\ssociale|n[°º]\s?(?:de\s)?s[eé]cu|\bnir\b"
    r"|\binsee\b|passeport|permis\sde\sconduire|num[eé]ro\sfiscal|carte\svitale"
    r"|codice\sfiscale|\bbsn\b|\bpesel\b|personnummer)"
)
_CUED = re.compile(
    rf"(?<![^\W_]){_CUE}(?![^\W_])[^\n\d:]{{0,24}}?[:#]?\s?(?:\n\s?)?(?<![\w-])(?P<number>(?=(?:[a-z0-9][ "
    rf"./\u00a0\u202f-]?){{0,11}}[0-9])[a-z0-9](?:[ ./\u00a0\u202f-]?[a-z0-9]){{4,24}})(?![^\W_])"
)
_SORT_CODE = re.compile(
    r"(?:sort\s?code|blz|bankleitzahl|routing(?:\s(?:number|no))?|\baba\b|bsb)[\s:#.]{0,3}(?P<bank>\d[\d "
    r"-]{4,11}\d)(?P<between>[^\n\d]{0,40}\n?[^\n\d]{0,30}(?P<account>\d[\d -]{5,14}\d))?"
    r"|(?:kontonummer|konto-?nr|kto(?:-?nr)?|account(?:\s(?:number|no))?|acct?)[\s:#.]{0,3}(?P<first>\d[\d "
    r"-]{5,14}\d)[^\n\d]{0,20}\n?[^\n\d]{0,10}(?:sort\s?code|blz|bankleitzahl"
    r"|routing)[^\n\d]{0,12}(?P<second>\d[\d -]{4,11}\d)",
    re.IGNORECASE,
)
# A text without one of these letters has no such number; looking for them costs next to nothing.
_CUES = (
    "steuer", "idnr", "tin", "tax", "utr", "ausweis", "perso", "pass", "führerschein", "fuhrerschein", "versicher", "sv-", "svnr",
    "renten", "ahv", "krankenkasse", "licen", "national", "nino", "ni n", "ident", "id card", "nhs", "social", "ssn", "medicare",
    "dni", "d.n.i", "nie", "nif", "n.i.", "pasaporte", "conducir", "seguridad", "sanitaria", "cni", "sécu", "secu", "nir",
    "insee",
    "conduire", "fiscal", "vitale", "bsn", "pesel", "personnummer",
)  # fmt: skip
# Shorter numbers may be something else's, after a word for it.
_SURE = 11
_ORDER = re.compile(
    r"(?:order|bestell|auftrag|invoice|rechnung|artic|artik|art[ií]culo|pedido|factur|commande|\bref|\bsku|serial|serien|track|sendung"
    r"|model|item|case|ticket|parcel|paket|colis|paquete)[^\n\d]{0,20}\Z",
    re.IGNORECASE,
)
_OLD_ACCOUNTS = ("sort", "blz", "bankleitzahl", "routing", "aba", "bsb")


def paper_spans(text: str) -> Iterator[Span]:
    """National numbers of our countries and their neighbours, papers and insurances, and bank accounts of the old kind."""
    for start, end in _lines_with_figures(text):
        for pattern, holds in _FORMS:
            for match in pattern.finditer(text, start, end):
                compact = _compact(match[0])
                if len(compact) < _SURE and _ORDER.search(text, max(0, match.start() - 28), match.start()):
                    continue
                if holds is None or holds(compact):
                    yield Span(match.start(), match.end(), Kind.ID, compact)
    low = in_small_letters(text)
    for match in _cued(low):
        start, end = match.span("number")
        end = start + _end_of_number(text[start:end])
        number = text[start:end]
        if sum(map(str.isdigit, number)) >= 4 and sum(map(str.isalnum, number)) >= 5:
            yield Span(start, end, Kind.ID, _compact(number))
    for match in _SORT_CODE.finditer(text) if any(cue in low for cue in _OLD_ACCOUNTS) else ():
        for group in ("bank", "account", "first", "second"):
            if match[group]:
                yield Span(match.start(group), match.end(group), Kind.IBAN, _compact(match[group]))


def _cued(text: str) -> Iterator[re.Match[str]]:
    """Numbers behind a word for them, looked for around what such words have in them."""
    begin = end = 0
    for place in sorted(places_of(_CUES, text)):
        if end == len(text):
            break
        if place - _WITHIN_A_CUE > end:
            yield from _CUED.finditer(text, begin, end)
            begin = place - _WITHIN_A_CUE
        past = text.find("\n", place + _BEHIND_A_CUE)
        end = len(text) if past < 0 else past
    yield from _CUED.finditer(text, begin, end)


def _lines_with_figures(text: str) -> Iterator[tuple[int, int]]:
    """Where lines begin and end with as many figures as the shortest of the forms has."""
    start = 0
    for line in text.split("\n"):
        if len(_FIGURE.findall(line)) >= _FEWEST_FIGURES:
            yield start, start + len(line)
        start += len(line) + 1


def _end_of_number(written: str) -> int:
    """Where the number ends: words that follow it, with no digit in them, are no part of it."""
    pieces = [(piece.end(), piece[0]) for piece in re.finditer(r"[^\s]+", written)]
    while len(pieces) > 1 and not (any(map(str.isdigit, pieces[-1][1])) or len(pieces[-1][1]) == 1):
        pieces.pop()
    while len(pieces) > 1 and len(pieces[-1][1]) == 1 and pieces[-1][1].islower():
        pieces.pop()
    return pieces[-1][0]


def _compact(written: str) -> str:
    return "".join(_ALNUM.findall(written)).upper()
