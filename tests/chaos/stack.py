"""A whole desk of the tests' own, on real parts that may be killed, hung and started again.

PostgreSQL, Valkey, the stand-in model, web, workers and the scheduler are processes, started with the very commands of
`make run`; the mail server is a thread of the test. Nothing that was acknowledged may be lost, so PostgreSQL is durable.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg
import redis
from django.db import DatabaseError, connections
from django.db.models import Q
from django.utils import timezone

from conversations.drafting.models import Draft
from desk import delivery, roles
from desk import plan as planning
from desk.children import free_port
from desk.embedded import PostgresServer, ValkeyServer
from desk.jobs import Job
from tests.cast import Cast
from tests.chaos.calling import Caller
from tests.chaos.program import Program
from tests.databases import migrate_elsewhere
from tests.drafting.shelf import fill
from tests.mailroom.mail_server import MailServer
from tests.servers import remove_var, temporary_var
from tests.standin import StandIn
from tests.standin import started as started_standin

UNDO_SECONDS = 1
MODEL_DEADLINE = 5


class HangingMailServer(MailServer):
    """One that can let go of those whom it keeps waiting."""

    def let_go(self) -> None:
        hung, self._hung = self._hung, asyncio.Event()
        self.loop.call_soon_threadsafe(hung.set)


@dataclass
class Stack:
    """A running desk. The test's own Django is on the same database."""

    postgres: PostgresServer
    valkey: ValkeyServer
    standin: StandIn
    mail: HangingMailServer
    programs: dict[str, Program]
    cast: Cast
    port: int
    environment: Mapping[str, str]
    callers: dict[str, Caller] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def shop(self) -> Caller:
        """A program of the organisation, which brings in what customers write."""
        return self.callers["shop"]

    @property
    def ana(self) -> Caller:
        return self.callers["ana"]

    @property
    def ben(self) -> Caller:
        return self.callers["ben"]

    def redis(self) -> redis.Redis:
        return redis.Redis.from_url(self.valkey.url, socket_timeout=3)

    def mails_to(self, address: str) -> int:
        """How often a mail server was handed a whole mail for this address, whatever it answered."""
        return sum(address in envelope.rcpt_tos for envelope in self.mail.behaviour.envelopes)

    def account(self) -> str:
        """For somebody who wonders what went wrong: the jobs that are not done, and the last words of each program."""
        try:
            jobs = list(
                Job.objects.exclude(state="done").values_list("key", "state", "attempts", "last_error", "run_after")[
                    :20
                ]
            )
        except DatabaseError as error:
            jobs = [repr(error)]
        logs = [
            f"--- {name}\n{program.log.read_text(errors='replace')[-3000:]}" for name, program in self.programs.items()
        ]
        return "\n".join([*map(str, jobs), *logs])

    def let_go_of_mails(self) -> None:
        """The mail server hangs up on whoever it keeps waiting, and behaves from now on."""
        self.mail.behaviour.answers = {}
        self.mail.let_go()

    def make_whole(self) -> None:
        """Everybody runs, answers, and behaves; nothing is left to do."""
        self.standin.behave()
        self.let_go_of_mails()
        broken = False
        with contextlib.suppress(Exception):
            os.kill(self.valkey.pid, signal.SIGCONT)
        for server in (self.postgres, self.valkey):
            if not running(server):
                server.start()
                broken = True
        for program in self.programs.values():
            if not program.running:
                program.start()
                broken = True
        if broken:
            drop_connections()
        eventually(self.shop.well, within=30, what="the desk is ready")
        eventually(idle, within=40, what="all jobs that are due are done")


def running(server: PostgresServer | ValkeyServer) -> bool:
    return server.child is not None and server.child.poll() is None


def idle() -> bool:
    """Nobody works, and nothing waits that is due within the time for undo."""
    soon = timezone.now() + timedelta(seconds=UNDO_SECONDS)
    return not Job.objects.filter(Q(state="running") | Q(state="queued", run_after__lte=soon)).exists()


def drafts(*numbers: int, state: str = "pending_review") -> int:
    """How many drafts in this state these tickets have together."""
    return Draft.objects.filter(ticket__in=numbers, state=state).count()


