"""Loads that were killed, meet a desk with people of its own, have no model, or are not allowed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from accounts.actions import add_person
from accounts.models import Membership, Person
from conversations.attachments.actions import DRAW
from conversations.demo import tasks
from conversations.demo.content import content, tickets
from conversations.demo.load import is_complete, is_loading, load
from conversations.knowledge.actions.articles import INDEX
from conversations.knowledge.actions.lookups import LOOK_UP
from conversations.models import Article, Customer, Decision, Draft, Message, ModelCall, Sending, Ticket
from desk.actions import SYSTEM
from desk.health import parts
from desk.jobs import Job
from desk.ledger.models import Entry
from tests.cast import Cast
from tests.demo.conftest import model_at

ROOT = Path(__file__).resolve().parents[2]
MOMENTS = (
    "SELECT 1 FROM accounts_person",
    "SELECT 1 FROM tickets_ticket",
    "SELECT 1 FROM drafting_model_call",
)
"""What can be seen from outside when the load is killed."""


def begin_loading(url: str, model_url: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "DATABASE_URL": url, "OPENAI_BASE_URL": model_url, "DEMO": "1"}
    return subprocess.Popen(
        [sys.executable, "manage.py", "load_demo", "--if-empty"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def kill_when(seen: str, url: str, loading: subprocess.Popen[bytes]) -> bool:
    """Kill the load as soon as a query finds something; whether it was still running then."""
    with psycopg.connect(url, autocommit=True) as database:
        for _ in range(3_000):
            if database.execute(seen).fetchone() or loading.poll() is not None:
                break
            time.sleep(0.01)
        else:
            pytest.fail(f"never seen: {seen}")
    running = loading.poll() is None
    loading.send_signal(signal.SIGKILL)
    loading.wait(10)
    return running


@pytest.mark.long
@pytest.mark.timeout(180)
def test_a_load_killed_at_any_step_is_finished_by_the_next(own_database: str, standin_url: str) -> None:
    for moment in MOMENTS:
        assert kill_when(moment, own_database, begin_loading(own_database, standin_url)), moment
        assert is_loading()
    # What the killed one was drafting stays its own until the lease is over; the load waits for that.
    with model_at(standin_url):
        assert load(if_empty=True)
    assert is_complete()
    assert Person.objects.count() == 9
    assert Membership.objects.count() == sum(len(row["teams"]) for row in content("people")["people"])
    assert Article.objects.count() == 65
    assert set(Article.objects.values_list("version", flat=True)) == {1}
    assert Customer.objects.count() == 45
    assert Ticket.objects.count() == len(tickets())
    assert Message.objects.count() == sum(len(row["messages"]) for row in tickets())
    assert (Decision.objects.count(), Sending.objects.count()) == (71, 62)
    assert Draft.objects.filter(state="pending_review").count() == 14
    assert Draft.objects.count() == 14 + 27 + 11 + 9
    assert set(Job.objects.exclude(kind__in=[DRAW, INDEX, LOOK_UP]).values_list("kind", "state")) == {
        ("draft.generate", "done")
    }


def test_without_a_model_the_tickets_wait_for_a_person_and_say_so(company: Cast) -> None:
    with model_at("http://127.0.0.1:9/v1"):
        assert load()
    waiting = Ticket.objects.filter(lane="write", lane_why="provider")
    assert waiting.count() == 15
    assert Draft.objects.filter(state="failed").count() == 14
    assert not Draft.objects.filter(state="pending_review").exists()
    assert is_complete()


def test_without_a_key_nothing_is_asked_of_anybody(own_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings.ENV, "openai_api_key", "")
    assert load(if_empty=True)
    assert Ticket.objects.filter(lane="write", lane_why="provider").count() == 15
    assert not ModelCall.objects.exists()
    assert not Job.objects.exclude(kind__in=[DRAW, INDEX, LOOK_UP]).exists()


def test_a_desk_with_people_of_its_own_is_left_alone(cast: Cast) -> None:
    head = Entry.objects.latest("seq").seq
    assert not load(if_empty=True)
    assert Entry.objects.latest("seq").seq == head
    assert not Ticket.objects.exists()
    assert tasks.loaded() == ""


def test_the_desk_is_not_ready_until_the_demo_is_there(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert parts()["demo"] == "loading"
    monkeypatch.setattr(settings, "DEMO", False)
    assert parts()["demo"] == "ok"
    monkeypatch.setattr(settings, "DEMO", True)
    add_person(email="own@desk.test", name="Own", roles=["agent"], password=None, by=SYSTEM)
    assert parts()["demo"] == "ok"


def test_outside_the_demo_the_well_known_password_is_refused(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DEMO", False)
    with pytest.raises(CommandError, match="not in production"):
        call_command("load_demo")
    assert not Person.objects.exists()
