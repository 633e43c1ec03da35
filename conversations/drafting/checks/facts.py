"""Facts that have no ground: they stand neither in a passage nor in the thread, or they are somebody else's."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from conversations.drafting.checks.calendar import implied
from conversations.drafting.checks.grounds import Said
from conversations.drafting.checks.links import host_of, is_below
from conversations.drafting.checks.parts import Part, beyond, contacts_beyond


def of_another_customer(said: Said) -> Collection[str]:
    """Numbers and addresses that are known of another customer of this desk, and that nothing here explains."""
    return said.foreign if said.parts.contacts or said.parts.identifiers else ()


def amounts(said: Said) -> list[str]:
    found = said.parts.amounts
    return _words(beyond(found, said.grounds.parts.amounts)) if found else []


def dates(said: Said) -> list[str]:
    found = said.parts.dates
    return _words(beyond(found, said.grounds.parts.dates, implied)) if found else []


def links(said: Said) -> list[str]:
    """What no article and none of our own messages links to; what the customer linked to only where the host is allowed."""
    found = beyond(said.parts.links, said.grounds.told.links) if said.parts.links else []
    if not found:
        return []
    elsewhere = {part.words for part in beyond(found, said.grounds.parts.links)}
    return [part.words for part in found if part.words in elsewhere or not _is_allowed(part, said.grounds.hosts)]


def _is_allowed(link: Part, hosts: Sequence[str]) -> bool:
    return all(is_below(host_of(key), hosts) for key in link.keys)


def contacts(said: Said) -> list[str]:
    found = said.parts.contacts
    return _ungrounded(contacts_beyond(found, said.grounds.parts.contacts), said) if found else []


def identifiers(said: Said) -> list[str]:
    found = said.parts.identifiers
    return _ungrounded(beyond(found, said.grounds.parts.identifiers), said) if found else []


def _ungrounded(parts: Sequence[Part], said: Said) -> list[str]:
    """What is another customer's is said once, as that."""
    return [part.words for part in parts if part.words not in said.foreign]


def _words(parts: Sequence[Part]) -> list[str]:
    return [part.words for part in parts]
