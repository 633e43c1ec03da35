"""What a recogniser is, and those that look at every text, in the order in which they lay claim to it.

A recogniser is a pure function from a page to spans. Another one, such as `presidio.py` or the organisation's own patterns,
is a `Recogniser` handed to `redact`; one that raises means that there is no call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from conversations.redaction.births import birth_spans
from conversations.redaction.credentials import link_secret_spans, secret_spans
from conversations.redaction.folding import Folded, fold_with_origins, with_ascii_digits
from conversations.redaction.known import Sought
from conversations.redaction.names import Learned, name_spans
from conversations.redaction.papers import paper_spans
from conversations.redaction.patterns import card_spans, email_spans, iban_spans, ip_spans, link_spans
from conversations.redaction.phones import phone_spans
from conversations.redaction.placeholders import forged
from conversations.redaction.spans import Kind, Span, blanked
from conversations.redaction.streets import address_spans


@dataclass(slots=True)
class Page:
    """One text on its way through the recognisers, with what is known and what was found so far, the strongest first."""

    text: str
    known: Mapping[Kind, Sought]
    issued: Mapping[str, str]
    learned: Learned
    found: list[Span] = field(default_factory=list)
    _figures: str | None = None
    _rest: tuple[int, str] = (-1, "")
    _folded: tuple[int, Folded | None] = (-1, None)

    @property
    def rest(self) -> str:
        """The text in which what was found is blanked, with the digits of every script as 0-9."""
        if self._figures is None:
            self._figures = with_ascii_digits(self.text)
        if self._rest[0] != len(self.found):
            self._rest = (len(self.found), blanked(self._figures, self.found))
        return self._rest[1]

    @property
    def folded(self) -> Folded:
        """The same, folded."""
        count, folded = self._folded
        if folded is None or count != len(self.found):
            folded = fold_with_origins(blanked(self.text, self.found))
            self._folded = (len(self.found), folded)
        return folded


@dataclass(frozen=True, slots=True)
class Recogniser:
    """Finds one kind of thing on a page. An `early` one takes precedence over the recognisers of plain numbers."""

    name: str
    find: Callable[[Page], Iterable[Span]]
    early: bool = False


def _known(kind: Kind) -> Recogniser:
    def find(page: Page) -> Iterable[Span]:
        return page.known[kind].spans(page.folded) if kind in page.known else ()

    return Recogniser(f"known {kind.lower()}", find, early=kind is not Kind.NAME)


DEFAULT = (
    Recogniser("placeholders", lambda page: forged(page.text, page.issued), early=True),
    Recogniser("ticket link", lambda page: link_spans(page.text), early=True),
    Recogniser("secret in a link", lambda page: link_secret_spans(page.rest), early=True),
    Recogniser("email", lambda page: email_spans(page.rest), early=True),
    Recogniser("secret", lambda page: secret_spans(page.rest), early=True),
    *map(_known, (Kind.EMAIL, Kind.PHONE, Kind.ADDRESS)),
    Recogniser("ip", lambda page: ip_spans(page.rest)),
    Recogniser("birth", lambda page: birth_spans(page.rest)),
    Recogniser("iban", lambda page: iban_spans(page.rest)),
    Recogniser("paper", lambda page: paper_spans(page.rest)),
    Recogniser("card", lambda page: card_spans(page.rest)),
    _known(Kind.NAME),
    Recogniser("address", lambda page: address_spans(page.rest)),
    Recogniser("phone", lambda page: phone_spans(page.rest)),
    Recogniser("name", lambda page: name_spans(page.rest, page.learned)),
)
"""Names come last: who lives in a street or has a mail address is found there."""
