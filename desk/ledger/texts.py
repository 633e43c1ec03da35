"""Where the texts are that entries commit to: rooms say how to find what a salt's `source` names.

    @kept("message", "text")
    def messages(sources: Collection[str]) -> dict[str, str]:
        ...

`message:12:text` is asked of whoever registered `message`; a column of a row is registered by `kept_in` alone. The ledger
itself knows only sources, salts and commitments.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from django.db.models import Model

Finder = Callable[[Collection[str]], dict[str, str]]


@dataclass(frozen=True, slots=True)
class Keeper:
    """Who finds the texts of one noun, and what these are called (columns, mostly).

    `moves_on`: the text may be replaced by a later one of the same row, or go with it, which entries of the row tell of;
    only the last commitment can be opened then. `elsewhere`: the desk never kept the text, others have it.
    """

    find: Finder
    called: frozenset[str]
    moves_on: bool = False
    elsewhere: bool = False


_keepers: dict[str, Keeper] = {}


def kept(noun: str, *called: str, moves_on: bool = False) -> Callable[[Finder], Finder]:
    """Register who finds texts whose source begins with `noun:`; what is no longer there is left out of the answer."""

    def register(find: Finder) -> Finder:
        _keepers[noun] = Keeper(find, frozenset(called), moves_on=moves_on)
        return find

    return register


def kept_elsewhere(noun: str, *called: str) -> None:
    """Register that texts of this noun were never kept here: whoever has one can have it compared."""
    _keepers[noun] = Keeper(lambda _sources: {}, frozenset(called), elsewhere=True)


def known_texts() -> set[str]:
    """What texts are called that somebody finds, whatever they are of."""
    return {name for keeper in _keepers.values() for name in keeper.called}


def keeper_of(source: str) -> Keeper | None:
    return _keepers.get(source.partition(":")[0])


def texts_of(sources: Iterable[str]) -> dict[str, str]:
    """The texts that are still there, by source; one question to each room that keeps some."""
    by_noun: dict[str, set[str]] = {}
    for source in sources:
        by_noun.setdefault(source.partition(":")[0], set()).add(source)
    found: dict[str, str] = {}
    for noun, some in by_noun.items():
        if noun in _keepers:
            found |= _keepers[noun].find(some)
    return found


def columns(sources: Collection[str]) -> dict[str, dict[int, str]]:
    """Sources of the form `noun:number:column`, as column to number to source; others are left out."""
    found: dict[str, dict[int, str]] = {}
    for source in sources:
        _noun, number, column = (*source.split(":"), "", "")[:3]
        if number.isascii() and number.isdecimal() and source.count(":") == 2:
            found.setdefault(column, {})[int(number)] = source
    return found


def kept_in(noun: str, model: type[Model], *named: str, moves_on: bool = False) -> None:
    """Register that `noun:<key>:<column>` is a column of the row of this model that has the key."""

    def find(sources: Collection[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for column, by_key in columns(sources).items():
            if column in named:
                rows = model._default_manager.filter(pk__in=by_key).values_list("pk", column)  # noqa: SLF001 - Django's
                found |= {by_key[key]: text for key, text in rows}
        return found

    _keepers[noun] = Keeper(find, frozenset(named), moves_on=moves_on)
