"""A whole desk of the test's own, on real parts that may be killed, hung and started again: PostgreSQL, Valkey, the stand-in
model, a mail server, web, workers and the scheduler, each a process (the mail server a thread) of this test alone.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote, urlsplit

import redis
from django.core.management import call_command
from django.db import connections

from desk import plan as planning
from desk.children import free_port
from desk.embedded import PostgresServer, ValkeyServer
from desk.var import REPOSITORY
from tests.cast import Cast
from tests.drafting.shelf import fill
from tests.mailroom.mail_server import MailServer
from tests.servers import remove_var, temporary_var
from tests.standin import StandIn
from tests.standin import started as started_standin


class Program:
    """One process of the desk, started with the very command of `make run`."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str], log: Path) -> None:
        self.name, self.log = name, log
        self._command, self._environment = command, environment
        self._output: IO[bytes] | None = None
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._output = self.log.open("ab")
        self.process = subprocess.Popen(
            self._command, cwd=REPOSITORY, env=self._environment, stdin=subprocess.DEVNULL, stdout=self._output,
            stderr=subprocess.STDOUT, start_new_session=True,
        )

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """End it; by default as a crash would."""
        if self.process is not None:
            if self.process.poll() is None:
                self.process.send_signal(number)
                try:
                    self.process.wait(8)
                except subprocess.TimeoutExpired:
                    self.process.kill()
                    self.process.wait(5)
            self.process = None
        if self._output is not None:
            self._output.close()
            self._output = None

    def restart(self) -> None:
        self.kill()
        self.start()


@dataclass(frozen=True)
class Answer:
    """What the desk answered. Status 0: nothing, because it was not there."""

    status: int
    body: Any
    seconds: float


@dataclass
class Stack:
    """A running desk. The test's own Django is on the same database."""

    postgres: PostgresServer
    valkey: ValkeyServer
    standin: StandIn
    mail: MailServer
    programs: dict[str, Program]
    port: int
    cast: Cast
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def workers(self) -> list[Program]:
        return [program for name, program in self.programs.items() if name.startswith("worker")]

    def redis(self) -> redis.Redis:
        return redis.Redis.from_url(self.valkey.url, socket_timeout=3)

    def call(
        self, method: str, path: str, body: object = None, *, token: str = "service", key: str = "", timeout: float = 30
    ) -> Answer:
        """One request to the API, on a connection of its own."""
        headers = {"Authorization": f"Bearer {self.tokens[token]}", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        request = urllib.request.Request(
            f"{self.origin}/api/v1/{path}", None if body is None else json.dumps(body).encode(), headers, method=method
        )
        began = time.monotonic()
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                status, text = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read()
        except (OSError, EOFError, ValueError):
            # Refused, reset, or cut off in the middle of the answer.
            return Answer(0, None, time.monotonic() - began)
        except Exception as error:  # noqa: BLE001 - http.client's own errors have no common base with OSError
            return Answer(0, repr(error), time.monotonic() - began)
        return Answer(status, json.loads(text) if text.startswith(b"{") else text, time.monotonic() - began)

    def write_in(self, number: int, *, key: str = "", timeout: float = 30, **more: object) -> Answer:
        """A ticket of customer `number`, through the API."""
        return self.call(
            "POST", "tickets/",
            {"subject": f"Refund {number}", "body": "Where is my refund? I sent the jacket back two weeks ago.",
             "customer": {"email": f"customer{number}@example.com", "name": "Carla Jones"}, "language": "en", **more},
            key=key, timeout=timeout,
        )

    def well(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.origin}/health/ready", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


def at_once(count: int, do: Callable[[int], Answer], *, clients: int = 8) -> list[Answer]:
    """Do something many times, so many at a time; answers in the order of their numbers."""
    with ThreadPoolExecutor(clients) as crowd:
        return list(crowd.map(do, range(count)))


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
        NAME=parts.path.lstrip("/"), USER=unquote(parts.username or ""), PASSWORD=unquote(parts.password or ""),
        HOST=parts.hostname, PORT=str(parts.port),
    )
    try:
        yield
    finally:
        drop_connections()
        connection.settings_dict.update(kept)


def drop_connections() -> None:
    connections["default"].close()
    connections["default"].close_pool()


@contextmanager
def stack(*, workers: int = 1, **environment: str) -> Iterator[Stack]:
    """A desk with the cast, a small knowledge base and tokens, ready to work; ended at the end, whatever happened."""
    var = temporary_var()
    postgres, valkey = PostgresServer(var, durable=False), ValkeyServer(var)
    programs: dict[str, Program] = {}
    try:
        postgres.launch()
        valkey.start()
        with MailServer() as mail, started_standin() as standin:
            port = free_port()
            given = {
                **{name: value for name, value in os.environ.items() if name not in {"COUNTERSIGN_TEST_SERVERS", "VAR"}},
                "OPENAI_BASE_URL": standin.base_url, "EMAIL_URL": f"smtp://127.0.0.1:{mail.port}", "UNDO_SECONDS": "1",
                "PUBLIC_URL": f"http://127.0.0.1:{port}", "DATABASE_URL": "", "REDIS_URL": "", **environment,
            }
            plan = planning.Plan(var=var, port=port, demo=True, given=given, standin_port=None, catcher_port=None)
            eventually(postgres.ready, within=30, what="PostgreSQL answers")
            found = planning.environment(plan, database_url=postgres.url, redis_url=valkey.url)
            with database_of(postgres.url):
                call_command("migrate", verbosity=0)
                for part in planning.desk_parts(plan, found):
                    for number in range(workers if part.name == "worker" else 1):
                        name = part.name if number == 0 else f"{part.name}{number + 1}"
                        command = [str(word) for word in part.command]
                        if part.name == "worker":
                            command += ["--hostname", f"{name}@{port}"]
                        programs[name] = Program(name, command, dict(part.environment), var / "log" / f"{name}.log")
                        programs[name].start()
                cast = Cast.enter()
                fill()
                made = Stack(postgres, valkey, standin, mail, programs, port, cast)
                made.tokens = {
                    "service": cast.token(cast.ada, "tickets:write", "tickets:read", service="shop"),
                    "ana": cast.token(cast.ana, "decide", "tickets:read", "tickets:write"),
                    "ben": cast.token(cast.ben, "decide", "tickets:read", "tickets:write"),
                }
                eventually(made.well, within=30, what="the desk is ready")
                yield made
    finally:
        for program in programs.values():
            program.kill()
        valkey.stop()
        postgres.stop()
        remove_var(var)