def eventually(condition: Callable[[], Any], *, within: float, what: str) -> float:
    """Wait until it holds; returns the seconds that it took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < within, f"not within {within} s: {what}"
        time.sleep(0.05)
    return time.monotonic() - began


@contextmanager
def database_of(url: str) -> Iterator[None]:
    """Django's default connection of this process at another database, while the block runs."""
    connection = connections["default"]
    parts = urlsplit(url)
    kept = dict(connection.settings_dict)
    drop_connections()
    connection.settings_dict.update(
        NAME=parts.path.lstrip("/"),
        USER=unquote(parts.username or ""),
        PASSWORD=unquote(parts.password or ""),
        HOST=parts.hostname,
        PORT=str(parts.port),
    )
    try:
        yield
    finally:
        drop_connections()
        connection.settings_dict.update(kept)


def drop_connections() -> None:
    """Forget connections to a database that went away."""
    connections["default"].close()
    connections["default"].close_pool()


@contextmanager
def bystander(url: str) -> Iterator[psycopg.Connection[Any]]:
    """Somebody else at the database: what they lock is free again at the end."""
    with psycopg.connect(url) as connection:
        yield connection
        connection.rollback()


def waits_for(one: psycopg.Connection[Any], *, url: str) -> bool:
    """Whether somebody waits for what this connection has locked."""
    with psycopg.connect(url, autocommit=True) as watch:
        found = watch.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE %s = ANY (pg_blocking_pids(pid)))",
            [one.info.backend_pid],
        ).fetchone()
    return bool(found and found[0])


@contextmanager
def stack(*, workers: int = 1, delivered: bool = False, **environment: str) -> Iterator[Stack]:
    """A desk with the cast, a small knowledge base and callers, ready to work; ended whatever happens.

    `delivered` has its front-end files under the names that browsers keep; the tests' own Django, which may be asked for the
    same rows, serves them under their plain ones.
    """
    var = temporary_var()
    postgres, valkey = PostgresServer(var), ValkeyServer(var)
    programs: dict[str, Program] = {}
    try:
        postgres.launch()
        valkey.start()
        with HangingMailServer() as mail, started_standin() as standin:
            port = free_port()
            given = {
                **{
                    name: value
                    for name, value in os.environ.items()
                    if name not in {"DATABASE_URL", "REDIS_URL", "VAR"}
                },
                "OPENAI_BASE_URL": standin.base_url,
                "EMAIL_URL": f"smtp://127.0.0.1:{mail.port}",
                "UNDO_SECONDS": str(UNDO_SECONDS),
                "MODEL_DEADLINE": str(MODEL_DEADLINE),
                **environment,
            }
            plan = planning.Plan(var=var, port=port, demo=True, given=given, standin_port=None, catcher_port=None)
            eventually(postgres.ready, within=30, what="PostgreSQL answers")
            database_url, sealer_url = postgres.url_of("countersign_desk"), postgres.url_of("countersign_sealing")
            found = planning.environment(
                plan,
                database_url=database_url,
                redis_url=valkey.url,
                owner_database_url=postgres.url,
                sealer_database_url=sealer_url,
            )
            with database_of(postgres.url):
                migrate_elsewhere(postgres.url)
                if delivered:
                    delivery.collect(var / "static")
                roles.grant()
                roles.admit(database_url, roles.APP)
                roles.admit(sealer_url, roles.SEALER)
                for part in planning.desk_parts(plan, found):
                    for name in [
                        part.name,
                        *(f"worker{number}" for number in range(2, workers + 1) if part.name == "worker"),
                    ]:
                        programs[name] = Program(name, part.command, part.environment, var / "log" / f"{name}.log")
                        programs[name].start()
                # Not as rows that were kept: where people sign in, their passwords are hashed as the desk does it.
                cast = Cast.hired()
                fill()
                made = Stack(postgres, valkey, standin, mail, programs, cast, port, found)
                for name, person, service in (("shop", cast.ada, "shop"), ("ana", cast.ana, ""), ("ben", cast.ben, "")):
                    scopes = ["tickets:read", "tickets:write", *([] if service else ["decide"])]
                    made.callers[name] = Caller(made.origin, cast.token(person, *scopes, service=service))
                eventually(made.shop.well, within=30, what="the desk is ready")
            yield made
    finally:
        for program in programs.values():
            program.kill()
        valkey.stop()
        postgres.stop()
        remove_var(var)
