"""Undo, several workers and killed workers around one reply: at most one mail, and one truth about it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import connection

from conversations.mailroom.actions import put_off
from conversations.tickets.actions import begin_sending, withdraw_sending
from conversations.tickets.actions.sendings import NotWaiting
from conversations.tickets.states import SendingState
from desk import jobs
from desk.actions import SYSTEM
from desk.jobs import Job, LeaseLost
from desk.var import REPOSITORY
from tests.cast import Cast
from tests.mailroom.mail_server import HANG, MailServer
from tests.mailroom.posting import entries, job_of, lose_lease, make_due, now, reply


def test_of_undo_and_sender_exactly_one_wins_fifty_times(company: Cast) -> None:
    ticket = company.ticket()
    sendings = [reply(ticket, company.ana, f"Answer {number}") for number in range(50)]
    claims = []
    for sending in sendings:
        make_due(job_of(sending))
        claims.append(jobs.claim(job_of(sending).pk))
    with ThreadPoolExecutor(2) as both:
        for sending, claim in zip(sendings, claims, strict=True):
            assert claim is not None
            start = threading.Barrier(2)
            undo = both.submit(_after, start, withdraw_sending, sending, because="undone", by=company.ana.actor())
            begin = both.submit(_after, start, begin_sending, sending, claim, by=SYSTEM)
            assert sorted([undo.result(20), begin.result(20)]) == ["lost", "won"]
            expected = SendingState.WITHDRAWN if undo.result() == "won" else SendingState.SENDING
            assert now(sending).state == expected
    assert len(entries("sending.withdrawn", "sending.begun")) == 50


def _after(start: threading.Barrier, act: Callable[..., object], *given: object, **named: object) -> str:
    start.wait(10)
    try:
        act(*given, **named)
    except NotWaiting:
        return "lost"
    finally:
        connection.close()
    return "won"


def test_a_reply_taken_back_while_the_server_is_asked_does_not_leave(company: Cast, mail_server: MailServer) -> None:
    mail_server.behaviour.pause = 0.25
    sending = reply(company.ticket(), company.ana)
    make_due(job_of(sending))
    worker = threading.Thread(target=_run, args=(job_of(sending).pk,))
    worker.start()
    _wait_until(lambda: "mail" in mail_server.behaviour.seen)
    withdraw_sending(sending, because="undone", by=company.ana.actor())
    worker.join(10)

    assert now(sending).state == SendingState.WITHDRAWN
    assert job_of(sending).state == Job.State.DONE
    assert mail_server.mails == []
    assert mail_server.behaviour.seen == ["mail", "rcpt", "rset", "quit"], "and the server was left politely"


def test_two_workers_of_one_job_make_one_mail(company: Cast, mail_server: MailServer) -> None:
    sending = reply(company.ticket(), company.ana)
    make_due(job_of(sending))
    workers = [threading.Thread(target=_run, args=(job_of(sending).pk,)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(15)
    assert now(sending).state == SendingState.SENT
    assert len(mail_server.mails) == 1


def test_a_worker_that_lost_its_job_cannot_put_back_what_another_is_sending(
    company: Cast, mail_server: MailServer
) -> None:
    sending = reply(company.ticket(), company.ana)
    job = job_of(sending)
    make_due(job)
    old = jobs.claim(job.pk)
    assert old is not None
    lose_lease(job)
    new = jobs.claim(job.pk)
    assert new is not None
    begin_sending(sending, new, by=SYSTEM)
    with pytest.raises(LeaseLost):
        put_off(sending, old, error="no_answer", by=SYSTEM)
    assert now(sending).state == SendingState.SENDING


def test_while_another_job_is_sending_it_a_second_one_waits_instead_of_judging(
    company: Cast, mail_server: MailServer
) -> None:
    sending = reply(company.ticket(), company.ana)
    first = job_of(sending)
    make_due(first)
    held = jobs.claim(first.pk)
    assert held is not None
    begin_sending(sending, held, by=SYSTEM)
    second = Job.objects.create(kind=first.kind, key=f"{first.key}.again", run_after=first.created_at)
    make_due(second)
    jobs.run(second.pk)
    second.refresh_from_db()
    assert (now(sending).state, second.state) == (SendingState.SENDING, Job.State.QUEUED)

    lose_lease(first)
    make_due(second)
    jobs.run(second.pk)
    assert now(sending).state == SendingState.UNKNOWN


def test_a_worker_killed_between_data_and_answer_leaves_unknown_and_one_mail(
    company: Cast, mail_server: MailServer, own_database: str
) -> None:
    mail_server.behaviour.answers = {"dot": HANG}
    sending = reply(company.ticket(), company.ana)
    make_due(job_of(sending))
    program = f"import django; django.setup(); from desk.jobs import run; run({job_of(sending).pk})"
    worker = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=REPOSITORY,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "desk.settings",
            "DATABASE_URL": own_database,
            "EMAIL_URL": f"smtp://127.0.0.1:{mail_server.port}",
        },
    )
    try:
        _wait_until(lambda: "dot" in mail_server.behaviour.seen, seconds=30)
        assert now(sending).state == SendingState.SENDING
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait(10)
    mail_server.behaviour.answers = {}
    lose_lease(job_of(sending))
    jobs.run(job_of(sending).pk)

    sending = now(sending)
    assert (sending.state, sending.last_error) == (SendingState.UNKNOWN, "worker_lost")
    assert len(mail_server.mails) == 1
    assert job_of(sending).state == Job.State.DONE


def test_a_worker_killed_before_data_leaves_a_reply_that_is_sent_once(company: Cast, mail_server: MailServer) -> None:
    sending = reply(company.ticket(), company.ana)
    job = job_of(sending)
    make_due(job)
    assert jobs.claim(job.pk) is not None
    lose_lease(job)
    jobs.run(job.pk)
    assert now(sending).state == SendingState.SENT
    assert len(mail_server.mails) == 1


def test_connections_to_the_database_lost_while_the_server_answers_do_not_make_a_sent_reply_unknown(
    company: Cast, mail_server: MailServer, own_database: str
) -> None:
    sending = reply(company.ticket(), company.ana)
    make_due(job_of(sending))
    mail_server.behaviour.pause = 0.4
    worker = threading.Thread(target=_run, args=(job_of(sending).pk,))
    worker.start()
    _wait_until(lambda: "dot" in mail_server.behaviour.seen)
    connection.close()
    with psycopg.connect(own_database, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    worker.join(20)
    assert now(sending).state == SendingState.SENT


def _run(job_id: int) -> None:
    try:
        jobs.run(job_id)
    finally:
        connection.close()


def _wait_until(true: Callable[[], bool], *, seconds: float = 10) -> None:
    limit = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < limit, "it did not happen in time"
        time.sleep(0.01)
