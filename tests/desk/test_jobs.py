"""Jobs: rows in the transaction, leases with renewal, fences, backoff, dead and retry, and what the sweeper finds."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from accounts.models import Team
from desk import jobs, sweeping
from desk.actions import SYSTEM, Actor, action, record
from desk.jobs import Claim, Job, LeaseLost, TryLater, claim, enqueue, job, retry, run
from desk.ledger.models import Entry
from desk.sweeping import sweep
from tests.cast import Cast
from tests.desk.test_actions import TrialHappened

calls: list[int] = []
behaviour: dict[str, Any] = {}


@job("trial.work")
def work(held: Claim) -> None:
    calls.append(held.fence)
    behaviour["do"](held)


@action("trial.happened")
def ask(target: str, *, by: Actor, run_after: Any = None, fail: bool = False) -> Job:
    found = enqueue("trial.work", target, run_after=run_after)
    record(TrialHappened(step=1), by=by, subject=found.ref)
    if fail:
        raise ValueError(target)
    return found


@action("trial.happened")
def keep_result(held: Claim, name: str, *, by: Actor, early: bool = False) -> None:
    if early:
        held.will_hold()
        held.will_complete()
    Team.objects.create(name=name)
    if early:
        held.hold()
    held.complete()
    record(TrialHappened(step=2), by=by, subject="team:0")


@pytest.fixture(autouse=True)
def _quiet() -> None:
    calls.clear()
    behaviour["do"] = lambda held: None


def due_now(asked: Job) -> None:
    Job.objects.filter(pk=asked.pk).update(run_after=timezone.now() - timedelta(seconds=1))


def lease_over(asked: Job) -> None:
    Job.objects.filter(pk=asked.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_a_job_is_asked_for_with_its_action_or_not_at_all(db: Any) -> None:
    with pytest.raises(ValueError, match="gone"):
        ask("gone", by=SYSTEM, fail=True)
    assert not Job.objects.filter(key="trial.work:gone").exists()
    first, second = ask("one", by=SYSTEM), ask("one", by=SYSTEM)
    assert first.pk == second.pk


def test_a_job_runs_once_and_is_done(db: Any) -> None:
    asked = ask("one", by=SYSTEM)
    run(asked.pk)
    run(asked.pk)
    asked.refresh_from_db()
    assert (asked.state, len(calls), asked.attempts) == (Job.State.DONE, 1, 1)


def test_a_job_of_later_is_not_taken_now(db: Any) -> None:
    asked = ask("later", by=SYSTEM, run_after=timezone.now() + timedelta(minutes=1))
    run(asked.pk)
    assert calls == []
    due_now(asked)
    run(asked.pk)
    assert len(calls) == 1


def test_of_many_workers_one_gets_the_job(company: Cast) -> None:
    asked = ask("raced", by=SYSTEM)
    got: list[Claim | None] = []
    barrier = threading.Barrier(8)

    def grab() -> None:
        barrier.wait()
        got.append(claim(asked.pk))
        connections.close_all()

    threads = [threading.Thread(target=grab) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(each is not None for each in got) == 1


@pytest.mark.parametrize("early", [False, True], ids=["at the end", "along with the locks"])
def test_who_lost_the_lease_changes_nothing(db: Any, early: bool) -> None:
    asked = ask("fenced", by=SYSTEM)
    slow = claim(asked.pk)
    assert slow is not None
    lease_over(asked)
    quick = claim(asked.pk)
    assert quick is not None
    assert quick.fence == slow.fence + 1
    with pytest.raises(LeaseLost):
        keep_result(slow, "from the slow one", early=early, by=SYSTEM)
    keep_result(quick, "from the quick one", early=early, by=SYSTEM)
    assert not Team.objects.filter(name="from the slow one").exists()
    assert slow.lost.is_set()
    assert Job.objects.get(pk=asked.pk).state == Job.State.DONE


def test_a_fault_is_tried_again_after_a_growing_wait_and_then_given_up_in_sight(db: Any) -> None:
    def fail(held: Claim) -> None:
        raise ValueError("broken")

    behaviour["do"] = fail
    asked = ask("faulty", by=SYSTEM)
    waits = []
    for _ in range(jobs.ATTEMPTS):
        began = timezone.now()
        run(asked.pk)
        asked.refresh_from_db()
        waits.append((asked.run_after - began).total_seconds())
        due_now(asked)
    assert asked.state == Job.State.DEAD
    assert asked.last_error == "valueerror"
    assert waits[0] < waits[1] < waits[2] < waits[3]
    run(asked.pk)
    assert len(calls) == jobs.ATTEMPTS
    entry = Entry.objects.latest("seq")
    assert (entry.kind, entry.facts["attempts"]) == ("job.died", jobs.ATTEMPTS)


@pytest.mark.parametrize(
    ("called", "kept"),
    [
        ("Ein Fehler/2", "ein_fehler_2"),
        ("__private", "private"),
        ("Ärger", "rger"),
        ("...", "fault"),
        ("x" * 99, "x" * 64),
    ],
)
def test_whatever_an_error_calls_itself_the_job_is_given_up(db: Any, called: str, kept: str) -> None:
    fault = ValueError("broken")
    fault.code = called  # type: ignore[attr-defined]
    behaviour["do"] = lambda held: (_ for _ in ()).throw(fault)
    asked = ask("badly named", by=SYSTEM)
    Job.objects.filter(pk=asked.pk).update(attempts=jobs.ATTEMPTS - 1)
    run(asked.pk)
    asked.refresh_from_db()
    assert (asked.state, asked.last_error) == (Job.State.DEAD, kept)
    assert Entry.objects.latest("seq").facts["error"] == kept


def test_a_person_can_have_a_dead_job_tried_again(db: Any) -> None:
    behaviour["do"] = lambda held: (_ for _ in ()).throw(ValueError)
    asked = ask("revived", by=SYSTEM)
    for _ in range(jobs.ATTEMPTS):
        run(asked.pk)
        due_now(asked)
    behaviour["do"] = lambda held: None
    retry(Job.objects.get(pk=asked.pk), by=SYSTEM)
    run(asked.pk)
    assert Job.objects.get(pk=asked.pk).state == Job.State.DONE
    assert Entry.objects.latest("seq").kind == "job.retried"


def test_waiting_for_others_does_not_count_as_an_attempt(db: Any) -> None:
    behaviour["do"] = lambda held: (_ for _ in ()).throw(TryLater("server_away", after=30, counts=False))
    asked = ask("patient", by=SYSTEM)
    for _ in range(jobs.ATTEMPTS + 3):
        run(asked.pk)
        due_now(asked)
    asked.refresh_from_db()
    assert (asked.state, asked.attempts, asked.last_error) == (Job.State.QUEUED, 0, "server_away")


def test_a_job_that_kills_its_workers_is_given_up(db: Any) -> None:
    asked = ask("poisoned", by=SYSTEM)
    for _ in range(jobs.ATTEMPTS):
        assert claim(asked.pk) is not None
        lease_over(asked)
    run(asked.pk)
    asked.refresh_from_db()
    assert (asked.state, asked.last_error, calls) == (Job.State.DEAD, "worker_lost", [])


def test_the_lease_is_renewed_while_the_work_goes_on(company: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "RENEW_EVERY", 0.05)
    asked = ask("long", by=SYSTEM)
    leases = []

    def slow(held: Claim) -> None:
        for _ in range(3):
            time.sleep(0.15)
            leases.append(Job.objects.get(pk=asked.pk).lease_until)

    behaviour["do"] = slow
    run(asked.pk)
    assert leases[0] < leases[1] < leases[2]


def test_work_is_told_when_its_lease_is_gone(company: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "RENEW_EVERY", 0.05)
    asked = ask("robbed", by=SYSTEM)

    def slow(held: Claim) -> None:
        lease_over(asked)
        assert claim(asked.pk) is not None
        assert held.lost.wait(3)

    behaviour["do"] = slow
    run(asked.pk)
    assert Job.objects.get(pk=asked.pk).state == Job.State.RUNNING


def test_the_sweeper_finds_what_was_never_nudged_and_what_nobody_renews(
    db: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    nudged: list[str] = []
    monkeypatch.setattr(sweeping.hints, "nudge_about", nudged.extend)
    lost, left = ask("lost", by=SYSTEM), ask("left", by=SYSTEM)
    ask("future", by=SYSTEM, run_after=timezone.now() + timedelta(hours=1))
    assert claim(left.pk) is not None
    lease_over(left)
    assert sweep() == 2
    assert nudged == [lost.kind, left.kind]


KILLED = """
import os, sys, django
django.setup()
from desk.jobs import claim
claim(int(sys.argv[1]))
print("claimed", flush=True)
os.kill(os.getpid(), 9)
"""


def test_what_a_killed_worker_held_is_taken_over_when_its_lease_ends(company: Cast, own_database: str) -> None:
    asked = ask("orphaned", by=SYSTEM)
    environment = {**os.environ, "DATABASE_URL": own_database, "DJANGO_SETTINGS_MODULE": "desk.settings"}
    died = subprocess.run(
        [sys.executable, "-c", KILLED, str(asked.pk)], env=environment, capture_output=True, timeout=60
    )
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()
    run(asked.pk)
    assert calls == [], "the lease still stands"
    lease_over(asked)
    run(asked.pk)
    assert Job.objects.get(pk=asked.pk).state == Job.State.DONE
