"""Values that show what they are by their form and checksum: mail addresses, bank accounts, cards, IPs, ticket links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from ipaddress import IPv6Address

from stdnum import iban, numdb

from conversations.redaction.folding import in_small_letters
from conversations.redaction.spans import Kind, Span

# Letters may carry their accents as marks of their own. Signs that addresses allow but that mostly stand around them,
# as in links, are left out.
_LOCAL_PART = re.compile(r"[\w\u0300-\u036f.!$%*+=^~'-]{1,64}\Z")
_EDGE, _INNER = r"[^\W_][\u0300-\u036f]?", r"[\w\u0300-\u036f-]{0,61}"
_DOMAIN = re.compile(rf"(?:{_EDGE}(?:{_INNER}{_EDGE})?\.){{1,10}}(?!\d){_EDGE}{_INNER}{_EDGE}")
_DOMAIN_LENGTH = 253
# As people write addresses that robots are not to read.
_SPELLED = re.compile(
    r"(?<![\w.+-])[\w.+-]{2,40}[ ]?[(\[{][ ]?(?:at|ät|arroba|arobase)[ ]?[)\]}][ ]?[\w-]{2,40}"
    r"(?:[ ]?(?:\.|[(\[{][ ]?(?:dot|punkt|punto|point)[ ]?[)\]}])[ ]?[\w-]{2,20}){1,3}",
    re.IGNORECASE,
)
_MAY_BE_SPELLED = re.compile(r"[(\[{][ ]?(?:at|ät|arroba|arobase)", re.IGNORECASE)
_AT = re.compile(r"(?<=[^\s@])@(?=\w)")

_SEPARATOR = r"[ \t\n\u00a0\u2007\u202f.\-\u2010-\u2013]"
_IBAN_START = re.compile(
    rf"(?<![^\W_])[A-Z]{{2}}{_SEPARATOR}?[0-9]{{2}}(?={_SEPARATOR}{{0,2}}[A-Z0-9])", re.ASCII | re.IGNORECASE
)
# Whoever names it an IBAN has mistyped it rather than meant something else.
_SAID_IBAN = re.compile(
    r"(?<![^\W_])IBAN(?![^\W_])[^\n\w]{0,6}(?:(?:is|ist|es|est|lautet|number|nummer|nr)[^\n\w]{1,3}){0,2}\n?"
    r"([A-Z]{2}[ ]?[0-9]{2}(?:[ \u00a0\u202f.-]?[A-Z0-9]){10,30})(?![^\W_])",
    re.IGNORECASE,
)
_SAID_CARD = re.compile(
    r"(?:card|karte\w{0,10}|tarjeta|carte|visa|master\s?card|amex|american\sexpress|maestro)[^\n\d]{0,24}"
    r"([0-9]{4}(?:[ \u00a0.\-\u2010-\u2013]?[0-9]{4}){2}[ \u00a0.\-\u2010-\u2013]?[0-9]{0,7}|3[47][0-9]{2}[ "
    r"-]?[0-9]{6}[ -]?[0-9]{5})(?![\w])",
)
_WORDS_FOR_CARDS = ("card", "karte", "tarjeta", "carte", "visa", "amex", "american", "maestro")
_NOT_IN_IBAN = re.compile(rf"{_SEPARATOR}+")

# As in the mails of any desk; a filter of links writes the slash as %2F, and a filter behind it as %252F.
_SLASH = r"(?:/|%(?:25){0,4}2F)"
_TICKET_LINK = re.compile(rf"{_SLASH}help{_SLASH}t{_SLASH}([\w-]+)", re.IGNORECASE)

_DIGIT_RUN = re.compile(r"[0-9]+(?:[ \u00a0\u202f.\-\u2010-\u2013][0-9]+)*")
_DIGITS = re.compile(r"[0-9]+")
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IP4 = re.compile(rf"(?=[0-9])(?<![\w.])(?:{_OCTET}\.){{3}}{_OCTET}(?![\w]|\.[\w])", re.ASCII)
_VERSION = re.compile(
    r"(?:\bv(?:er(?:sion|sión)?)?\.?|firmware|release|software|build|update|app|ios|android|driver"
    r"|treiber)[^\n\w]{1,3}\Z",
    re.IGNORECASE,
)
# Colons of a network card's address, and of one of version 6 that is written out, perhaps with one of version 4 at its end.
_BETWEEN_OCTETS, _WRITTEN_OUT = 5, 6
_MAC = re.compile(
    r"(?<![\w:-])(?:[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2})(?![\w:-])", re.IGNORECASE | re.ASCII
)
_IP6 = re.compile(
    r"(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}(?:[0-9a-f]{1,4}|(?:[0-9]{1,3}\.){3}[0-9]{1,3})?(?![\w:])",
    re.IGNORECASE | re.ASCII,
)
# 1 is an airline's account, 7 a petrol station's, 8 a carrier's tracking number, 0 nobody's.
_CARD_STARTS = frozenset("234569")
# One in ten numbers of anything has a right checksum; after a word for a parcel or an order it is that.
_ORDER = re.compile(
    r"(?:order|bestell|auftrag|invoice|rechnung|pedido|factur|commande|track|sendung|sendenummer|envío|suivi|article|artikel|art[ií]culo"
    r"|serial|serien|parcel|paket|colis|paquete)(?:(?!card|kart|tarjeta|carte|visa|amex)[^\n\d]){0,20}\Z",
    re.IGNORECASE,
)
_LONGEST_CARD, _SHORTEST_CARD = 19, 12
# Cards of twelve figures, as nobody's order numbers begin.
_MAESTRO = re.compile(r"5018|5020|5038|5[678]|6304|6759|676[123]|6390")


def email_spans(text: str) -> Iterator[Span]:
    """Mail addresses, with plus addressing and domains of any script (RFC 5321 lengths, RFC 6531 letters)."""
    for at in _AT.finditer(text):
        place = at.start()
        local = _LOCAL_PART.search(text, max(0, place - 64), place)
        domain = _DOMAIN.match(text, place + 1, place + 1 + _DOMAIN_LENGTH)
        if local and domain:
            start = local.end() - len(local[0].lstrip(".'=*"))
            if start < place:
                yield Span(start, domain.end(), Kind.EMAIL, text[start : domain.end()].casefold())
    yield from _spelled_out(text)


def _spelled_out(text: str) -> Iterator[Span]:
    for match in _SPELLED.finditer(text) if _MAY_BE_SPELLED.search(text) else ():
        yield Span(match.start(), match.end(), Kind.EMAIL, match[0].casefold())


def link_spans(text: str) -> Iterator[Span]:
    """The secret in links to customers' own tickets, as they quote it from our mails: who has it reads the ticket."""
    for match in _TICKET_LINK.finditer(text):
        yield Span(match.start(1), match.end(1), Kind.LINK, match[1])


