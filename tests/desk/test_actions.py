"""The decorator: one transaction, one actor, entries last, reactions, retries, hints."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
import redis
from django.conf import settings
from django.db import connection, connections

from accounts.actions import add_team, change_person
from accounts.models import Team
from accounts.rights import Right
from desk import actions, hints
from desk.actions import SYSTEM, Actor, NothingRecorded, TooDeep, action, reacts_to, record
from desk.ledger.kinds import Facts, UnknownKind, kind
from desk.ledger.models import Counter, Entry
from desk.problems import NotAllowed
from tests.cast import Cast


@kind("trial.happened", says="{actor} tried {subject}")
class TrialHappened(Facts):
    step: int


@kind("trial.echoed", says="{subject} was echoed")
class TrialEchoed(Facts):
    pass


@action("trial.happened")
def try_it(name: str, *, by: Actor, step: int = 1, fail: bool = False) -> Team:
    team = Team.objects.create(name=name)
    record(TrialHappened(step=step), by=by, subject=team.ref)
    if fail:
        raise ValueError(name)
    return team


@pytest.fixture
def reactions() -> Any:
    """Reactions that a test registers are gone after it."""
    kept = {name: list(some) for name, some in actions._reactions.items()}
    yield actions._reactions
    actions._reactions.clear()
    actions._reactions.update(kept)


def kinds_of_last(count: int) -> list[str]:
    return list(Entry.objects.order_by("-seq").values_list("kind", flat=True)[:count])[::-1]


@pytest.mark.django_db
def test_an_action_and_its_entry_are_one_transaction() -> None:
    before = Counter.objects.get().value
    with pytest.raises(ValueError, match="lost"):
        try_it("lost", by=SYSTEM, fail=True)
    assert not Team.objects.filter(name="lost").exists()
    assert Counter.objects.get().value == before
    try_it("kept", by=SYSTEM)
    entry = Entry.objects.latest("seq")
    assert (entry.seq, entry.kind, entry.actor) == (before + 1, "trial.happened", "system")


@pytest.mark.django_db
def test_an_action_that_says_nothing_is_refused_and_changes_nothing() -> None:
    @action("trial.happened")
    def silent(*, by: Actor) -> None:
        Team.objects.create(name="silent")

    with pytest.raises(NothingRecorded):
        silent(by=SYSTEM)
    assert not Team.objects.filter(name="silent").exists()


@pytest.mark.django_db
def test_an_unknown_kind_raises_before_anything_is_kept() -> None:
    class Undeclared(Facts):
        kind = "never.declared"

    @action("trial.happened")
    def undeclared(*, by: Actor) -> None:
        Team.objects.create(name="undeclared")
        record(Undeclared(), by=by, subject="team:1")

    with pytest.raises(UnknownKind):
        undeclared(by=SYSTEM)
    assert not Team.objects.filter(name="undeclared").exists()


def test_rights_are_asked_inside_and_count_at_once(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        add_team(name="Not hers to add", by=cast.ana.actor())
    add_team(name="Hers to add", by=cast.ada.actor())
    change_person(cast.ada, roles=["auditor"], by=SYSTEM)
    with pytest.raises(NotAllowed):
        add_team(name="No longer hers", by=cast.ada.actor())
    assert Right.ADMINISTER == "administer"


@pytest.mark.django_db
def test_a_nested_action_hands_its_records_up_and_a_rolled_back_one_leaves_none() -> None:
    @action("trial.happened")
    def outer(*, by: Actor) -> None:
        try_it("inner kept", by=by, step=2)
        with pytest.raises(ValueError, match="inner lost"):
            try_it("inner lost", by=by, step=3, fail=True)
        record(TrialHappened(step=4), by=by, subject="team:0")

    before = Counter.objects.get().value
    outer(by=SYSTEM)
    steps = [entry.facts["step"] for entry in Entry.objects.filter(seq__gt=before).order_by("seq")]
    assert steps == [2, 4]
    assert Team.objects.filter(name__startswith="inner").count() == 1


@pytest.mark.django_db
def test_reactions_run_in_the_same_transaction_lower_rooms_first(reactions: Any) -> None:
    order: list[str] = []

    def low(what: Any) -> None:
        order.append("low")
        echo(by=SYSTEM)

    def high(what: Any) -> None:
        order.append("high")
        assert connection.in_atomic_block
        assert Team.objects.filter(name="reacted to").exists()

    low.__module__, high.__module__ = "conversations.tickets.reactions", "conversations.review.reactions"

    @action("trial.echoed")
    def echo(*, by: Actor) -> None:
        record(TrialEchoed(), by=by, subject="team:0")

    reacts_to("trial.happened")(high)
    reacts_to("trial.happened")(low)
    try_it("reacted to", by=SYSTEM)
    assert order == ["low", "high"]
    assert kinds_of_last(2) == ["trial.happened", "trial.echoed"]


@pytest.mark.django_db
def test_a_reaction_that_fails_takes_the_action_with_it(reactions: Any) -> None:
    @reacts_to("trial.happened")
    def refuse(what: Any) -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        try_it("taken along", by=SYSTEM)
    assert not Team.objects.filter(name="taken along").exists()


@pytest.mark.django_db
def test_reactions_without_end_are_stopped(reactions: Any) -> None:
    @action("trial.echoed")
    def echo(*, by: Actor) -> None:
        record(TrialEchoed(), by=by, subject="team:0")

    @reacts_to("trial.happened", "trial.echoed")
    def again(what: Any) -> None:
        echo(by=SYSTEM)

    with pytest.raises(TooDeep):
        try_it("echoes", by=SYSTEM)
    assert not Team.objects.filter(name="echoes").exists()


def together(*calls: Any) -> list[Any]:
    """Run callables at the same time, each with a connection of its own; returns what each returned or raised."""
    barrier, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(index: int, call: Any) -> None:
        barrier.wait()
        try:
            results[index] = call()
        except Exception as error:
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def test_seq_is_dense_and_in_the_order_of_commits(company: Cast) -> None:
    start = Counter.objects.get().value
    seen: list[list[int]] = []
    stop = threading.Event()

    def watch() -> None:
        while not stop.is_set():
            seen.append(list(Entry.objects.filter(seq__gt=start).order_by("seq").values_list("seq", flat=True)))
        connections.close_all()

    watcher = threading.Thread(target=watch)
    watcher.start()
    workers = [lambda i=i: [try_it(f"t{i}-{j}", by=SYSTEM) for j in range(12)] for i in range(8)]
    results = together(*workers)
    stop.set()
    watcher.join()
    assert not [result for result in results if isinstance(result, Exception)]
    seqs = list(Entry.objects.filter(seq__gt=start).order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(start + 1, start + 1 + 96))
    for read in seen:
        assert read == list(range(start + 1, start + 1 + len(read))), "a reader saw a gap"


def test_two_actions_that_meet_in_opposite_lock_order_both_succeed(company: Cast) -> None:
    one, two = company.orders, company.returns

    @action("trial.happened")
    def rename(first: Team, second: Team, *, by: Actor) -> None:
        Team.objects.select_for_update(no_key=True).get(pk=first.pk)
        time.sleep(0.15)
        Team.objects.select_for_update(no_key=True).get(pk=second.pk)
        record(TrialHappened(step=1), by=by, subject=first.ref)

    before = Counter.objects.get().value
    for _ in range(3):
        results = together(lambda: rename(one, two, by=SYSTEM), lambda: rename(two, one, by=SYSTEM))
        assert results == [None, None]
    assert Counter.objects.get().value == before + 6


def test_a_hint_goes_out_after_the_commit_and_none_after_a_rollback(company: Cast) -> None:
    listener = redis.Redis.from_url(settings.REDIS_URL).pubsub(ignore_subscribe_messages=True)
    listener.subscribe(hints.CHANNEL)
    listener.get_message(timeout=1)
    with pytest.raises(ValueError, match="lost"):
        try_it("lost", by=SYSTEM, fail=True)
    try_it("told", by=SYSTEM)
    head = Counter.objects.get().value
    heard = []
    deadline = time.monotonic() + 3
    while head not in heard and time.monotonic() < deadline:
        if message := listener.get_message(timeout=0.1):
            heard.append(int(message["data"]))
    assert heard[-1] == head
    assert heard.count(head) == 1
    listener.close()


def test_no_action_waits_for_a_broker_that_hangs(
    company: Cast, hung_port: int, settings: Any, fresh_publisher: None
) -> None:
    settings.REDIS_URL = settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{hung_port}/0"
    began = time.monotonic()
    for number in range(20):
        try_it(f"quick {number}", by=SYSTEM)
    assert time.monotonic() - began < 2
