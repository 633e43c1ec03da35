"""A small desk for the browser: real templates, static files, socket and Content-Security-Policy; no database."""

from __future__ import annotations

import asyncio
import json
import mimetypes
import socket
import threading
import time
from collections.abc import Callable
from email import message_from_bytes
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import uvicorn
from django.conf import settings

STATIC = Path(__file__).resolve().parents[2] / "static"
POLICY = "; ".join(
    f"{directive} {' '.join(sources)}" for directive, sources in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].items()
)
KEPT = (b"cache-control", b"max-age=3600")
Page = str | Callable[[], str]


class Line:
    """One open socket, as the server sees it."""

    def __init__(self, send: Callable[[dict[str, Any]], None]) -> None:
        self._send = send
        self.heard: list[dict[str, Any]] = []
        self.closed = False

    def say(self, frame: dict[str, Any]) -> None:
        self._send({"type": "websocket.send", "text": json.dumps(frame)})

    def close(self, code: int) -> None:
        self.closed = True
        self._send({"type": "websocket.close", "code": code})

    def heard_with(self, name: str) -> list[dict[str, Any]]:
        return [message for message in self.heard if name in message]


class Site:
    """Serves `pages` (path to HTML, or a function that makes it); keeps what was posted and every socket that came."""

    def __init__(self, url: str) -> None:
        # Pages with saved views ask for their counts.
        self.pages: dict[str, Page] = {"/queue/views/counts/": "{}"}
        self.posted: list[tuple[str, str]] = []
        self.lines: list[Line] = []
        self.slow_posts = 0.0
        self.answers_pings = True
        self.refuses_with: int | None = None
        self.url = url

    @property
    def line(self) -> Line:
        """The newest socket that has said what it follows."""
        wait_for(lambda: self.lines and self.lines[-1].heard_with("follow"))
        return self.lines[-1]

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await self._page(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._line(receive, send)

    async def _page(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        path, headers = scope["path"], [(b"content-security-policy", POLICY.encode())]
        if scope["method"] == "POST":
            body = b""
            while True:
                part = await receive()
                body += part.get("body", b"")
                if not part.get("more_body"):
                    break
            self.posted.append((path, said(scope, body)))
            await asyncio.sleep(self.slow_posts)
            headers.append((b"location", b"/done/"))
            return await answer(send, 303, b"", "text/plain", headers)
        if path.startswith("/static/"):
            content = (STATIC / path.removeprefix("/static/")).read_bytes()
            return await answer(
                send, 200, content, mimetypes.guess_type(path)[0] or "application/octet-stream", [*headers, KEPT]
            )
        page = self.pages.get(path)
        if page is None:
            return await answer(send, 404, b"nothing here", "text/plain", headers)
        html = page if isinstance(page, str) else page()
        return await answer(send, 200, html.encode(), "text/html; charset=utf-8", headers)

    async def _line(self, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        loop = asyncio.get_running_loop()
        line = Line(lambda message: asyncio.run_coroutine_threadsafe(send(message), loop).result(5) and None)
        self.lines.append(line)
        if self.refuses_with is not None:
            await send({"type": "websocket.close", "code": self.refuses_with})
            return
        while (message := await receive())["type"] == "websocket.receive":
            heard = json.loads(message["text"])
            line.heard.append(heard)
            if "ping" in heard and self.answers_pings:
                await send({"type": "websocket.send", "text": json.dumps({"pong": heard["ping"]})})
        line.closed = True


class Server:
    """Serves one site after another at one address, from which a browser has the static files already."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self._url = f"http://127.0.0.1:{port}"
        self._site = Site(self._url)
        config = uvicorn.Config(self, port=port, log_level="error", ws="websockets-sansio", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def __enter__(self) -> Server:
        self._thread.start()
        wait_for(lambda: self._server.started)
        return self

    def __exit__(self, *error: object) -> None:
        self._server.should_exit = self._server.force_exit = True
        self._thread.join(10)

    def new_site(self) -> Site:
        """Empty, and served from now on."""
        self._site = Site(self._url)
        return self._site

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        await self._site(scope, receive, send)


def said(scope: dict[str, Any], body: bytes) -> str:
    """What a form says, the same whether it may bring files or not; of a file its name."""
    kind = dict(scope["headers"]).get(b"content-type", b"")
    if not kind.startswith(b"multipart/"):
        return body.decode()
    form = message_from_bytes(b"Content-Type: " + kind + b"\r\n\r\n" + body)
    fields = [
        (part.get_param("name", header="content-disposition"), part.get_filename() or part.get_payload(decode=True))
        for part in form.walk()
        if not part.is_multipart()
    ]
    return urlencode(fields)  # type: ignore[arg-type]


async def answer(send: Any, status: int, body: bytes, kind: str, headers: list[tuple[bytes, bytes]]) -> None:
    headers = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode()), *headers]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def wait_for(condition: Callable[[], Any], *, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("It did not happen in time.")
        time.sleep(0.02)
