"""What a worker process does with nudges that come, come twice, or never come."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from celery.signals import worker_init
from django.db import connection
from django.utils import timezone

from desk import jobs, sweeping, tasks, worker
from desk.actions import SYSTEM, Actor, action, record
from desk.jobs import Claim, Job, enqueue, job
from desk.turns import SWITCH_AFTER
from desk.var import REPOSITORY
from tests.cast import Cast
from tests.chaos.stack import Stack, drafts, eventually
from tests.desk.test_actions import TrialHappened

done: list[str] = []
let_go = threading.Event()


@job("trial.quick")
def quick(held: Claim) -> None:
    done.append(held.job.target)


@job("trial.hanging", at_once=2)
def hanging(held: Claim) -> None:
    assert let_go.wait(20)


@action("trial.happened")
def ask(kind: str, target: str, *, by: Actor) -> Job:
    asked = enqueue(kind, target)
    record(TrialHappened(step=1), by=by, subject=asked.ref)
    return asked


@pytest.fixture(autouse=True)
def _fresh() -> None:
    done.clear()
    let_go.clear()


def attend(kind: str) -> None:
    try:
        worker.attend(kind)
    finally:
        connection.close()


def test_of_a_kind_that_hangs_no_more_run_than_have_a_place_and_the_rest_follows(company: Cast) -> None:
    asked = [ask("trial.hanging", str(number), by=SYSTEM) for number in range(6)]
    with ThreadPoolExecutor(6) as threads:
        nudged = [threads.submit(attend, each.kind) for each in asked]
        eventually(
            lambda: sum(each.done() for each in nudged) == 4, within=10, what="four find no place and are free again"
        )
        assert Job.objects.filter(state="running").count() == 2
        let_go.set()
    assert Job.objects.filter(kind="trial.hanging", state="done", attempts=1).count() == 6


def test_nudges_that_find_no_place_are_not_lost(company: Cast) -> None:
    """Nobody sweeps here: each job is done because of the one nudge about it, or because of another's."""
    with ThreadPoolExecutor(8) as threads:
        for number in range(150):
            threads.submit(attend, ask("trial.quick", str(number), by=SYSTEM).kind)
    assert Job.objects.filter(kind="trial.quick").exclude(state="done").count() == 0
    assert len(done) == len(set(done)) == 150


def test_the_job_that_waits_longest_comes_first_and_before_it_one_whose_worker_is_gone(company: Cast) -> None:
    asked = [ask("trial.quick", name, by=SYSTEM) for name in ("late", "early", "left")]
    held = jobs.claim(asked[2].pk)
    assert held is not None
    now = timezone.now()
    Job.objects.filter(pk=asked[1].pk).update(run_after=now - timedelta(minutes=5))
    Job.objects.filter(pk=asked[2].pk).update(lease_until=now - timedelta(seconds=1))
    worker.attend(asked[0].kind)
    assert done == ["left", "early", "late"]


def test_threads_of_a_worker_take_turns_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else each answer that a job waits for waits for five milliseconds more while another job computes."""
    monkeypatch.setattr(worker, "look_by_oneself", lambda: None)
    usual = sys.getswitchinterval()
    sys.setswitchinterval(0.005)
    try:
        worker_init.send(sender=tasks)
        assert sys.getswitchinterval() == pytest.approx(SWITCH_AFTER)
    finally:
        sys.setswitchinterval(usual)


def test_a_nudge_about_what_is_not_there_does_no_harm(company: Cast) -> None:
    worker.attend("trial.quick")
    worker.attend("4711")
    strange = ask("trial.quick", "1", by=SYSTEM)
    Job.objects.filter(pk=strange.pk).update(kind="kind.of_tomorrow")
    worker.attend("kind.of_tomorrow")
    assert Job.objects.get(pk=strange.pk).state == "queued", "a newer worker knows what to do"


def test_a_long_backlog_is_nudged_about_in_a_few_messages(company: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    nudged: list[str] = []
    monkeypatch.setattr(sweeping.hints, "nudge_about", nudged.extend)
    for number in range(30):
        ask("trial.quick", str(number), by=SYSTEM)
        ask("trial.hanging", str(number), by=SYSTEM)
    sweeping.sweep()
    assert len(nudged) == 2 * sweeping.SWEPT_AT_ONCE
    assert nudged.count("trial.quick") == sweeping.SWEPT_AT_ONCE


ENDING = """
import django; django.setup()
import sys, time
from desk import jobs, sweeping, worker

@jobs.job("trial.quick")
def slow(held):
    print("begun", flush=True)
    time.sleep(1)

jobs.SWEEP_EVERY = 0.1
worker.look_by_oneself()
sys.stdin.readline()
worker.finish()
"""


def test_work_that_a_worker_found_by_itself_comes_to_its_end_before_the_process_does(
    company: Cast, own_database: str
) -> None:
    asked = [ask("trial.quick", str(number), by=SYSTEM) for number in range(5)]
    environment = {**os.environ, "DATABASE_URL": own_database, "DJANGO_SETTINGS_MODULE": "desk.settings"}
    process = subprocess.Popen(
        [sys.executable, "-c", ENDING],
        cwd=REPOSITORY,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        # Not by `communicate`, which loses lines that came along with the first one.
        said = process.stdout.readline()
        process.stdin.write("that is all\n")
        process.stdin.flush()
        said += process.stdout.read()
    # Up to three run side by side; how many of them began before the word is the machine's to say.
    begun = said.count("begun")
    states = sorted(Job.objects.filter(pk__in=[each.pk for each in asked]).values_list("state", "attempts"))
    assert states == [("done", 1)] * begun + [("queued", 0)] * (5 - begun)
    assert 0 < begun < 5


def test_messages_that_nobody_takes_do_not_pile_up_in_valkey(desk: Stack) -> None:
    desk.programs["worker"].kill()
    valkey = desk.redis()
    waiting = "countersign:jobs"
    valkey.delete(waiting)
    valkey.rpush(waiting, *["a message that nobody takes"] * 999)
    numbers = [desk.shop.opened(f"pile{number}@example.com") for number in range(3)]
    eventually(lambda: valkey.llen(waiting) >= 1000, within=5, what="the last that has room")
    assert valkey.llen(waiting) < 1010
    valkey.delete(waiting)
    desk.programs["worker"].start()
    eventually(lambda: drafts(*numbers) == 3, within=15, what="what was never nudged about is done all the same")