@lru_cache(maxsize=256)
def _iban_length(country: str) -> int:
    """How long an account number of the country is, in characters without spaces; 0 where there are none."""
    properties = numdb.get("iban").info(country + "00")[0][1]
    return 4 + sum(int(part) for part in re.findall(r"(\d+)!", properties["bban"])) if "bban" in properties else 0


def iban_spans(text: str) -> Iterator[Span]:
    """Bank account numbers (ISO 13616) of the right length for their country, by checksum."""
    checked: set[int] = set()
    for match in _IBAN_START.finditer(text):
        length = _iban_length(match[0][:2].upper())
        if not length:
            continue
        end, count = match.start(), 0
        while end < len(text) and count < length:
            if text[end].isascii() and text[end].isalnum():
                count += 1
            elif not _NOT_IN_IBAN.match(text[end]):
                break
            end += 1
        if count < length or (end < len(text) and text[end].isalnum()):
            continue
        compact = _NOT_IN_IBAN.sub("", text[match.start() : end]).upper()
        if iban.is_valid(compact, check_country=False):
            checked.add(match.start())
            yield Span(match.start(), end, Kind.IBAN, compact)
    for match in _SAID_IBAN.finditer(text):
        if match.start(1) not in checked:
            written = _without_words(match[1])
            yield Span(match.start(1), match.start(1) + len(written), Kind.IBAN, _NOT_IN_IBAN.sub("", written).upper())


