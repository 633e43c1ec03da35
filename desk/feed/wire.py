"""The last step to a page: frames that were made once go into its connection as they are.

uvicorn is started with `--ws desk.feed.wire:Protocol`. Under any other server, frames go the common way of ASGI, which
makes each of them anew for every socket and costs a turn of the event loop for each.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any
from typing import Protocol as Shape

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

from desk.feed.frames import Frame

EXTENSION = "countersign.wire"

# Of each socket that opens and closes, uvicorn and its library would write lines.
_quiet = logging.getLogger("uvicorn.error.sockets")
_quiet.setLevel(logging.WARNING)

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Wire(Shape):
    """What a socket writes to."""

    @property
    def free(self) -> bool:
        """Whether the other side takes what is put; what is put all the same waits in memory."""

    def put(self, frames: Sequence[Frame]) -> None:
        """Hand over these frames, in this order, after everything that was put before."""

    async def drained(self) -> None:
        """Return when the other side has taken enough to be `free`. Raises OSError when it is gone."""


class Protocol(WebSocketsSansIOProtocol):
    """uvicorn's own, which also takes whole frames."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.logger = self.conn.logger = _quiet

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if not self.handshake_complete:  # it was not refused
            extensions: Any = self.scope["extensions"]
            extensions[EXTENSION] = self

    @property
    def free(self) -> bool:
        return self.writable.is_set()

    def put(self, frames: Sequence[Frame]) -> None:
        if not (self.close_sent or self.transport.is_closing()):
            self.transport.write(frames[0].wire if len(frames) == 1 else b"".join([frame.wire for frame in frames]))

    async def drained(self) -> None:
        await self.writable.wait()
        if self.disconnected:
            raise ConnectionResetError


class Plain:
    """A connection of which nothing is known but ASGI's `send`."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._waiting: list[Frame] = []

    @property
    def free(self) -> bool:
        return not self._waiting

    def put(self, frames: Sequence[Frame]) -> None:
        self._waiting += frames

    async def drained(self) -> None:
        while self._waiting:
            await self._send({"type": "websocket.send", "text": self._waiting[0].text})
            del self._waiting[0]


def wire_of(scope: MutableMapping[str, Any], send: Send) -> Wire:
    """The shortest way to the page of this connection."""
    found = scope.get("extensions", {}).get(EXTENSION)
    return found if isinstance(found, Protocol) else Plain(send)
