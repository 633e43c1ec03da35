"""How anything happens here: one function, one transaction, one explicit actor, ledger entries written last.

    @action("draft.approved", needs=Right.DECIDE)
    def approve(draft: Draft, *, by: Actor, seen: Seen) -> Decision:
        ...
        record(DraftApproved(version=draft.version), by=by, subject=draft.ref, thread=ticket.ref)

The outermost action opens the one durable transaction, asks for the right inside it (along with the body's first statement:
nobody gets an answer before it is known that they may), runs the body and then the reactions of the rooms above, appends the
entries and commits; hints go out after that. An action called by another gets a savepoint and hands its records up. Deadlocks
and serialisation failures are tried again, three times. Writes whose answers nobody needs go to the server together
(desk.statements).
"""

from __future__ import annotations

import functools
import random
import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Literal, ParamSpec, TypeVar, cast

from django.db import OperationalError, connection, transaction

from desk import hints, statements
from desk.ledger.append import Record, Text, append
from desk.ledger.kinds import Facts, facts_of
from desk.problems import NotAllowed

P = ParamSpec("P")
R = TypeVar("R")
Reaction = Callable[[Record], None]

MAX_DEPTH = 8
RETRIES = 3
RETRIED = {"40P01", "40001"}  # deadlock_detected, serialization_failure


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: always passed explicitly, never found in the air.

    `id` is pseudonymous; `session` tells sessions of one person apart; `version` is that of a model or program.
    """

    kind: Literal["person", "service", "customer", "model", "system", "mail"]
    id: str = ""
    session: str = ""
    version: str = ""
    via: Literal["page", "api", "task", "mail", "command"] = "page"

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}" if self.id else self.kind


SYSTEM = Actor("system", via="task")
"""The desk itself: clocks, reactions, imports."""


class NothingRecorded(RuntimeError):
    """An action finished without saying what happened; a mistake in the program."""


class TooDeep(RuntimeError):
    """Reactions set off reactions more than eight deep; a mistake in the program."""


@dataclass(slots=True)
class _Frame:
    kind: str
    records: list[Record] = field(default_factory=list)
    nudges: list[str] = field(default_factory=list)
    parent: _Frame | None = None
    allowed: bool = False


_frame: ContextVar[_Frame | None] = ContextVar("countersign_action", default=None)
_reactions: dict[str, list[tuple[int, Reaction]]] = {}
_allows: list[Callable[[Actor, str], bool]] = []
_foresees: list[Callable[[Actor, str], bool]] = []
_layers: dict[str, int] = {}


def answers_rights(answer: Callable[[Actor, str], bool]) -> Callable[[Actor, str], bool]:
    """Register who says whether an actor has a right; asked inside the transaction. The frame itself knows no roles."""
    _allows[:] = [answer]
    return answer


def foresees_rights(foresee: Callable[[Actor, str], bool]) -> Callable[[Actor, str], bool]:
    """Register who has what that answer reads asked along with an action's first statement; False where it cannot be."""
    _foresees[:] = [foresee]
    return foresee


def layers(*rooms: str) -> None:
    """Say in which order the reactions of rooms run, lowest first; rooms are module prefixes."""
    _layers.update({room: rank for rank, room in enumerate(rooms)})


