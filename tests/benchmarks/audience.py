"""Many sockets that only note what comes, in a process of their own: their work must not be what is measured."""

from __future__ import annotations

import asyncio
import base64
import json
import multiprocessing
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any, cast

import uvloop

AT_A_TIME = 50  # connections that are being opened
QUIET = 0.06  # seconds without a byte, after which what came is looked at


class Listener(asyncio.Protocol):
    """One websocket without a library: shakes hands, and keeps what comes with the time at which it came."""

    def __init__(self, port: int, *, cookie: str, says: object, heard: _Heard) -> None:
        self._port, self._cookie, self._says, self._all = port, cookie, says, heard
        self._open = asyncio.get_running_loop().create_future()
        self._buffer = b""
        self.chunks: list[tuple[float, bytes]] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [
            "GET /ws/feed/ HTTP/1.1",
            f"Host: 127.0.0.1:{self._port}",
            f"Origin: http://127.0.0.1:{self._port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
            f"Cookie: {self._cookie}",
        ]
        transport.write(("\r\n".join(lines) + "\r\n\r\n").encode())

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        self._all.last = now
        if self._open.done():
            self.chunks.append((now, data))
            return
        self._buffer += data
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if found:
            assert b" 101 " in head, head
            self._buffer = b""
            self._open.set_result(None)
            if self._says:
                self._say(self._says)
            if rest:
                self.chunks.append((now, rest))

    def _say(self, message: object) -> None:
        text = json.dumps(message).encode()
        assert len(text) < 126
        # A mask of zeros is a mask, and leaves the text as it is (RFC 6455, 5.3).
        self.transport.write(bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text)

    async def opened(self) -> None:
        async with asyncio.timeout(10):
            await self._open

    def messages(self) -> list[tuple[float, bytes]]:
        """What has come since the last question, message by message."""
        found = []
        for now, data in self.chunks:
            buffer, at = self._buffer + data, 0
            while len(buffer) - at >= 2:
                length, start = buffer[at + 1], at + 2
                if length == 126:
                    length, start = int.from_bytes(buffer[at + 2 : at + 4]), at + 4
                elif length == 127:
                    length, start = int.from_bytes(buffer[at + 2 : at + 10]), at + 10
                if len(buffer) < start + length:
                    break
                if buffer[at] == 0x89:  # a ping, which may wait this long, wants its pong
                    self.transport.write(bytes([0x8A, 0x80 | length, 0, 0, 0, 0]) + buffer[start : start + length])
                else:
                    found.append((now, buffer[start : start + length]))
                at = start + length
            self._buffer = buffer[at:]
        self.chunks.clear()
        return found


@dataclass
class _Heard:
    """Of one process: when any of its sockets was last told anything."""

    last: float = 0.0
    listeners: list[Listener] = field(default_factory=list)

    async def open(self, port: int, cookies: Sequence[str], many: int, says: object) -> float:
        """Open so many sockets, signed in by these cookies in turn; returns the seconds until the last was open."""
        loop, gate, began = asyncio.get_running_loop(), asyncio.Semaphore(AT_A_TIME), time.perf_counter()

        async def one(number: int) -> None:
            cookie = cookies[number % len(cookies)]
            async with gate:
                _, listener = await loop.create_connection(
                    lambda: Listener(port, cookie=cookie, says=says, heard=self), "127.0.0.1", port
                )
                await listener.opened()
            self.listeners.append(listener)

        await asyncio.gather(*(one(number) for number in range(many)))
        return time.perf_counter() - began

    async def told(self, changes: int, within: float) -> tuple[list[list[float]], bytes]:
        """For each socket, when each of so many changes had come, once all have; and what the last one said."""
        limit, last = time.perf_counter() + within, b""
        arrivals: list[list[float]] = [[] for _ in self.listeners]
        while any(len(each) < changes for each in arrivals):
            assert time.perf_counter() < limit, sorted({len(each) for each in arrivals})
            await asyncio.sleep(QUIET)
            if time.perf_counter() - self.last < QUIET:
                continue
            for listener, each in zip(self.listeners, arrivals, strict=True):
                for now, message in listener.messages():
                    if b'"row":' in message:
                        each.append(now)
                        last = message
        return arrivals, last

    def forget(self) -> None:
        for listener in self.listeners:
            listener.messages()


class Audience:
    """All sockets of one server."""

    def __init__(self, port: int, *, cookies: Sequence[str] = ("",), says: object = None) -> None:
        self._asks = (port, list(cookies), says)
        there = multiprocessing.get_context("spawn")
        self._pipe, theirs = there.Pipe()
        self._process = there.Process(target=_listen, args=(theirs,), daemon=True)
        self._process.start()

    def open(self, many: int) -> float:
        """Open so many more sockets; returns how many were opened in a second."""
        port, cookies, says = self._asks
        return many / float(self._ask("open", port, cookies, many, says))

    def forget(self) -> None:
        self._ask("forget")

    def told(self, changes: int, *, within: float = 30) -> tuple[list[list[float]], bytes]:
        found: tuple[list[list[float]], bytes] = self._ask("told", changes, within)
        return found

    def leave(self) -> None:
        self._process.kill()
        self._process.join()

    def _ask(self, *what: Any) -> Any:
        self._pipe.send(what)
        return self._pipe.recv()


def _listen(pipe: Connection) -> None:
    uvloop.run(_answer(pipe))


async def _answer(pipe: Connection) -> None:
    heard, loop = _Heard(), asyncio.get_running_loop()
    while True:
        name, *given = await loop.run_in_executor(None, pipe.recv)
        found = getattr(heard, name)(*given)
        pipe.send(await found if asyncio.iscoroutine(found) else found)
