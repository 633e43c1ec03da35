"""The checkable facts in a text: amounts, dates and times, links, addresses, numbers. Spelled otherwise they are the same.

`12.50 €` is `EUR 12,50`, `3 May 2026` is `2026-05-03` and `3. Mai 2026`, `+49 30 1234567` is `030 1234567`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields

from conversations.drafting.checks.calendar import date_parts
from conversations.drafting.checks.links import bare_links, whole_links
from conversations.drafting.checks.money import amounts
from conversations.redaction.folding import with_ascii_digits
from conversations.redaction.patterns import card_spans, email_spans, iban_spans
from conversations.redaction.phones import phone_spans
from conversations.redaction.placeholders import forged
from conversations.redaction.spans import Span, blanked

Key = Hashable
Keys = frozenset[Key]


@dataclass(frozen=True, slots=True)
class Part:
    """Words of a text and what they mean; one of `keys` in common is the same fact."""

    words: str
    keys: Keys


@dataclass(frozen=True, slots=True)
class Parts:
    """What one text holds, kind by kind."""

    amounts: tuple[Part, ...]
    dates: tuple[Part, ...]
    links: tuple[Part, ...]
    contacts: tuple[Part, ...]
    identifiers: tuple[Part, ...]


_CODE = re.compile(r"(?<![\w@.])(?:#[ ]?[0-9]{2,}|[A-Za-z0-9]+(?:[-/_][A-Za-z0-9]+)*)(?![\w@])")
# Five digits alone are as often the code of a town.
_NAMED = re.compile(
    r"(?:order|bestell|auftrag|rechnung|invoice|pedido|factura|commande|facture|track|sendung|ticket|\bn[or]\b|n[º°]|№|ref|kunde|customer"
    r"|client|account|konto|vertrag|contra|colis|paket|parcel|paquete|number|nummer|número|numéro)[^0-9\n.!?]{0,20}\Z",
    re.IGNORECASE,
)


def take_apart(text: str) -> Parts:
    """Every checkable fact of a text; what is part of one is no part of another."""
    original = text
    text = with_ascii_digits(original)
    taken = list(forged(text, {}))

    def take(spans: Callable[[str], Iterable[tuple[int, int, Keys]]]) -> tuple[Part, ...]:
        found = list(spans(blanked(text, taken)))
        taken.extend(Span(start, end, None, "") for start, end, _keys in found)
        return tuple(Part(original[start:end], keys) for start, end, keys in found)

    links = take(whole_links)
    mails = take(_keyed(email_spans))
    bare = take(bare_links)
    accounts = take(_keyed(iban_spans)) + take(_keyed(card_spans))
    money, dates = take(amounts), take(date_parts)
    phones = take(_keyed(phone_spans))
    return Parts(money, dates, links + bare, mails + phones, accounts + take(_codes))


def all_of(several: Iterable[Parts]) -> Parts:
    """What several texts hold together."""
    texts = list(several)
    return Parts(
        *(tuple(part for parts in texts for part in getattr(parts, kind.name)) for kind in fields(Parts)),
    )


def beyond(said: Sequence[Part], known: Sequence[Part], means: Callable[[Keys], Keys] = frozenset) -> list[Part]:
    """What is said and not known; `means` widens what something known is a ground for."""
    grounded = {key for part in known for key in means(part.keys)}
    return [part for part in said if grounded.isdisjoint(part.keys)]


def contacts_beyond(said: Sequence[Part], known: Sequence[Part]) -> list[Part]:
    """The same of mail addresses and telephone numbers."""
    grounded = {same for part in known for key in part.keys for same in _spellings(str(key))}
    return [part for part in said if not any(same in grounded for key in part.keys for same in _spellings(str(key)))]


def same_phone(one: str, other: str) -> bool:
    return not _spellings(one).isdisjoint(_spellings(other))


def _spellings(contact: str) -> frozenset[str]:
    """A telephone number is the same with and without its country's code; a mail address is as it is."""
    return frozenset({contact} if "@" in contact or len(contact) < 9 else {contact, contact[-9:]})


def _keyed(spans: Callable[[str], Iterator[Span]]) -> Callable[[str], Iterator[tuple[int, int, Keys]]]:
    def found(text: str) -> Iterator[tuple[int, int, Keys]]:
        for span in spans(text):
            yield span.start, span.end, frozenset({span.key})

    return found


def _codes(text: str) -> Iterator[tuple[int, int, Keys]]:
    """Numbers of orders, parcels, articles: digits with letters, six digits and more, five that are named, or behind a #."""
    for match in _CODE.finditer(text):
        compact = re.sub(r"[^A-Za-z0-9]", "", match[0]).upper()
        digits = re.sub(r"[^0-9]", "", compact)
        of_letters = len(digits) >= 4 and len(digits) < len(compact)
        named = len(digits) == 5 and _NAMED.search(text, max(0, match.start() - 32), match.start())
        if match[0].startswith("#") or of_letters or len(digits) >= 6 or named:
            keys = {compact}
            if len(digits) >= 5:
                keys.add(digits)
            yield match.start(), match.end(), frozenset(keys)