def _without_words(written: str) -> str:
    """Groups of figures and capital letters, up to the words of the sentence that goes on."""
    end = 0
    for group in re.finditer(r"[^ \u00a0\u202f.-]+", written):
        if not (any(map(str.isdigit, group[0])) or (len(group[0]) <= 4 and group[0].isupper())):
            break
        end = group.end()
    return written[:end]


def ip_spans(text: str) -> Iterator[Span]:
    """Addresses of machines in the internet, and of network cards; four numbers after a word for a version are a version."""
    for match in _IP4.finditer(text):
        version = _VERSION.search(text, max(0, match.start() - 16), match.start())
        if not version and not match[0].startswith("127.") and match[0] != "0.0.0.0":  # noqa: S104 - nobody's own
            yield Span(match.start(), match.end(), Kind.IP, match[0])
    colons = text.count(":")
    for match in _MAC.finditer(text) if max(colons, text.count("-")) >= _BETWEEN_OCTETS else ():
        yield Span(match.start(), match.end(), Kind.IP, match[0].casefold())
    for match in _IP6.finditer(text) if colons >= _WRITTEN_OUT or "::" in text else ():
        written = match[0]
        if len(written) > 4:
            try:
                yield Span(match.start(), match.end(), Kind.IP, IPv6Address(written).compressed)
            except ValueError:
                continue


def _is_grouped_like_a_card(lengths: list[int]) -> bool:
    """In one piece, in pieces of three and more as printed on cards, or evenly; a row of dates is neither."""
    if len(lengths) == 1:
        return True
    if max(lengths) > 6:
        return False
    if lengths[0] >= 4 and min(lengths[:-1]) >= 3:
        return True
    return len(set(lengths[:-1])) == 1 and lengths[-1] <= lengths[0]


def card_spans(text: str) -> Iterator[Span]:
    """Card numbers of 13 to 19 digits by the Luhn formula (ISO/IEC 7812-1), in one piece or in groups."""
    small = in_small_letters(text)
    for said in _SAID_CARD.finditer(small) if any(word in small for word in _WORDS_FOR_CARDS) else ():
        yield Span(said.start(1), said.end(1), Kind.CARD, "".join(_DIGITS.findall(said[1])))
    for run in _DIGIT_RUN.finditer(text):
        groups = [(group.start(), group.end()) for group in _DIGITS.finditer(text, run.start(), run.end())]
        digits = "".join(text[start:end] for start, end in groups)
        if len(digits) < _SHORTEST_CARD:
            continue
        # sums[p][i] is the Luhn sum of the first i digits with every digit at a place of parity p doubled, so that each
        # stretch costs two look-ups: a text of nothing but digits stays linear.
        sums = ([0], [0])
        for place, digit in enumerate(map(int, digits)):
            doubled = digit * 2 - 9 if digit > 4 else digit * 2
            sums[place % 2].append(sums[place % 2][-1] + doubled)
            sums[1 - place % 2].append(sums[1 - place % 2][-1] + digit)
        ends = [0]
        for start, end in groups:
            ends.append(ends[-1] + end - start)
        first = 0
        while first < len(groups):
            last = _card_end(ends=ends, first=first, digits=digits, sums=sums)
            if last is None:
                first += 1
                continue
            if not _ORDER.search(text, max(0, groups[first][0] - 28), groups[first][0]):
                yield Span(groups[first][0], groups[last - 1][1], Kind.CARD, digits[ends[first] : ends[last]])
            first = last


def _card_end(*, ends: list[int], first: int, digits: str, sums: tuple[list[int], list[int]]) -> int | None:
    """The group before which the longest card that begins with group `first` ends, or None."""
    start = ends[first]
    if digits[start] not in _CARD_STARTS and digits[start : start + 4] not in {"1800", "2131"}:
        return None
    for last in range(min(len(ends) - 1, first + _LONGEST_CARD), first, -1):
        end = ends[last]
        if not _SHORTEST_CARD <= end - start <= _LONGEST_CARD:
            continue
        if end - start == _SHORTEST_CARD and not _MAESTRO.match(digits, start):
            continue
        doubled = sums[end % 2]
        if (doubled[end] - doubled[start]) % 10:
            continue
        if _is_grouped_like_a_card([ends[place + 1] - ends[place] for place in range(first, last)]):
            return last
    return None
