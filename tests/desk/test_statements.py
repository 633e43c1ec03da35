"""Writes that wait: they go together, in order, before whatever else runs, and fail as if they had not waited."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from django.db import DataError, IntegrityError, connection
from django.db.models import Count
from django.db.transaction import TransactionManagementError
from psycopg.pq import PipelineStatus

from accounts.models import Team
from desk import rows, statements
from desk.actions import SYSTEM, Actor, action, record
from desk.ledger.models import Counter
from tests.cast import Cast
from tests.chaos.stack import bystander, eventually, waits_for
from tests.desk.test_actions import TrialHappened, together

RENAME = "UPDATE accounts_team SET name = %s WHERE id = %s"


@contextmanager
def sent() -> Iterator[list[str]]:
    """What goes to the server while the block runs, in order."""
    seen: list[str] = []

    def look(execute: Any, sql: str, *more: Any) -> Any:
        seen.append(" ".join(str(sql).split())[:60])
        return execute(sql, *more)

    with connection.execute_wrapper(look):
        yield seen


@contextmanager
def trips() -> Iterator[list[str]]:
    """How often an answer of the server is waited for while the block runs, by our own statements."""
    made: list[str] = []
    execute, sending = statements._execute, statements._sending

    def alone(database: Any, statement: str, *more: Any) -> Any:
        if database.connection.info.pipeline_status == PipelineStatus.OFF:
            made.append(statement)
        return execute(database, statement, *more)

    def together_with(waiting: Any) -> Any:
        made.append("together")
        return sending(waiting)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(statements, "_execute", alone)
        patch.setattr(statements, "_sending", together_with)
        yield made


@action("trial.happened")
def rename_all(*names: tuple[Team, str], by: Actor) -> None:
    for team, name in names:
        statements.write(RENAME, [name, team.pk])
    record(TrialHappened(step=1), by=by, subject="team:0")


@action("trial.happened", savepoint=False)
def refuse(*, by: Actor) -> None:
    record(TrialHappened(step=2), by=by, subject="team:0")
    raise ValueError("no")


def test_writes_wait_and_go_with_the_entry_and_the_commit(company: Cast) -> None:
    with sent() as seen:
        rename_all((company.orders, "Parcels"), (company.returns, "Ways back"), by=SYSTEM)
    assert [statement.split()[0] for statement in seen] == ["SELECT", "UPDATE", "UPDATE", "SET", "WITH", "COMMIT"]
    assert set(Team.objects.values_list("name", flat=True)) == {"Parcels", "Ways back"}
    assert not connection.in_atomic_block


def test_what_reads_finds_what_was_written_before_it(company: Cast) -> None:
    @action("trial.happened")
    def rename(*, by: Actor) -> str:
        statements.write(RENAME, ["Parcels", company.orders.pk])
        record(TrialHappened(step=1), by=by, subject="team:0")
        return Team.objects.get(pk=company.orders.pk).name

    assert rename(by=SYSTEM) == "Parcels"


@pytest.mark.parametrize("behind", [0, 1, 200])
def test_a_write_that_waits_and_fails_takes_the_action_with_it_and_says_why(company: Cast, behind: int) -> None:
    before = Counter.objects.get().value
    renamed = [(company.orders, "Parcels"), (company.returns, "Parcels"), *[(company.orders, "More")] * behind]
    with pytest.raises(IntegrityError, match="accounts_team_name"):
        rename_all(*renamed, by=SYSTEM)
    assert Counter.objects.get().value == before
    assert set(Team.objects.values_list("name", flat=True)) == {"Orders", "Returns"}
    rename_all((company.orders, "Parcels"), by=SYSTEM)
    assert Counter.objects.get().value == before + 1, "the connection is good again"


def test_writes_that_meet_in_opposite_order_are_tried_again(company: Cast) -> None:
    @action("trial.happened")
    def meet(first: Team, second: Team, *, by: Actor) -> None:
        Team.objects.select_for_update(no_key=True).get(pk=first.pk)
        time.sleep(0.15)
        statements.write(RENAME, [second.name, second.pk])
        statements.write(RENAME, [first.name, first.pk])
        record(TrialHappened(step=1), by=by, subject=first.ref)

    one, two = company.orders, company.returns
    before = Counter.objects.get().value
    assert together(lambda: meet(one, two, by=SYSTEM), lambda: meet(two, one, by=SYSTEM)) == [None, None]
    assert Counter.objects.get().value == before + 2


def test_what_waits_in_a_rolled_back_savepoint_is_not_sent(company: Cast) -> None:
    @action("trial.happened")
    def inner(*, by: Actor) -> None:
        statements.write(RENAME, ["Lost", company.orders.pk])
        record(TrialHappened(step=2), by=by, subject="team:0")
        raise ValueError("lost")

    @action("trial.happened")
    def outer(*, by: Actor) -> None:
        statements.write(RENAME, ["Kept", company.returns.pk])
        with suppress(ValueError):
            inner(by=by)
        record(TrialHappened(step=1), by=by, subject="team:0")

    outer(by=SYSTEM)
    assert set(Team.objects.values_list("name", flat=True)) == {"Orders", "Kept"}


def test_an_action_without_a_savepoint_whose_failure_is_swallowed_takes_all_with_it(company: Cast) -> None:
    @action("trial.happened")
    def outer(*, by: Actor) -> None:
        statements.write(RENAME, ["Lost", company.orders.pk])
        with suppress(ValueError):
            refuse(by=by)
        record(TrialHappened(step=1), by=by, subject="team:0")

    before = Counter.objects.get().value
    with pytest.raises(TransactionManagementError):
        outer(by=SYSTEM)
    assert set(Team.objects.values_list("name", flat=True)) == {"Orders", "Returns"}
    assert Counter.objects.get().value == before


def test_rows_of_a_reserved_key_are_known_before_they_are_written(company: Cast) -> None:
    @action("trial.happened")
    def add(*, by: Actor) -> list[Team]:
        rows.reserve(Team, Team)
        teams = [rows.insert(Team(name=name)) for name in ("Gifts", "Bicycles")]
        record(TrialHappened(step=1), by=by, subject=teams[0].ref)
        return teams

    with sent() as seen:
        added = add(by=SYSTEM)
    assert list(Team.objects.filter(name__in=["Gifts", "Bicycles"]).order_by("pk")) == added, (
        "in the order of their keys"
    )
    assert [statement.split()[0] for statement in seen[1:]] == ["SELECT", "INSERT", "INSERT", "SET", "WITH", "COMMIT"]


def test_a_question_goes_with_the_next_statement_and_is_answered_as_of_then(company: Cast) -> None:
    @action("trial.happened")
    def rename(*, by: Actor) -> list[str]:
        name = "SELECT name FROM accounts_team WHERE id = %s"
        statements.write(RENAME, ["Parcels", company.orders.pk])
        early = statements.ask(name, [company.orders.pk])
        statements.run("SELECT 1")
        statements.write(RENAME, ["Later", company.orders.pk])
        late = statements.ask(name, [company.orders.pk])
        record(TrialHappened(step=1), by=by, subject="team:0")
        return [early.answer()[0], late.answer()[0]]

    with sent() as seen:
        assert rename(by=SYSTEM) == ["Parcels", "Later"]
    assert [statement.split()[1] for statement in seen if statement.startswith("SELECT name")] == ["name", "name"]
    assert statements.ask("SELECT 1").answer() == (1,), "outside an action, too"


def test_a_question_that_nobody_reads_does_no_harm(company: Cast) -> None:
    @action("trial.happened")
    def wonder(*, by: Actor) -> None:
        statements.ask("SELECT 1")
        record(TrialHappened(step=1), by=by, subject="team:0")

    before = Counter.objects.get().value
    wonder(by=SYSTEM)
    assert Counter.objects.get().value == before + 1


def test_what_is_foreseen_comes_along_and_is_asked_for_once(company: Cast) -> None:
    count = "SELECT count(*) FROM accounts_team WHERE name = %s"

    @action("trial.happened")
    def look_ahead(*, by: Actor) -> list[int]:
        statements.foresee(count, ["Parcels"])
        statements.write(RENAME, ["Parcels", company.orders.pk])
        statements.run("SELECT 1")
        statements.write(RENAME, ["Later", company.orders.pk])
        statements.run("SELECT 2")
        # Of the moment it went, then anew; with other values it was not foreseen.
        found = [statements.rows(count, values)[0][0] for values in (["Parcels"], ["Parcels"], ["Later"])]
        record(TrialHappened(step=1), by=by, subject="team:0")
        return found

    with sent() as seen:
        assert look_ahead(by=SYSTEM) == [1, 0, 1]
    asked = [statement for statement in seen if statement.startswith(("SELECT count", "SELECT 1", "SELECT 2"))]
    assert [statement[:12] for statement in asked] == [
        "SELECT 1",
        "SELECT count",
        "SELECT 2",
        "SELECT count",
        "SELECT count",
    ]
    statements.foresee(count, ["Later"])
    assert statements.rows(count, ["Later"]) == [(1,)], "outside an action there is nothing to go along with"


def test_what_is_foreseen_inside_a_savepoint_that_fails_is_forgotten(company: Cast) -> None:
    @action("trial.happened")
    def fail(*, by: Actor) -> None:
        statements.foresee("SELECT 7")
        statements.run("SELECT 1 / 0")

    @action("trial.happened")
    def go_on(*, by: Actor) -> Any:
        with suppress(DataError):
            fail(by=by)
        record(TrialHappened(step=1), by=by, subject="team:0")
        return statements.rows("SELECT 7")

    assert go_on(by=SYSTEM) == [(7,)]


def test_readings_outside_an_action_go_together_and_nothing_that_was_written_is_lost(company: Cast) -> None:
    reading = rows.Reading(Team.objects.order_by("name"))
    with trips() as made, statements.read_together():
        statements.foresee("SELECT 5")
        reading.foresee()
        reading.foresee_one(company.orders.pk)
        reading.foresee_any()
        assert statements.run("SELECT 4").fetchone() == (4,)
        assert statements.rows("SELECT 5") == [(5,)]
        assert reading.all() == [company.orders, company.returns]
        assert reading.get(company.orders.pk) == company.orders
        assert reading.exists()
    assert len(made) == 1
    with statements.read_together():
        statements.write("SELECT set_config('countersign.seen', 'yes', false)")
    assert statements.run("SELECT current_setting('countersign.seen', true)").fetchone() == ("yes",)


def test_what_was_written_among_readings_is_kept_also_when_they_fail(company: Cast) -> None:
    with suppress(ValueError), statements.read_together():
        statements.write("SELECT set_config('countersign.seen', 'left', false)")
        raise ValueError("no")
    assert statements.run("SELECT current_setting('countersign.seen', true)").fetchone() == ("left",)


def test_what_waits_around_an_action_goes_behind_its_commit(company: Cast) -> None:
    count = "SELECT count(*) FROM accounts_team WHERE name = %s"
    with trips() as made, statements.read_together():
        statements.foresee(count, ["Parcels"])
        statements.foresee(count, ["Parcels"])
        rename_all((company.orders, "Parcels"), by=SYSTEM)
        assert statements.rows(count, ["Parcels"]) == [(1,)]
    assert made == ["together"]


def test_what_fails_behind_a_commit_fails_whoever_asks_for_it_and_not_the_action(company: Cast) -> None:
    before = Counter.objects.get().value
    with statements.read_together():
        statements.foresee("SELECT 1 / 0")
        rename_all((company.orders, "Parcels"), by=SYSTEM)
        assert not connection.in_atomic_block
        with pytest.raises(DataError):
            statements.rows("SELECT 1 / 0")
    assert Team.objects.filter(name="Parcels").exists()
    assert Counter.objects.get().value == before + 1


def test_behind_an_action_that_fails_nothing_is_answered_until_it_is_asked_for(company: Cast) -> None:
    with statements.read_together():
        statements.foresee("SELECT 6")
        with pytest.raises(IntegrityError):
            rename_all((company.orders, company.returns.name), by=SYSTEM)
        assert statements.rows("SELECT 6") == [(6,)]


def test_what_is_worked_out_meanwhile_does_not_wait_for_the_answer(company: Cast, own_database: str) -> None:
    with bystander(own_database) as other, statements.read_together():
        other.execute("SELECT pg_advisory_xact_lock(7)")
        statements.write(
            "SELECT set_config('lock_timeout', '5s', true)"
        )  # who waited before the block would fail by it
        asked = statements.ask("SELECT pg_advisory_xact_lock(7)::text")
        with statements.meanwhile():
            eventually(lambda: waits_for(other, url=own_database), within=4, what="PostgreSQL is at it")
            other.rollback()
        assert asked.answer() == ("",)
    with pytest.raises(DataError), statements.read_together():
        asked = statements.ask("SELECT 1 / 0")
        with statements.meanwhile():
            pass
    with pytest.raises(DataError):
        asked.answer()


def test_a_row_is_read_with_what_it_refers_to_and_with_what_is_beside_it(cast: Cast) -> None:
    asked = Team.objects.select_related("lead").annotate(members=Count("memberships"))
    reading = rows.Reading(asked)
    for team in (cast.orders, cast.returns, cast.orders):
        read, expected = reading.get(team.pk), asked.get(pk=team.pk)
        assert (read, read.lead, read.members) == (expected, expected.lead, expected.members)  # type: ignore[attr-defined]
        assert read._state.db == expected._state.db
    with pytest.raises(Team.DoesNotExist):
        reading.get(0)


def test_rows_are_read_by_the_values_that_are_asked_with(cast: Cast) -> None:
    led = (
        Team.objects.filter(lead=rows.Asked("lead"), name__gte=rows.Asked("name"))
        .select_related("lead")
        .order_by("-pk")
    )
    reading = rows.Reading(led)
    for lead, name in ((cast.sam, "A"), (cast.ben, "A"), (cast.sam, "P"), (cast.ana, "")):
        expected = list(Team.objects.filter(lead=lead, name__gte=name).order_by("-pk"))
        assert reading.all(lead=lead.pk, name=name) == expected
        assert [team.lead for team in reading.all(lead=lead.pk, name=name)] == [team.lead for team in expected]
        assert reading.exists(lead=lead.pk, name=name) is bool(expected)
    with pytest.raises(KeyError):
        reading.all(lead=cast.sam.pk)


def test_columns_come_in_the_order_in_which_they_were_asked_for(cast: Cast) -> None:
    counted = (
        Team.objects.annotate(members=Count("memberships")).order_by("pk").values_list("members", "name", "lead__email")
    )
    assert rows.Reading(counted).tuples() == list(counted)


@pytest.mark.parametrize("many", [0, 1, 2, 40])
def test_one_of_many_keys_is_the_same_statement_for_any_number_of_them(cast: Cast, many: int) -> None:
    keys = [cast.orders.pk, cast.returns.pk, *range(10_000, 10_040)][:many]
    expected = list(Team.objects.filter(pk__in=keys).order_by("pk"))
    assert list(Team.objects.filter(rows.one_of("pk", keys)).order_by("pk")) == expected
    reading = rows.Reading(Team.objects.filter(rows.one_of("pk", rows.Asked("keys"))).order_by("pk"))
    with sent() as seen:
        assert reading.all(keys=keys) == reading.all(keys=[]) + expected
    assert len(set(seen)) == 1
