"""A right is asked for along with an action's first statement, and nobody gets past it all the same."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from django.db import DataError

from accounts.models import Team
from accounts.rights import Right
from desk import statements
from desk.actions import Actor, action, record
from desk.ledger.models import Counter
from desk.problems import NotAllowed
from tests.cast import Cast
from tests.desk.test_actions import TrialHappened
from tests.desk.test_statements import trips


@action("trial.happened", needs=Right.ADMINISTER)
def look_first(*, by: Actor, then: Callable[[], object] = lambda: None) -> list[Any]:
    """Reads a person's row and does something with it, which only an administrator may have done."""
    found = statements.run("SELECT name FROM accounts_person WHERE id = %s", [UUID(by.id)]).fetchall()
    then()
    record(TrialHappened(step=1), by=by, subject="team:0")
    return found


@action("trial.happened", needs=Right.ADMINISTER)
def ask_nothing(*, by: Actor, fail: bool = False) -> None:
    statements.write("UPDATE accounts_team SET name = 'Renamed' WHERE name = 'Orders'")
    record(TrialHappened(step=1), by=by, subject="team:0")
    if fail:
        raise ValueError("no")


@action("trial.happened", needs=Right.ADMINISTER)
def go_on_regardless(*, by: Actor) -> None:
    for _ in range(2):
        with suppress(NotAllowed):
            statements.run("SELECT 1")
    record(TrialHappened(step=1), by=by, subject="team:0")


def test_a_right_is_asked_along_with_the_first_statement(company: Cast) -> None:
    with trips() as made:
        assert look_first(by=company.ada.actor()) == [("Ada Novak",)]
    assert made == ["together", "together"], "what was asked, and the commit"


def test_nobody_gets_an_answer_before_it_is_known_that_they_may(company: Cast) -> None:
    told: list[str] = []
    before = Counter.objects.get().value
    for outsider in (company.ana, company.olga):
        with pytest.raises(NotAllowed):
            look_first(by=outsider.actor(), then=lambda: told.append("answered"))
        with pytest.raises(NotAllowed):
            go_on_regardless(by=outsider.actor())
        for fail in (False, True):
            with pytest.raises(NotAllowed):
                ask_nothing(by=outsider.actor(), fail=fail)
    assert (told, Counter.objects.get().value) == ([], before)
    assert not Team.objects.filter(name="Renamed").exists()
    with pytest.raises(ValueError, match="no"):
        ask_nothing(by=company.ada.actor(), fail=True)


def test_a_statement_that_fails_tells_only_those_who_may_ask(company: Cast) -> None:
    @action("trial.happened", needs=Right.ADMINISTER)
    def divide(*, by: Actor) -> None:
        statements.run("SELECT 1 / 0")

    with pytest.raises(DataError):
        divide(by=company.ada.actor())
    with pytest.raises(NotAllowed):
        divide(by=company.ana.actor())
