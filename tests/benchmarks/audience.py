"""Many sockets that only count: their own work must not be what is measured."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import time
from collections.abc import Sequence
from typing import cast


class Listener(asyncio.Protocol):
    """One websocket without a library: shakes hands, and notes when each change arrived.

    A change is a text frame of more than `LEAST` bytes; counts and cursors are shorter.
    """

    LEAST = 700

    def __init__(self, port: int, *, cookie: str, says: object) -> None:
        self._port, self._cookie, self._says = port, cookie, says
        self._open = asyncio.get_running_loop().create_future()
        self._buffer = b""
        self.arrivals: list[float] = []
        self.last = b""

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
        self._buffer += data
        if not self._open.done():
            head, found, rest = self._buffer.partition(b"\r\n\r\n")
            if not found:
                return
            assert b" 101 " in head, head
            self._buffer = rest
            self._open.set_result(None)
            self.say(self._says)
        self._take(now)

    def say(self, message: object) -> None:
        text = json.dumps(message).encode()
        # A mask of zeros is a mask, and leaves the text as it is (RFC 6455, 5.3).
        self.transport.write(bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text)

    async def opened(self) -> None:
        async with asyncio.timeout(10):
            await self._open

    def _take(self, now: float) -> None:
        buffer, at = self._buffer, 0
        while len(buffer) - at >= 2:
            length, start = buffer[at + 1], at + 2
            if length == 126:
                length, start = int.from_bytes(buffer[at + 2 : at + 4]), at + 4
            elif length == 127:
                length, start = int.from_bytes(buffer[at + 2 : at + 10]), at + 10
            if len(buffer) < start + length:
                break
            if length > self.LEAST:
                self.arrivals.append(now)
                self.last = buffer[start : start + length]
            at = start + length
        self._buffer = buffer[at:]


class Audience:
    """All sockets of one server."""

    def __init__(self, listeners: Sequence[Listener]) -> None:
        self.listeners = listeners

    @classmethod
    async def gather(cls, port: int, *, cookies: Sequence[str], many: int, says: object) -> Audience:
        """Open `many` sockets, signed in by these cookies in turn; each says one thing when it is open."""
        loop, listeners = asyncio.get_running_loop(), []
        for number in range(many):
            cookie = cookies[number % len(cookies)]
            _, listener = await loop.create_connection(
                lambda cookie=cookie: Listener(port, cookie=cookie, says=says), "127.0.0.1", port
            )
            await listener.opened()
            listeners.append(listener)
        return cls(listeners)

    def forget(self) -> None:
        for listener in self.listeners:
            listener.arrivals.clear()

    async def all_told(self, changes: int, *, within: float = 30) -> list[float]:
        """When each of so many changes reached each socket, once all have."""
        limit = time.perf_counter() + within
        while any(len(listener.arrivals) < changes for listener in self.listeners):
            assert time.perf_counter() < limit, sorted({len(listener.arrivals) for listener in self.listeners})
            await asyncio.sleep(0.02)
        return [arrival for listener in self.listeners for arrival in listener.arrivals]

    def leave(self) -> None:
        for listener in self.listeners:
            listener.transport.close()