def action(
    kind: str, *, needs: str | None = None, savepoint: bool = True
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function an action that records at least one entry; `kind` names it to the database's triggers too.

    `needs` is asked of the actor in `by`; without it the door that led to the object is the only check. `savepoint=False`
    is for an action whose callers let its exceptions through: when it fails, their transaction does. It spares two round
    trips, where approving a draft takes 2 in all.
    """

    def decorate(body: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(body)
        def act(*args: P.args, **kwargs: P.kwargs) -> R:
            by = cast("Actor", kwargs["by"])
            call = functools.partial(body, *args, **kwargs)
            if _frame.get() is not None:
                return _nested(kind, needs, by, call, savepoint)
            for attempt in range(RETRIES + 1):
                try:
                    return _outermost(kind, needs, by, call)
                except OperationalError as error:
                    if _sqlstate(error) not in RETRIED or attempt == RETRIES:
                        raise
                    time.sleep(random.uniform(0.005, 0.03) * (attempt + 1))  # noqa: S311 - spreads retries, no secret
            raise AssertionError("unreachable")

        act.action_kind = kind  # type: ignore[attr-defined]
        return act

    return decorate


def record(
    facts: Facts,
    *,
    by: Actor,
    subject: str,
    thread: str = "",
    commits: Mapping[str, Text] | None = None,
    **about: Any,
) -> None:
    """Say what happened. `commits` are texts to commit to; `about` are the rows that reactions may want."""
    frame = _frame.get()
    if frame is None:
        raise RuntimeError("record() outside an action")
    facts_of(facts.kind)
    frame.records.append(Record(facts, str(by), subject, thread, commits or {}, {"by": by, **about}))


def rank_of(module: str) -> int:
    """How high the room of a module lies; 0 for what is in no room."""
    return max((rank for room, rank in _layers.items() if module.startswith(room)), default=0)


def told_of() -> list[str]:
    """What the action that is open has recorded so far: the references that its entries are about."""
    frame = _frame.get()
    records = frame.records if frame else []
    return sorted({ref for record in records for ref in (record.subject, record.thread) if ref})


def reacts_to(*kinds: str) -> Callable[[Reaction], Reaction]:
    """Run in the same transaction after an action that recorded one of `kinds`, lower rooms first."""

    def register(reaction: Reaction) -> Reaction:
        rank = rank_of(reaction.__module__)
        for kind in kinds:
            _reactions.setdefault(kind, []).append((rank, reaction))
            _reactions[kind].sort(key=lambda pair: pair[0])
        return reaction

    return register


def nudge(job_kind: str) -> None:
    """Ask for a worker's attention for a job of this kind after the commit (desk.jobs calls this)."""
    frame = _frame.get()
    if frame is None:
        raise RuntimeError("a job is enqueued by an action")
    frame.nudges.append(job_kind)


def acting() -> bool:
    """Whether an action is open here; network calls ask this and refuse."""
    return _frame.get() is not None


def _outermost(kind: str, needs: str | None, by: Actor, body: Callable[[], R]) -> R:
    frame = _Frame(kind)
    token = _frame.set(frame)
    try:
        result, head = _in_transaction(frame, needs, by, body)
    except Exception as error:
        # Whoever may not do it at all is told that, and nothing else. The transaction may be broken: it is over.
        if not frame.allowed and not isinstance(error, NotAllowed):
            _check(by, needs)
        raise
    finally:
        _frame.reset(token)
    hints.after_commit(head, frame.nudges)
    return result


def _in_transaction(frame: _Frame, needs: str | None, by: Actor, body: Callable[[], R]) -> tuple[R, int]:
    """What the action returns, and the last `seq` of its entries."""
    with transaction.atomic(durable=True), statements.together():
        statements.write("SELECT set_config('countersign.action', %s, true)", [frame.kind])
        _demand(frame, by, needs)
        result = body()
        if not frame.records:
            raise NothingRecorded(frame.kind)
        _react(frame)
        head = append(frame.records)
        if connection.in_atomic_block and len(connection.savepoint_ids) > 0:
            # Only Django's TestCase has a transaction around this one; the guard must not stay open for what follows,
            # nor must what is checked at the end of an action be checked in the middle of the next.
            statements.run("SELECT set_config('countersign.action', '', true)")
            statements.run("SET CONSTRAINTS ALL DEFERRED")
    return result, head


def _nested(kind: str, needs: str | None, by: Actor, body: Callable[[], R], savepoint: bool) -> R:
    frame = _Frame(kind, parent=_frame.get())
    token = _frame.set(frame)
    try:
        with transaction.atomic(savepoint=savepoint), statements.forgotten_on_failure():
            _check(by, needs)
            result = body()
            if not frame.records:
                raise NothingRecorded(kind)
    finally:
        _frame.reset(token)
    parent = cast("_Frame", frame.parent)
    parent.records += frame.records
    parent.nudges += frame.nudges
    return result


def _demand(frame: _Frame, by: Actor, needs: str | None) -> None:
    """Ask for the right along with the first statement; before anybody has an answer, or anything is committed, it is there."""

    def allowed() -> None:
        _check(by, needs)
        frame.allowed = True

    if needs is not None and any(foresee(by, needs) for foresee in _foresees):
        statements.on_condition(allowed)
    else:
        allowed()


def _check(by: Actor, needs: str | None) -> None:
    if needs is not None and not any(allows(by, needs) for allows in _allows):
        raise NotAllowed(needs=needs)


def _react(frame: _Frame) -> None:
    """Run reactions breadth first: what a reaction records is reacted to in turn."""
    done, depth = 0, 0
    while done < len(frame.records):
        if depth == MAX_DEPTH:
            raise TooDeep(frame.kind)
        fresh = frame.records[done:]
        done = len(frame.records)
        due = [
            (rank, order, reaction, record)
            for order, record in enumerate(fresh)
            for rank, reaction in _reactions.get(record.kind, ())
        ]
        for _, _, reaction, what in sorted(due, key=lambda item: item[:2]):
            reaction(what)
        depth += 1


def _sqlstate(error: OperationalError) -> str | None:
    return getattr(error.__cause__, "sqlstate", None)
