"""What the feed asks of the rooms: it knows neither tickets nor people, so they register what they know.

@registry.rows("ticket", topics=("queue:todo", "queue:mine"))
def rows(threads): ...          how the threads look in lists now

@registry.viewers
def viewers(sessions): ...      who is behind a session, and what they may see
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.conf import settings

Team = str | None
"""A reference such as `team:3`; None: everybody who sees anything sees it."""

Counts = Mapping[str, Mapping[Team, int]]
"""For each list, how many threads of each team are in it."""


@dataclass(frozen=True, slots=True)
class Heard:
    """An entry of the ledger, as far as the feed reads it."""

    seq: int
    at: datetime
    kind: str
    subject: str
    thread: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """How a thread looks in lists, for all viewers alike. `lists` maps every list that it is in to its sort key there.

    A list of one person is named with their id (`queue:mine:<id>`); `Viewer.own` says what that person calls it. `render`
    makes the row in a language, without asking the database; it is made once for all who read that language, and holds
    `data-key=""`, once, for the key of the list that it is shown in.
    """

    render: Callable[[str], str]
    team: Team
    lists: Mapping[str, str]
    _made: dict[str, str] = field(default_factory=dict, compare=False)

    def html(self, language: str = settings.LANGUAGE_CODE) -> str:
        if language not in self._made:
            self._made[language] = self.render(language)
        return self._made[language]

    def keyed(self, key: str, language: str = settings.LANGUAGE_CODE) -> str:
        return self.html(language).replace('data-key=""', f'data-key="{key}"', 1)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks. Two viewers with equal `sight` see the same teams; another `stamp` means that rights have changed."""

    id: str
    name: str
    sight: Hashable
    sees: Callable[[Team], bool] = field(compare=False)
    stamp: Hashable
    own: Mapping[str, str] = field(default_factory=dict, hash=False)


RowLoader = Callable[[Collection[str]], Mapping[str, Row]]
ClaimLoader = Callable[[], Mapping[str, tuple[str, str]]]
ViewerLoader = Callable[[Collection[str]], Mapping[str, Viewer]]
Threads = Callable[[Heard], Iterable[str]]
F = TypeVar("F", bound=Callable[..., Any])

noun = "ticket"
lists: tuple[str, ...] = ()
_rows: list[RowLoader] = []
_counts: list[Callable[[], Counts]] = []
_viewers: list[ViewerLoader] = []
_claims: list[ClaimLoader] = []
_moves: dict[str, Callable[[Mapping[str, Any]], Team]] = {}
_touches: dict[str, Threads] = {}
_rechecks: dict[str, Threads] = {}
_unlisted: set[str] = set()


def rows(of: str, *, topics: Iterable[str]) -> Callable[[RowLoader], RowLoader]:
    """Register how threads look, and the lists that they may be in.

    Asked with references such as `ticket:1042`; one that does not exist is left out.

    Called in a thread of the feed's own, outside any request and transaction.
    """

    def register(loader: RowLoader) -> RowLoader:
        global noun, lists
        noun, lists = of, tuple(topics)
        _rows[:] = [loader]
        return loader

    return register


def counts(loader: Callable[[], Counts]) -> Callable[[], Counts]:
    """Register how much is in lists, or waits for a person under a name of `Viewer.own`; what is not counted is left out."""
    _counts.append(loader)
    return loader


def claims(loader: ClaimLoader) -> ClaimLoader:
    """Register who has which thread at the moment: id and name of a person."""
    _claims[:] = [loader]
    return loader


def viewers(loader: ViewerLoader) -> ViewerLoader:
    """Register who is behind the keys of sessions; a session that does not hold is left out."""
    _viewers[:] = [loader]
    return loader


def moves(kind: str) -> Callable[[F], F]:
    """Register a kind that moves a thread to another team; the function reads the team before from the facts."""
    return _put(_moves, kind)


def touches(*kinds: str) -> Callable[[F], F]:
    """Register kinds of entries that change how threads besides their own look; the function says which threads."""
    return _put(_touches, *kinds)


def unlisted(*kinds: str) -> None:
    """Register kinds of entries of which lists show nothing: a thread's row stays as it was."""
    _unlisted.update(kinds)


def is_unlisted(kind: str) -> bool:
    return kind in _unlisted


def unlisted_kinds() -> list[str]:
    return sorted(_unlisted)


def rechecks(*kinds: str) -> Callable[[F], F]:
    """Register kinds that may change what people see; the function says whose sockets to look at again, by id."""
    return _put(_rechecks, *kinds)


def load_rows(threads: Collection[str]) -> Mapping[str, Row]:
    return _rows[0](threads) if _rows and threads else {}


def load_counts() -> Counts:
    return {name: by_team for loader in _counts for name, by_team in loader().items()}


def load_claims() -> Mapping[str, tuple[str, str]]:
    return _claims[0]() if _claims else {}


def load_viewers(sessions: Collection[str]) -> Mapping[str, Viewer]:
    return _viewers[0](sessions) if _viewers and sessions else {}


def moved(heard: Heard) -> tuple[bool, Team]:
    """Whether the entry moved its thread to another team, and the team before."""
    before = _moves.get(heard.kind)
    return (True, before(heard.facts)) if before else (False, None)


def threads_of(heard: Heard) -> list[str]:
    """The threads that look different after this entry."""
    own = [heard.thread] if heard.thread.startswith(f"{noun}:") else []
    more = _touches.get(heard.kind)
    return [*own, *(thread for thread in more(heard) if thread not in own)] if more else own


def people_of(heard: Heard) -> set[str]:
    """The people whose rights this entry may have changed."""
    who = _rechecks.get(heard.kind)
    return set(who(heard)) if who else set()


def _put(where: dict[str, Any], *kinds: str) -> Callable[[F], F]:
    def register(function: F) -> F:
        where.update(dict.fromkeys(kinds, function))
        return function

    return register
