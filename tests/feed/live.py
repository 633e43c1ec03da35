"""The feed as pages meet it: a real server process, and sockets that behave as a page's one does."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from http.client import HTTPConnection
from typing import Any

import uvicorn
from django.conf import settings
from django.test import Client
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from accounts.models import Person
from desk.children import free_port
from desk.ledger.models import Counter
from desk.plan import web_command
from desk.var import REPOSITORY

Frame = dict[str, Any]
Wanted = Callable[[Frame], Any]


class Live:
    """A server of a desk, on a port of its own, in a thread of the test: it starts at once."""

    def __init__(
        self, *, send_buffer: int | None = None, ws: str = "desk.feed.wire:Protocol", compresses: bool = False
    ) -> None:
        from desk.asgi import application

        listening = socket.socket()
        if send_buffer:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, send_buffer)
        listening.bind(("127.0.0.1", 0))
        self.port = listening.getsockname()[1]
        config = uvicorn.Config(
            application,
            ws=ws,
            ws_per_message_deflate=compresses,
            lifespan="off",
            log_config=None,
            timeout_graceful_shutdown=5,
            access_log=False,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([listening],), name="live", daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.005)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        assert not self._thread.is_alive()


class LiveProcess(Live):
    """A server as a process of its own; `restart` keeps the port."""

    def __init__(
        self,
        database_url: str,
        *,
        redis_url: str = "",
        application: str = "desk.asgi:application",
        **environment: str,
    ) -> None:
        self.port, self._application = free_port(), application
        self._environment = {
            **os.environ,
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url or os.environ["REDIS_URL"],
            **environment,
        }
        self.process = self._start()

    def restart(self, how: signal.Signals = signal.SIGKILL) -> None:
        self.stop(how)
        self.process = self._start()

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        self.process.send_signal(how)
        self.process.wait(10)

    def metrics(self) -> str:
        return self._get("/metrics")

    def _get(self, path: str) -> str:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    def _start(self) -> subprocess.Popen[bytes]:
        command = web_command(self.port, self._application)
        process = subprocess.Popen(command, cwd=REPOSITORY, env=self._environment)
        limit = time.monotonic() + 20
        while True:
            try:
                self._get("/health/live")
                return process
            except OSError:
                assert process.poll() is None, "the server ended at once"
                assert time.monotonic() < limit, "the server never answered"
                time.sleep(0.05)


def signed_in(person: Person) -> str:
    """The cookie of a new session of this person."""
    browser = Client()
    browser.force_login(person)
    return f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"


def head() -> int:
    return Counter.objects.get().value


class Page:
    """A socket, and what it has been told."""

    def __init__(self, live: Live, *, cookie: str = "", origin: str | None = "", **more: Any) -> None:
        self.told: list[Frame] = []
        self.socket: ClientConnection = connect(
            f"ws://127.0.0.1:{live.port}/ws/feed/",
            origin=live.origin if origin == "" else origin,  # type: ignore[arg-type]
            additional_headers={"Cookie": cookie} if cookie else {},
            **{"compression": None, "ping_interval": None, "max_queue": None, "legacy": True, **more},
        )

    @classmethod
    def of(cls, person: Person, live: Live, *topics: str, after: int | None = -1, cookie: str = "") -> Page:
        """A page of somebody who signs in (or is, by `cookie`) and follows these topics from now on or since `after`."""
        page = cls(live, cookie=cookie or signed_in(person))
        page.follow(*topics, after=head() if after == -1 else after)
        return page

    def follow(self, *topics: str, after: int | None) -> None:
        self.say({"follow": list(topics), **({} if after is None else {"after": after})})

    def say(self, message: object) -> None:
        self.socket.send(json.dumps(message))

    def hear(self, wanted: Wanted, *, within: float = 5) -> Frame:
        """The next frame that is wanted; those before it are kept in `told`."""
        limit = time.monotonic() + within
        while (left := limit - time.monotonic()) > 0:
            try:
                frame: Frame = json.loads(self.socket.recv(timeout=left))
            except TimeoutError:
                break
            self.told.append(frame)
            if wanted(frame):
                return frame
        raise AssertionError(f"not told within {within} s, but: {self.told}")

    def hear_change(self, number: int, *, kind: str = "", within: float = 5) -> Frame:
        return self.hear(lambda frame: frame.get("ticket") == number and kind in {"", frame["kind"]}, within=within)

    def hear_up_to(self, seq: int, *, within: float = 5) -> list[Frame]:
        """All frames until the page knows the ledger up to `seq`."""
        known = len(self.told)
        self.hear(lambda frame: frame.get("seq", 0) >= seq, within=within)
        return self.told[known:]

    def hear_closing(self, *, within: float = 5) -> int:
        """The code with which the desk closes."""
        limit = time.monotonic() + within
        try:
            while (left := limit - time.monotonic()) > 0:
                self.told.append(json.loads(self.socket.recv(timeout=left)))
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006
        except TimeoutError:
            pass
        raise AssertionError(f"not closed within {within} s")

    def leave(self) -> None:
        self.socket.close()
