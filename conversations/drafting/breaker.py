"""Leaves a model alone that fails again and again, and says so; and holds how many calls are on their way to an address.

Shared by all processes through the database. Where that cannot be asked, everything is let through: a call that fails costs
less than a desk that asks nobody.

    closed ──5 failures in a row──▶ open ──pause over──▶ one trial ──answered──▶ closed
                                      ▲                      │
                                      └──── a longer pause ──┘ failed
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import structlog
from django.db import DatabaseError

from conversations.drafting.capability import Known
from conversations.drafting.endpoints import Endpoint
from conversations.drafting.failures import ProviderFailed
from desk import statements

FAILURES = 5
FIRST_PAUSE, LONGEST_PAUSE = 15, 300  # seconds
FORGETS = 7  # days after which a model is asked for the schema again: servers are brought up to date
COUNTED = frozenset({"server_error", "timeout", "unreachable", "rate_limited"})
"""Failures that say something of the model's server, and not of one request or of the key."""

log = structlog.get_logger(__name__)


class Busy(Exception):
    """As many calls are on their way to this address as may be."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """What was learned of the models of an address, kept for all processes."""

    address: str

    def recall(self, model: str) -> Known:
        found = _ask(_RECALL, [self.address, model, FORGETS])
        return Known(found[0], frozenset(found[1])) if found else Known()

    def learn(self, model: str, known: Known) -> None:
        _ask(
            "INSERT INTO drafting_endpoint (address, model, form, without, learned_at, failures, last_error) "
            "VALUES (%s, %s, %s, %s, clock_timestamp(), 0, '') ON CONFLICT (address, model) "
            "DO UPDATE SET form = EXCLUDED.form, without = EXCLUDED.without, learned_at = EXCLUDED.learned_at RETURNING 1",
            [self.address, model, known.form, sorted(known.without)],
        )


@contextmanager
def guarded(address: str, model: str, *, seconds: float) -> Iterator[None]:
    """Around one call that takes at most so long. Raises ProviderFailed at once while the circuit is open."""
    if not _let_through(address, model, seconds):
        raise ProviderFailed("circuit_open", "The model failed too often lately.", retryable=True)
    try:
        yield
    except ProviderFailed as failure:
        if failure.code in COUNTED:
            _failed(address, model, failure.code)
        else:
            _answered(address, model)  # it is there, whatever it said
        raise
    except BaseException:
        # It was called off, or its receipt was refused: that says nothing about the model.
        _ask(
            "UPDATE drafting_endpoint SET trial_until = NULL WHERE address = %s AND model = %s RETURNING 1",
            [address, model],
        )
        raise
    _answered(address, model)


def foresee(address: str, model: str) -> None:
    """Have what is known of a model asked along with the next statement, inside `statements.read_together`."""
    statements.foresee(_OPENED, [address, model])
    statements.foresee(_RECALL, [address, model, FORGETS])


_OPENED = "SELECT 1 FROM drafting_endpoint WHERE address = %s AND model = %s AND opened_until IS NOT NULL"
_RECALL = (
    "SELECT form, without FROM drafting_endpoint WHERE address = %s AND model = %s "
    "AND learned_at > clock_timestamp() - make_interval(days => %s)"
)


def _let_through(address: str, model: str, seconds: float) -> bool:
    """True while the circuit is closed; once the pause is over, to whoever comes first."""
    if _ask(_OPENED, [address, model]) is None:
        return True
    found = _ask(
        "WITH trial AS (UPDATE drafting_endpoint SET trial_until = clock_timestamp() + make_interval(secs => %(seconds)s) "
        "WHERE address = %(address)s AND model = %(model)s AND opened_until <= clock_timestamp() "
        "AND coalesce(trial_until <= clock_timestamp(), true) RETURNING 1) "
        "SELECT EXISTS (SELECT FROM trial) OR NOT EXISTS (SELECT FROM drafting_endpoint "
        "WHERE address = %(address)s AND model = %(model)s AND opened_until IS NOT NULL)",
        {"seconds": seconds + 1, "address": address, "model": model},
    )
    return found is None or bool(found[0])


def _failed(address: str, model: str, code: str) -> None:
    _ask(
        "INSERT INTO drafting_endpoint AS e (address, model, form, without, failures, last_error, failed_at) "
        "VALUES (%(address)s, %(model)s, '', '{}', 1, %(code)s, clock_timestamp()) ON CONFLICT (address, model) DO UPDATE "
        "SET failures = e.failures + 1, last_error = EXCLUDED.last_error, failed_at = EXCLUDED.failed_at, trial_until = NULL, "
        "opened_until = CASE WHEN e.failures + 1 >= %(most)s THEN clock_timestamp() + make_interval(secs => "
        "least(%(longest)s, %(first)s * power(2, least(e.failures + 1 - %(most)s, 10)))) ELSE e.opened_until END RETURNING 1",
        {
            "address": address,
            "model": model,
            "code": code,
            "most": FAILURES,
            "first": FIRST_PAUSE,
            "longest": LONGEST_PAUSE,
        },
    )


def _answered(address: str, model: str) -> None:
    """Its circuit is closed. Where it was, and it answered a moment ago, there is nothing to write."""
    _tell(
        "INSERT INTO drafting_endpoint (address, model, form, without, failures, last_error, answered_at) "
        "SELECT %(address)s::text, %(model)s::text, '', '{}', 0, '', clock_timestamp() WHERE NOT EXISTS ("
        "SELECT FROM drafting_endpoint WHERE address = %(address)s::text AND model = %(model)s::text AND failures = 0 "
        "AND opened_until IS NULL AND trial_until IS NULL AND answered_at > clock_timestamp() - interval '10 s') "
        "ON CONFLICT (address, model) DO UPDATE "
        "SET failures = 0, opened_until = NULL, trial_until = NULL, last_error = '', answered_at = EXCLUDED.answered_at",
        {"address": address, "model": model},
    )


class Place:
    """One of so many places at an address. A process that dies gives its place up by time."""

    def __init__(self, address: str, *, most: int, seconds: float) -> None:
        """Ask for it along with the next statement, inside `statements.read_together`; else it is asked for when it is needed."""
        self._taken = statements.ask("SELECT drafting_take_slot(%s, %s, %s)", [address, most, seconds + 5])
        self._held = True

    def taken(self) -> None:
        """Return when it is ours. Raises Busy."""
        if self._number is None:
            raise Busy

    def give_up(self) -> None:
        """It is free, with the next statement, for others."""
        if self._held and (number := self._number):
            _tell("DELETE FROM drafting_slot WHERE id = %s", [number])
        self._held = False

    @cached_property
    def _number(self) -> int | None:
        """Its number; None where all are taken, and 0, which lets everybody through, where the database cannot be asked."""
        try:
            (number,) = self._taken.answer()
        except DatabaseError as error:
            log.warning("endpoints_not_asked", error=type(error).__name__)
            return 0
        return number  # type: ignore[no-any-return]


@contextmanager
def place(address: str, *, most: int, seconds: float) -> Iterator[Place]:
    """Around one call that takes at most so long."""
    held = Place(address, most=most, seconds=seconds)
    try:
        yield held
    finally:
        held.give_up()


def foresee_room() -> None:
    """Have what `has_room` reads asked along with the next statement."""
    statements.foresee(_ON_THEIR_WAY)


def has_room(address: str, *, most: int) -> bool:
    """Whether a place seems to be free at an address, before anything is begun for a call there."""
    return bool(dict(_ask_all(_ON_THEIR_WAY)).get(address, 0) < most)


_ON_THEIR_WAY = "SELECT address, count(*) FROM drafting_slot WHERE until > clock_timestamp() GROUP BY address"


@dataclass(frozen=True, slots=True)
class Circuit:
    """How a model is, for the page of settings."""

    endpoint: Endpoint
    now: datetime

    @property
    def state(self) -> str:
        """closed, open or trying."""
        if self.endpoint.opened_until is None:
            return "closed"
        return "open" if self.endpoint.opened_until > self.now else "trying"


def _tell(statement: str, values: Any) -> None:
    """Have something written down whose answer nobody needs: with the next statement, where readings go together."""
    try:
        statements.write(statement, values)
    except DatabaseError as error:
        log.warning("endpoints_not_told", error=type(error).__name__)


def _ask(statement: str, values: Any) -> tuple[Any, ...] | None:
    """The first row of an answer; None where there is none, also when the database cannot be asked."""
    return next(iter(_ask_all(statement, values)), None)


def _ask_all(statement: str, values: Any = ()) -> list[tuple[Any, ...]]:
    try:
        return statements.rows(statement, values)
    except DatabaseError as error:
        log.warning("endpoints_not_asked", error=type(error).__name__)
        return []
