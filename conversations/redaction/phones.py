"""Telephone numbers as people write them, told apart from order numbers, prices and dates."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

import phonenumbers

from conversations.redaction.folding import in_small_letters
from conversations.redaction.spans import BLANK, Kind, Span

REGIONS = ("DE", "GB", "US", "ES", "FR")

_SEPARATOR = r"[ \t\u00a0\u202f().\-/\u2010-\u2015]"
_RUN = re.compile(rf"[0-9](?:{_SEPARATOR}{{0,3}}[0-9]){{5,}}")
_BEFORE_DIGITS = re.compile(r"(?:\+[ \t]?\(?|\()\Z")
_DIGITS = re.compile(r"[0-9]+")
_NORTH_AMERICAN = re.compile(
    rf"(?:1{_SEPARATOR})?(?:\([2-9][0-9]{{2}}\){_SEPARATOR}{{0,2}}"
    rf"|[2-9][0-9]{{2}}{_SEPARATOR}{{1,2}})[0-9]{{3}}{_SEPARATOR}[0-9]{{4}}(?![0-9])"
)
_EXTENSION = re.compile(r"[ ]?(?:x|ext\.?|extension|Durchwahl|DW|poste)[ .:]?([0-9]{1,6})(?![^\W_])", re.IGNORECASE)
_SPANISH = re.compile(r"[6-9][0-9]{2}(?:[ .-][0-9]{3}){2}|[6-9][0-9]{1,2}(?:[ .-][0-9]{2,3}){3}")

# Digits in these are no telephone number, whatever they would make if read together with their neighbours.
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_NOT_A_PHONE = re.compile(
    # What each of these begins with; most of a letter is none of it.
    r"(?=[0-9€$£EUGC])(?:"
    r"(?<![0-9./+-])(?:0?[1-9]|[12][0-9]|3[01])([./-])(?:0?[1-9]|[12][0-9]|3[01])\1(?:(?:19|20)[0-9]{2}"
    r"|[0-9]{2})(?![./-]?[0-9])"
    r"|(?<![0-9+])(?:19|20)[0-9]{2}([./-])[01]?[0-9]\2[0-3]?[0-9](?![./-]?[0-9])"
    rf"|(?<![0-9.])(?:{_OCTET}\.){{3}}{_OCTET}(?![0-9]|\.[0-9])"
    r"|(?<![0-9])[0-2]?[0-9]:[0-5][0-9](?::[0-5][0-9])?(?![0-9])"
    r"|(?:[€$£]|\b(?:EUR|USD|GBP|CHF))[ \u00a0]?[0-9][0-9.,' ]*"
    r"|[0-9][0-9.,']{0,12}[ \u00a0]?(?:[€$£%]|(?:EUR|USD|GBP|CHF)\b)"
    r")"
)

# The number that a word for an order spoke of, and the mark behind it.
_ANOTHER_NUMBER = re.compile(r"[0-9][0-9A-Za-z]{2,}[^0-9A-Za-z./ \-]")
_FEWEST_DIGITS, _MOST_DIGITS = 7, 17  # fifteen (ITU-T E.164) behind two zeros
_WORDS_BEFORE = 48
_SPEAKING_WORD = re.compile(
    r"(?P<phone>(?<!head)(?<!ear)(?<!smart)(?<!\bi)phone|call|\bt[eé]l|\btlf|\btfno?|fon\b|\bcell\b|\bport\."
    r"|mobil|m[oó]vil|handy|whats|ring\b|ruf|erreich|reach|\btext\b|\bsms\b|ll[aá]m|contact|kontakt|appel"
    r"|joindre|portable|fax|☎|📞)"
    r"|(?P<order>order|bestell|auftrag|rechnung|invoice|pedido|factur|commande|track|sendung|lieferschein"
    r"|art[ií]c|artikel|\bsku\b|\bitem"
    r"|\bref|\bre:|\baw:|customer\sid|client\sid|\bcase\b|expediente|dossier|incidencia|retoure|\brma\b|\bimei|gutschein|voucher|serial|serie"
    r"|ticket|vorgang|kunden|customer n|account|cliente|client n|paket|parcel|paquete|colis|#|№)"
)
# Reading one number costs up to 50 microseconds; beyond this many in one text everything that could be a number
# counts as one, so that a text made of digits costs no more than it hides.
_MOST_READINGS = 200


@lru_cache(maxsize=4096)
def read_number(written: str, *, valid: bool = True) -> str | None:
    """The number in E.164 form, read as international or as of the first of our regions where it exists."""
    digits = "".join(_DIGITS.findall(written))
    if written.lstrip(" (").startswith("+"):
        attempts = [("+" + digits, "ZZ")]
    elif digits.startswith("00"):
        attempts = [("+" + digits[2:], "ZZ")]
    else:
        attempts = [(digits, region) for region in REGIONS]
    for number, region in attempts:
        try:
            parsed = phonenumbers.parse(number, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(parsed) if valid else phonenumbers.is_possible_number(parsed):
            return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return None


def phone_spans(text: str) -> Iterator[Span]:
    """Telephone numbers: international ones, and national ones as written in our regions.

    Bare digits without the leading zero of a national number count only where the words before speak of a telephone;
    digits that follow a word for an order, an invoice or a parcel never do.
    """
    return _Reader(_NOT_A_PHONE.sub(lambda match: BLANK * len(match[0]), text)).spans()


class _Reader:
    """Reads the candidates of one text, within the allowance for one text."""

    def __init__(self, text: str) -> None:
        self._text, self._small = text, in_small_letters(text)
        self._left = _MOST_READINGS
        self._found_until = 0
        self._line = (0, 0)  # whose words are known; lines without a number are never read
        self._word_ends: list[int] = []
        self._word_kinds: list[str | None] = []

    def spans(self) -> Iterator[Span]:
        """The numbers in order, the longest at each place where one begins."""
        for run in _RUN.finditer(self._text):
            groups = list(_DIGITS.finditer(self._text, run.start(), run.end()))
            first = 0
            while first < len(groups):
                found = self._longest(groups, first)
                if found is None:
                    first += 1
                    continue
                yield found
                self._found_until = found.end
                while first < len(groups) and groups[first].start() < found.end:
                    first += 1

    def _longest(self, groups: list[re.Match[str]], first: int) -> Span | None:
        """The longest number that begins with a group of digits: numbers beside each other are told apart by this."""
        start, plus = self._start(groups[first].start())
        word = self._nearest_word(start)
        if not plus and groups[first][0][0] != "0" and word != "phone":
            shaped = _NORTH_AMERICAN.match(self._text, start) or _SPANISH.match(self._text, start)
            ends = [shaped.end()] if shaped else []
        else:
            ends = _ends(groups, first)
        for end in ends:
            extension = _EXTENSION.match(self._text, end)
            until = extension.end() if extension else end
            if self._stands_alone(start, until):
                key = self._key(start, end, plus=plus, word=word)
                if key is not None:
                    return Span(start, until, Kind.PHONE, key + (extension[1] if extension else ""))
        return None

    def _start(self, start: int) -> tuple[int, bool]:
        """Where the number begins with its bracket and plus sign, and whether it has one."""
        sign = _BEFORE_DIGITS.search(self._text, max(self._found_until, start - 3), start)
        return (sign.start(), "+" in sign[0]) if sign else (start, False)

    def _key(self, start: int, end: int, *, plus: bool, word: str | None) -> str | None:
        """What tells the number at this place from others, or None where it is none."""
        written = self._text[start:end]
        digits = "".join(_DIGITS.findall(written))
        if plus or (digits.startswith("00") and len(digits) >= 10 and word != "order"):
            bare = digits if plus else digits[2:]
            known_country = any(int(bare[:size]) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE for size in (1, 2, 3))
            return self._read(written) or (bare if known_country and 7 <= len(bare) <= 15 else None)
        # A single figure behind a hyphen is the check digit of something else.
        checked = word != "phone" and "/" not in written and len(written) > 2 and written[-2] == "-"
        if word == "order" or len(digits) > 13 or checked:
            return None
        if self._looks_like_one(written, digits, word):
            # Numbers made up for examples, or mistyped, are no valid ones, yet what looks like one is treated as one.
            return self._read(written) or digits
        return None if digits.startswith("0") and written.strip("(").isdigit() else self._read(written)

    @staticmethod
    def _looks_like_one(written: str, digits: str, word: str | None) -> bool:
        if _NORTH_AMERICAN.fullmatch(written) or (word == "phone" and len(digits) < 13):
            return True
        return digits.startswith("0") and (word == "phone" or 9 <= len(digits) <= 12)

    def _read(self, written: str) -> str | None:
        if self._left <= 0:
            return "".join(_DIGITS.findall(written))
        self._left -= 1
        return read_number(written)

    def _nearest_word(self, start: int) -> str | None:
        """Whether the words just before speak of a telephone or of an order; the nearer one counts."""
        if not self._line[0] <= start < self._line[1]:
            end = self._text.find("\n", start)
            self._line = (self._text.rfind("\n", 0, start) + 1, len(self._text) if end < 0 else end)
            words = list(_SPEAKING_WORD.finditer(self._small, *self._line))
            self._word_ends = [word.end() for word in words]
            self._word_kinds = [word.lastgroup for word in words]
        place = bisect_right(self._word_ends, start) - 1
        if place < 0 or start - self._word_ends[place] > 10 * _WORDS_BEFORE:
            return None
        between = self._text[self._word_ends[place] : start].replace(BLANK, "")
        kind = self._word_kinds[place]
        if len(between) > _WORDS_BEFORE or (kind == "order" and _ANOTHER_NUMBER.search(between)):
            return None
        return kind

    def _stands_alone(self, start: int, end: int) -> bool:
        """Whether the digits are no part of a longer name such as `CS-2026-00412` or `0151abc`."""
        # What was found before is a placeholder to its neighbours.
        before = self._text[max(self._found_until, start - 2) : start]
        if before and (before[-1].isalnum() or before[-1] in "_#@"):
            return False
        if len(before) > 1 and before[-1] in "-/.–" and before[0].isalnum():
            return False
        after = self._text[end : end + 2]
        if after and (after[0].isalnum() or after[0] in "_@%€$£"):
            return False
        return not (len(after) > 1 and after[0] in "-/" and after[1].isalnum())


def _ends(groups: list[re.Match[str]], first: int) -> list[int]:
    """Where a number that begins with a group may end, the longest first."""
    ends: list[int] = []
    count = 0
    for group in islice(groups, first, first + _MOST_DIGITS):
        count += len(group[0])
        if count > _MOST_DIGITS:
            break
        if count >= _FEWEST_DIGITS:
            ends.append(group.end())
    return ends[::-1]
