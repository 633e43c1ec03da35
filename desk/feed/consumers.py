"""`/ws/feed/`: lets the right ones in, hears what a page says, and keeps it within bounds.

    page   {"follow": ["queue:todo", "ticket:1042"], "after": 5120}   {"viewing": 1042}   {"typing": 1042}   {"ping": 7}
    desk   {"seq", "kind", "ticket", "in": [...], "gone": [...], "row"?, "key"?}   {"seq", "counts"?}
           {"resync": true, "seq"}   {"presence": {"ticket", "viewing": [...], "typing": [...]}}   {"pong": 7}

Names and close codes (`Closing`) are promises to programs outside. Presence is good for the page's life, typing for six
seconds.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import structlog
from channels.consumer import get_handler_name
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import DatabaseError
from django.http import parse_cookie
from django.http.request import validate_host

from desk.feed import frames, metrics, registry
from desk.feed.reader import Reader
from desk.feed.sockets import Closing, Socket
from desk.feed.wire import Send, Wire, wire_of

MOST_SOCKETS = 40  # of one person, in one process
PER_SECOND = 20  # messages of one page
BURST = 100
LONGEST = 8_192  # characters
MOST_TOPICS = 50
LARGEST = 2**63 - 1
ADMIT_WITHIN = 10.0  # seconds
GIVE_UP_CLOSING_AFTER = 60.0  # seconds

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
log = structlog.get_logger(__name__)


class Feed(AsyncWebsocketConsumer):  # type: ignore[misc]
    """One socket from its opening to its end.

    Frames do not come through a channel layer, which would decode and encode each for every socket: the socket reads the
    list that all sockets of this process share, and writes to its connection by itself.
    """

    socket: Socket | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope, self.base_send = scope, send
        try:
            # As Channels does it, but for what a socket has no use for: a second source of messages, which would take a
            # task for each, and a look at Django's connections in a thread.
            while True:
                message = await receive()
                await getattr(self, get_handler_name(message))(message)
        except StopConsumer:
            pass
        except asyncio.CancelledError:
            # `Socket.close` ends this task; anything else that does is the server's.
            task = asyncio.current_task()
            if self.socket is None or self.socket.closing is None or task is None:
                raise
            task.uncancel()
        except OSError:  # the page has gone
            return
        finally:
            if self.socket is not None:
                self.socket.leave()
        if self.socket is not None and self.socket.closing is not None:
            await _close(send, self.socket.closing)

    async def websocket_disconnect(self, message: Mapping[str, Any]) -> None:
        raise StopConsumer

    async def connect(self) -> None:
        admitted = await _admit(self.scope, wire_of(self.scope, self.base_send))
        if isinstance(admitted, Closing):
            # Accepted first: a refused handshake is a plain 403, whose reason no page gets to see.
            await self.accept()
            await _close(self.base_send, admitted)
            raise StopConsumer
        self.socket = admitted
        self.allowance, self.at = float(BURST), time.monotonic()
        admitted.reader.join(admitted)
        await self.accept()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.socket is None:
            return
        now = time.monotonic()
        self.allowance, self.at = min(BURST, self.allowance + (now - self.at) * PER_SECOND) - 1, now
        text = text_data or ""
        if self.allowance < 0:
            self.socket.closing = Closing.TOO_MANY
            raise StopConsumer
        if len(text) > LONGEST or len(bytes_data or b"") > LONGEST:
            self.socket.closing = Closing.TOO_LONG
            raise StopConsumer
        try:
            said = json.loads(text)
        except (ValueError, RecursionError):
            return
        if isinstance(said, dict):
            await _hear(self.socket, said)


_LOOKED_AT = frozenset({b"origin", b"host", b"cookie"})  # ASGI has the names in small letters


async def _admit(scope: Scope, wire: Wire) -> Socket | Closing:
    headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"] if name in _LOOKED_AT}
    if not origin_allowed(headers) or not _peer_allowed(scope):
        return Closing.ORIGIN
    session = parse_cookie(headers.get("cookie", "")).get(settings.SESSION_COOKIE_NAME, "")
    return await _recognise(session, wire) if session else Closing.SIGNED_OUT


async def _recognise(session: str, wire: Wire) -> Socket | Closing:
    reader = Reader.here()
    viewer = reader.sessions.known(session) if reader.reading.is_set() else None
    try:
        if viewer is None:
            # In this order: rights that change once it is known who looks are heard of by reading on.
            async with asyncio.timeout(ADMIT_WITHIN):
                await reader.reading.wait()
                viewer = await reader.sessions.viewer(session)
    except (DatabaseError, TimeoutError) as error:
        log.warning("feed_cannot_admit", reason=type(error).__name__)
        return Closing.LATER
    if viewer is None:
        return Closing.SIGNED_OUT
    if reader.stopped:
        return Closing.LATER
    if reader.pages_of(viewer) >= MOST_SOCKETS:
        return Closing.TOO_MANY
    return Socket(reader=reader, viewer=viewer, session=session, wire=wire)


def origin_allowed(headers: Mapping[str, str]) -> bool:
    """Whether the page that opens the socket is one of ours: a host of ALLOWED_HOSTS, at the port that was asked.

    Browsers let any page open a socket anywhere and send the cookie along; `Origin` is what tells (RFC 6455, 10.2).
    """
    ours = (settings.PUBLIC_URL, tuple(settings.ALLOWED_HOSTS))
    return _is_ours(headers.get("origin", ""), headers.get("host", ""), *ours)


@lru_cache(maxsize=200)
def _is_ours(of_page: str, host: str, public_url: str, allowed: tuple[str, ...]) -> bool:
    """Looked at once: all pages of a desk come from the same few origins."""
    try:
        origin, asked = urlsplit(of_page), urlsplit(f"//{host}")
        ports = {asked.port, urlsplit(public_url).port, None, 80, 443}
        here = origin.hostname is not None and origin.port in ports and origin.scheme in {"http", "https"}
    except ValueError:
        return False
    name = f"[{origin.hostname}]" if ":" in (origin.hostname or "") else origin.hostname or ""
    return here and validate_host(name, allowed)


def _peer_allowed(scope: Scope) -> bool:
    peer = scope.get("client")
    return not settings.DEMO or bool(settings.ENV.is_loopback(peer[0] if peer else ""))


async def _hear(socket: Socket, said: Mapping[str, Any]) -> None:
    """What is not understood, and what is not there for this person, goes unanswered."""
    if isinstance(topics := said.get("follow"), list):
        after = said.get("after")
        known = [_topic(topic) for topic in topics[:MOST_TOPICS] if isinstance(topic, str)]
        after = after if _number(after) else None
        socket.follow([topic for topic in known if topic], after=after, language=_language(said.get("language")))
    if "viewing" in said:
        thread = await _seen(socket, said["viewing"])
        if thread or said["viewing"] is None:
            socket.reader.presence.view(socket, thread)
    if "typing" in said and (thread := await _seen(socket, said["typing"])):
        socket.reader.presence.type(socket, thread)
    if "ping" in said and (said["ping"] is None or _number(said["ping"])):
        socket.answer(frames.frame({"pong": said["ping"]}))


async def _seen(socket: Socket, number: object) -> str | None:
    """The thread of this number, if this person may see it."""
    if not _number(number):
        return None
    thread = f"{registry.noun}:{number}"
    try:
        await socket.reader.load([thread])
    except DatabaseError:
        return None
    row = socket.reader.rows.get(thread)
    return thread if row is not None and socket.viewer.sees(row.team) else None


def _topic(topic: str) -> str | None:
    """A topic as it is written here; None for what can be none."""
    noun, _, name = topic.partition(":")
    if noun == registry.noun:
        return f"{noun}:{int(name)}" if name.isascii() and name.isdigit() and len(name) < 20 else None
    return topic if topic in registry.lists else None


def _language(asked: object) -> str:
    """One that the desk speaks; its own for a page that did not say, or said another."""
    return asked if isinstance(asked, str) and asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST


async def _close(send: Send, why: Closing) -> None:
    metrics.closed.labels(str(int(why))).inc()
    try:
        async with asyncio.timeout(GIVE_UP_CLOSING_AFTER):
            await send({"type": "websocket.close", "code": int(why)})
    except (OSError, TimeoutError):
        return
