"""Done jobs and expired sessions go; everything that somebody may still need stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from desk import tidying
from desk.jobs import Job
from desk.var import REPOSITORY
from tests.cast import Cast


def old(name: str, state: str, *, days: float) -> Job:
    return Job.objects.create(
        kind="trial.old", key=f"trial.old:{name}", state=state, run_after=timezone.now() - timedelta(days=days)
    )


def session(name: str, *, hours: float) -> Session:
    return Session.objects.create(
        session_key=name, session_data="", expire_date=timezone.now() + timedelta(hours=hours)
    )


def test_jobs_that_were_done_a_week_ago_go_and_all_others_stay(db: Any) -> None:
    gone = old("gone", Job.State.DONE, days=7.1)
    stay = [
        old("young", Job.State.DONE, days=6.9),
        *(old(state, state, days=30) for state in (Job.State.DEAD, Job.State.QUEUED, Job.State.RUNNING)),
    ]
    assert tidying.forget_done_jobs() == 1
    assert not Job.objects.filter(pk=gone.pk).exists()
    assert Job.objects.filter(pk__in=[each.pk for each in stay]).count() == len(stay)


def test_a_long_backlog_goes_in_parts(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tidying, "AT_ONCE", 2)
    for number in range(5):
        old(str(number), Job.State.DONE, days=8)
    assert tidying.forget_done_jobs() == 5
    assert not Job.objects.filter(kind="trial.old").exists()


def test_sessions_that_ended_go_and_those_that_last_stay(db: Any) -> None:
    session("ended", hours=-1)
    session("lasts", hours=1)
    tidying.forget_expired_sessions()
    assert [each.session_key for each in Session.objects.all()] == ["lasts"]


def test_the_scheduler_does_both(company: Cast, own_database: str) -> None:
    old("gone", Job.State.DONE, days=8)
    session("ended", hours=-1)
    environment = {**os.environ, "DATABASE_URL": own_database, "DJANGO_SETTINGS_MODULE": "desk.settings"}
    scheduler = subprocess.Popen([sys.executable, "manage.py", "scheduler"], cwd=REPOSITORY, env=environment)
    try:
        limit = time.monotonic() + 30
        while Job.objects.filter(kind="trial.old").exists() or Session.objects.exists():
            assert time.monotonic() < limit, "the scheduler has not tidied up"
            time.sleep(0.1)
    finally:
        scheduler.send_signal(signal.SIGTERM)
        assert scheduler.wait(timeout=10) == 0
