"""The first and the last step to a page: its handshake is read once, and frames that were made once are written as they are.

uvicorn is started with `--ws desk.feed.wire:Protocol`. Under any other server, frames go the common way of ASGI, which
makes each of them anew for every socket and costs a turn of the event loop for each.
"""

from __future__ import annotations

import logging
import re
from base64 import b64encode
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from hashlib import sha1
from typing import Any
from typing import Protocol as Shape
from urllib.parse import unquote

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request
from websockets.protocol import State

from desk.feed.frames import Frame

EXTENSION = "countersign.wire"

# Of each socket that opens and closes, uvicorn and its library would write lines.
_quiet = logging.getLogger("uvicorn.error.sockets")
_quiet.setLevel(logging.WARNING)

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3
_KEY = re.compile(rb"[A-Za-z0-9+/]{22}==")  # 16 bytes in base64 (4.1)
_ACCEPTED = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %b\r\n"
)

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Wire(Shape):
    """What a socket writes to."""

    free: bool
    """Whether the other side takes what is put; what is put all the same waits in memory."""

    def put(self, frames: Sequence[Frame]) -> None:
        """Hand over these frames, in this order, after everything that was put before."""

    async def drained(self) -> None:
        """Return when the other side has taken enough to be `free`. Raises OSError when it is gone."""


class Protocol(WebSocketsSansIOProtocol):
    """uvicorn's own, which also takes whole frames.

    By the time a socket begins, uvicorn has read its request, and writes it out for its library to read again. A handshake
    as browsers make it (RFC 6455, 4.1) is taken as it was read; of any other the library has to say what is wrong with it.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.logger = self.conn.logger = _quiet
        self._http: HttpToolsProtocol | None = None
        self.free = True
        self._key: bytes | None = None  # while a handshake of which the library knows nothing is unanswered

    def connection_made(self, transport: Any) -> None:
        before = transport.get_protocol()
        if not isinstance(before, HttpToolsProtocol):
            super().connection_made(transport)
            return
        self._http, self.transport = before, transport
        self.connections.add(self)
        self.server, self.client = before.server, before.client
        self.scheme = "wss" if before.scheme == "https" else "ws"

    def data_received(self, data: bytes) -> None:
        http, self._http = self._http, None
        if http is None or not self._begun(http):
            super().data_received(data)

    def _begun(self, http: HttpToolsProtocol) -> bool:
        """Begin the socket that this request asks for, if there is nothing unusual in it."""
        headers, said = http.scope["headers"], dict(http.scope["headers"])
        key = said.get(b"sec-websocket-key", b"")
        unusual = said.keys() & {b"sec-websocket-protocol", b"content-length", b"transfer-encoding"}
        if (
            unusual
            or len(said) < len(list(headers))
            or not _KEY.fullmatch(key)
            or said.get(b"sec-websocket-version") != b"13"
            or http.scope["method"] != "GET"
            or http.scope["http_version"] != "1.1"
            or not (http.url.startswith(b"/") and http.url.isascii())
            or self.config.ws_per_message_deflate
        ):
            return False
        raw_path, _, query = http.url.partition(b"?")
        self._key = key
        self._read_frames()
        self.handshake_initiated = True
        self.scope = {
            "type": "websocket",
            "asgi": {"version": self.asgi_version, "spec_version": "2.4"},
            "http_version": "1.1",
            "scheme": self.scheme,
            "server": self.server,
            "client": self.client,
            "root_path": self.root_path,
            "path": self.root_path + unquote(raw_path.decode()),
            "raw_path": self.root_path.encode() + raw_path,
            "query_string": query,
            "headers": headers,
            "subprotocols": [],
            "state": self.app_state.copy(),
            "extensions": {"websocket.http.response": {}, EXTENSION: self},  # type: ignore[dict-item]
        }
        self.queue.put_nowait({"type": "websocket.connect"})
        task = self.loop.create_task(self.run_asgi())
        task.add_done_callback(self.on_task_complete)
        self.tasks.add(task)
        return True

    def _read_frames(self) -> None:
        """Have the library read on behind the request; it chooses what to read by the state."""
        self.conn.state = State.OPEN
        self.conn.parser = self.conn.parse()
        next(self.conn.parser)
        self.conn.state = State.CONNECTING

    async def send(self, message: Any) -> None:
        if self._key is None or message["type"] != "websocket.accept":
            await super().send(message)
            return
        if self.disconnected:
            raise ClientDisconnected
        accept = b64encode(sha1(self._key + _GUID, usedforsecurity=False).digest())
        self._key = None
        headers = [*self.default_headers, *message.get("headers", ())]
        if subprotocol := message.get("subprotocol"):
            headers.append((b"sec-websocket-protocol", subprotocol.encode()))
        if not self.transport.is_closing():
            self.handshake_complete, self.conn.state = True, State.OPEN
            self.transport.write(b"".join([_ACCEPTED % accept, *(b"%b: %b\r\n" % each for each in headers), b"\r\n"]))
            self.start_keepalive()

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if not self.handshake_complete:  # it was not refused
            extensions: Any = self.scope["extensions"]
            extensions[EXTENSION] = self

    def pause_writing(self) -> None:
        super().pause_writing()
        self.free = False

    def resume_writing(self) -> None:
        super().resume_writing()
        self.free = True

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.free = True  # whoever waits for it shall see

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
        self.free = True

    def put(self, frames: Sequence[Frame]) -> None:
        self._waiting += frames
        self.free = not self._waiting

    async def drained(self) -> None:
        while self._waiting:
            await self._send({"type": "websocket.send", "text": self._waiting[0].text})
            del self._waiting[0]
        self.free = True


def wire_of(scope: MutableMapping[str, Any], send: Send) -> Wire:
    """The shortest way to the page of this connection."""
    found = scope.get("extensions", {}).get(EXTENSION)
    return found if isinstance(found, Protocol) else Plain(send)
