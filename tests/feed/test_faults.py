"""What may break without a page being wrong for longer than about a second after it is whole again."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
import redis
from django.db import connection
from psycopg import sql

from conversations.tickets import actions
from desk.embedded import ValkeyServer
from desk.feed import sockets
from tests.cast import Cast
from tests.databases import _url
from tests.feed.live import Live, LiveProcess, Page, head, signed_in
from tests.servers import remove_var, temporary_var


@pytest.fixture
def valkey() -> Iterator[ValkeyServer]:
    """A Valkey of this test alone, to be mistreated."""
    var = temporary_var()
    server = ValkeyServer(var)
    server.start()
    yield server
    server.stop()
    remove_var(var)


@pytest.fixture
def lonely(company: Cast, own_database: str, valkey: ValkeyServer) -> Iterator[LiveProcess]:
    """A server process that has this Valkey; the test's own hints go elsewhere."""
    server = LiveProcess(own_database, redis_url=valkey.url)
    yield server
    server.stop()


def hint(valkey: ValkeyServer) -> int:
    """Publish a hint; returns how many heard it."""
    return int(redis.Redis.from_url(valkey.url).publish("countersign:head", head()))  # type: ignore[arg-type]


def test_a_subscriber_that_hears_nothing_for_long_is_still_there(
    company: Cast, lonely: LiveProcess, valkey: ValkeyServer
) -> None:
    page = Page.of(company.ana, lonely, "queue:todo")
    page.hear(lambda frame: "counts" in frame)
    known = redis.Redis.from_url(valkey.url).client_list(_type="pubsub")
    time.sleep(8)
    assert [client["id"] for client in redis.Redis.from_url(valkey.url).client_list(_type="pubsub")] == [known[0]["id"]]
    assert hint(valkey) == 1


def test_valkey_killed_emptied_and_back_costs_at_most_about_a_second(
    company: Cast, lonely: LiveProcess, valkey: ValkeyServer
) -> None:
    page = Page.of(company.ana, lonely, "queue:todo")

    def soon() -> None:
        ticket, began = company.ticket(), time.monotonic()
        page.hear_change(ticket.number)
        assert time.monotonic() - began < 1.7

    soon()
    redis.Redis.from_url(valkey.url).flushall()
    soon()
    valkey.kill()
    soon()
    soon()
    valkey.start()
    limit = time.monotonic() + 5
    while not hint(valkey):
        assert time.monotonic() < limit, "never subscribed again"
        time.sleep(0.1)
    soon()


def test_a_valkey_that_hangs_is_noticed_and_left(company: Cast, lonely: LiveProcess, valkey: ValkeyServer) -> None:
    page = Page.of(company.ana, lonely, "queue:todo")
    page.hear(lambda frame: "counts" in frame)
    os.kill(valkey.pid, signal.SIGSTOP)
    try:
        ticket, began = company.ticket(), time.monotonic()
        page.say({"viewing": ticket.number})
        page.say({"ping": 1})
        page.hear(lambda frame: "pong" in frame, within=1)
        page.hear_change(ticket.number)
        assert time.monotonic() - began < 1.7
        time.sleep(8)
    finally:
        os.kill(valkey.pid, signal.SIGCONT)
    limit = time.monotonic() + 5
    while not hint(valkey):
        assert time.monotonic() < limit, "never subscribed again"
        time.sleep(0.1)


@contextmanager
def database_away(name: str) -> Iterator[None]:
    """All connections of a database are cut and none is let in, as while its server restarts."""
    with psycopg.connect(_url("postgres"), autocommit=True) as server:
        server.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(sql.Identifier(name)))
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        try:
            yield
        finally:
            server.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(sql.Identifier(name)))


def test_sockets_outlive_a_restart_of_the_database_and_miss_nothing(
    company: Cast, live: Live, own_database: str
) -> None:
    page, cookie = Page.of(company.ana, live, "queue:todo"), signed_in(company.ben)
    page.hear_change(company.ticket().number)
    connection.close()
    connection.close_pool()
    with database_away(own_database.rpartition("/")[2]):
        page.say({"ping": 1})
        page.hear(lambda frame: "pong" in frame)
        late = Page(live, cookie=cookie)
        assert late.hear_closing(within=12) == 1013
    ticket, began = company.ticket(), time.monotonic()
    page.hear_change(ticket.number, within=8)
    assert time.monotonic() - began < 2.5


def test_when_an_older_database_comes_back_every_page_begins_anew(company: Cast, own_database: str) -> None:
    ticket, name = company.ticket(), own_database.rpartition("/")[2]
    cookie = signed_in(company.ana)
    older, broken = f"{name}_older", f"{name}_broken"
    copy_database(name, older)
    server = LiveProcess(own_database)
    page = Page.of(company.ana, server, "queue:todo", cookie=cookie)
    actions.add_note(ticket, text="Will be lost", by=company.ana.actor())
    page.hear_change(ticket.number, kind="message.noted")
    connection.close()
    connection.close_pool()
    with database_away(name), psycopg.connect(_url("postgres"), autocommit=True) as maintenance:
        for before, after in ((name, broken), (older, name)):
            maintenance.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(before), sql.Identifier(after))
            )
    try:
        frame = page.hear(lambda frame: "resync" in frame)
        assert frame["seq"] == head()
        page.hear_change(company.ticket().number)
    finally:
        server.stop()
        with psycopg.connect(_url("postgres"), autocommit=True) as maintenance:
            maintenance.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(broken)))


def copy_database(name: str, copy: str) -> None:
    connection.close()
    connection.close_pool()
    with psycopg.connect(_url("postgres"), autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(copy), sql.Identifier(name)))


def test_a_page_that_reads_nothing_is_closed_and_finds_all_again(
    company: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its frames fill the buffers of both sides; the desk keeps none of them for it."""
    assert sockets.SLOW_AFTER <= 10
    monkeypatch.setattr(sockets, "SLOW_AFTER", 2.0)
    live = Live(send_buffer=20_000)
    tickets = [company.ticket(subject="🪁" * 300, name="🧦" * 200) for _ in range(4)]
    pipe = socket.socket()
    pipe.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    pipe.connect(("127.0.0.1", live.port))
    good = Page.of(company.ana, live, "queue:all")
    cookie = good.socket.request.headers["Cookie"]  # type: ignore[union-attr]
    slow = Page(live, cookie=cookie, sock=pipe, max_queue=1)
    slow.follow("queue:all", after=head())
    good.hear(lambda frame: "counts" in frame)
    began = head()
    for _ in range(40):
        for ticket in tickets:
            actions.set_tags(ticket, ["looked-at"], by=company.ana.actor())
    good.hear_up_to(head())
    time.sleep(4)
    assert slow.hear_closing(within=10) == 4408
    known = max(frame.get("seq", began) for frame in slow.told)
    assert known < head()
    again = Page.of(company.ana, live, "queue:all", after=known, cookie=cookie)
    again.hear_up_to(head())
    assert [frame["seq"] for frame in again.told if "ticket" in frame] == list(range(known + 1, head() + 1))
    live.stop()


def test_a_server_that_is_told_to_stop_says_goodbye_and_goes(company: Cast, process: LiveProcess) -> None:
    page = Page.of(company.ana, process, "queue:todo")
    page.hear(lambda frame: "counts" in frame)
    began = time.monotonic()
    process.stop(signal.SIGTERM)
    assert time.monotonic() - began < 4
    assert page.hear_closing() == 1012
