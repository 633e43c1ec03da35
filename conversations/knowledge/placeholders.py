"""The placeholders of macros: what they stand for in a ticket, and which of them still stand in a text. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

MEANINGS = {
    "customer.name": _("the customer's name"),
    "customer.first_name": _("the customer's first name"),
    "customer.email": _("the customer's mail address"),
    "ticket.number": _("the ticket's number"),
    "ticket.subject": _("the ticket's subject"),
    "agent.name": _("the name of whoever writes"),
    "team.name": _("the ticket's team"),
    "organisation.name": _("the name that customers know the organisation by"),
}
"""Every placeholder that there is, in the words of the page on which macros are kept."""

_NOUNS = "|".join(dict.fromkeys(name.partition(".")[0] for name in MEANINGS))
# Also misspelt ones: {customer.nmae} must not go out either.
_PLACEHOLDER = re.compile(rf"\{{\s*((?:{_NOUNS})\s*\.[^{{}}\n]{{0,40}}?)\s*\}}", re.IGNORECASE)


def fill(body: str, values: Mapping[str, str]) -> str:
    """The text with every placeholder replaced that has a value here; others stay, and `unresolved` finds them."""
    return _PLACEHOLDER.sub(lambda match: values.get(match[1].lower()) or match[0], body)


def unresolved(text: str) -> list[str]:
    """The placeholders that stand in a text, as they stand there, each once."""
    return list(dict.fromkeys(match[0] for match in _PLACEHOLDER.finditer(text)))


def unknown(body: str) -> list[str]:
    """The placeholders of a macro that stand for nothing."""
    return list(dict.fromkeys(match[0] for match in _PLACEHOLDER.finditer(body) if match[1].lower() not in MEANINGS))


def without_placeholders(body: str) -> str:
    """The lines of a macro that say the same to everybody."""
    lines = (line for line in body.splitlines() if not _PLACEHOLDER.search(line))
    return "\n".join(lines).strip()
