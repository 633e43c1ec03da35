"""Verifying from the page: a job that is watched, cancelled, and whose answer is kept with who asked."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client

from conversations.oversight import tasks
from conversations.oversight.actions import VERIFY, BeingVerified, ask_verification
from conversations.oversight.models import Progress, Verification
from desk import jobs
from desk.jobs import Job
from desk.ledger import seal
from desk.ledger.models import Entry
from desk.ledger.verify import Brought, Report
from tests.cast import Cast
from tests.ledger.conftest import keyed, outside, statement

__all__ = ["keyed", "outside"]


@pytest.fixture
def aud(keyed: Cast, client: Client) -> Client:
    client.force_login(keyed.aud)
    seal.seal()
    return client


def asked(client: Client) -> Verification:
    answer = client.post("/ledger/verify/")
    found = Verification.objects.latest("pk")
    assert (answer.status_code, answer["Location"]) == (302, f"/ledger/verify/{found.pk}/")
    return found


def work() -> None:
    jobs.run(Job.objects.get(kind=VERIFY, state="queued").pk)


def kinds_after(seq: int) -> list[str]:
    return list(Entry.objects.filter(seq__gt=seq).order_by("seq").values_list("kind", flat=True))


def head() -> int:
    return Entry.objects.latest("seq").seq


def test_a_ledger_that_holds(aud: Client, keyed: Cast) -> None:
    before = head()
    verification = asked(aud)
    page = aud.get(f"/ledger/verify/{verification.pk}/").content.decode()
    assert "data-at-work" in page
    assert "Aud Berger asked for it" in page
    work()
    verification.refresh_from_db()
    assert verification.holds
    assert (verification.entries, verification.first_bad, verification.person) == (before + 1, None, keyed.aud)
    assert kinds_after(before) == ["verification.asked", "ledger.verified"]
    facts = Entry.objects.latest("seq").facts
    assert facts == {
        "asked_by": keyed.aud.ref,
        "entries": before + 1,
        "checkpoints": 1,
        "verdict": "ledger_holds",
        "findings": 0,
        "first_bad": None,
    }
    part = aud.get(f"/ledger/verify/{verification.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "The ledger holds" in part
    assert "data-at-work" not in part
    assert "The ledger holds" in aud.get("/ledger/verify/").content.decode()
    assert "verified for Aud Berger" in aud.get("/ledger/").content.decode()
    assert Job.objects.get(kind=VERIFY).state == Job.State.DONE
    assert not Progress.objects.exists()


def test_a_ledger_that_was_changed_names_the_first_bad_entry(aud: Client) -> None:
    statement("UPDATE ledger_entry SET actor = 'person:nobody' WHERE seq = 3")
    verification = asked(aud)
    work()
    verification.refresh_from_db()
    assert (verification.state, verification.first_bad, verification.holds) == ("done", 3, False)
    page = aud.get(f"/ledger/verify/{verification.pk}/").content.decode()
    assert "The ledger is broken" in page
    assert "The first that is wrong is entry 3." in page
    assert "The column actor of entry 3 does not say what the entry says." in page
    entry = Entry.objects.latest("seq")
    assert (entry.kind, entry.facts["verdict"], entry.facts["first_bad"]) == ("ledger.verified", "ledger_broken", 3)


def test_one_at_a_time(aud: Client, keyed: Cast) -> None:
    verification = asked(aud)
    before = head()
    answer = aud.post("/ledger/verify/")
    assert answer["Location"] == f"/ledger/verify/{verification.pk}/"
    with pytest.raises(BeingVerified):
        ask_verification(by=keyed.sam.actor())
    assert (head(), Verification.objects.count(), Job.objects.filter(kind=VERIFY).count()) == (before, 1, 1)
    work()
    assert asked(aud).pk != verification.pk


def test_cancelled_before_it_begins(aud: Client) -> None:
    verification = asked(aud)
    before = head()
    assert aud.post(f"/ledger/verify/{verification.pk}/cancel/").status_code == 302
    work()
    verification.refresh_from_db()
    assert verification.state == "cancelled"
    assert kinds_after(before) == ["verification.cancelled"]
    assert aud.post(f"/ledger/verify/{verification.pk}/cancel/").status_code == 302, "twice is once"
    assert kinds_after(before) == ["verification.cancelled"]
    assert "It says nothing about the ledger." in aud.get(f"/ledger/verify/{verification.pk}/").content.decode()


Told = Callable[[str, int, int], None]


def test_it_is_watched_and_cancelled_while_it_runs(aud: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    at_work, go_on = threading.Event(), threading.Event()
    stopped: list[bool] = []

    def slow(brought: Brought, *, progress: Told) -> Report:
        try:
            for done in range(1, 600):
                progress("entries", done * 1000, 1_000_000)
                at_work.set()
                go_on.wait(0.05)
        except BaseException:
            stopped.append(True)
            raise
        return Report(entries=1)

    monkeypatch.setattr(tasks, "EVERY", 0.05)
    monkeypatch.setattr(tasks, "verify_ledger", slow)
    verification = asked(aud)
    before = head()

    def worker() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=worker)
    thread.start()
    assert at_work.wait(20)
    address = f"/ledger/verify/{verification.pk}/"
    for _look in range(200):
        if "of 1000000" in (page := aud.get(address).content.decode()):
            break
        go_on.wait(0.05)
    assert 'max="1000000"' in page
    aud.post(f"{address}cancel/")
    thread.join(timeout=30)
    assert stopped == [True]
    verification.refresh_from_db()
    assert verification.state == "cancelled"
    assert kinds_after(before) == ["verification.cancelled"]
    assert Job.objects.get(kind=VERIFY).state == Job.State.DONE


def test_one_that_cannot_be_finished_says_so_and_bars_nobody(aud: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(brought: Brought, *, progress: Told) -> Report:
        raise OSError("no disk")

    monkeypatch.setattr(tasks, "verify_ledger", broken)
    verification = asked(aud)
    before = head()
    for _attempt in range(3):
        Job.objects.filter(kind=VERIFY).update(run_after="2026-01-01T00:00Z")
        work()
    verification.refresh_from_db()
    assert verification.state == "failed"
    assert kinds_after(before) == ["verification.failed", "job.died"]
    assert "It was tried several times." in aud.get(f"/ledger/verify/{verification.pk}/").content.decode()
    monkeypatch.undo()
    assert asked(aud).pk != verification.pk


def test_there_is_no_verification_of_that_number(aud: Client) -> None:
    for key in (0, 999, 2**70):
        assert aud.get(f"/ledger/verify/{key}/").status_code == 404
        assert aud.post(f"/ledger/verify/{key}/cancel/").status_code == 404
