"""What comes and goes over Valkey: hints that wake the reader, and presence between processes.

All of it may get lost. Without Valkey the reader looks by itself every second, and presence is that of this process.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable

import redis.asyncio as valkey
import structlog
from django.conf import settings
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from desk import hints

log = structlog.get_logger(__name__)

CONNECT_WITHIN = 2.0  # seconds
QUIET = 5.0  # after this long without a message the server is asked whether it still lives
ANSWER_WITHIN = 2.0
AGAIN_AFTER = 0.5
SAY_WITHIN = 0.5


def presence_channel() -> str:
    """One for each installation: several may share a Valkey, and its channels know no database numbers."""
    name = f"{settings.SECRET_KEY}:{settings.DATABASES['default']['NAME']}"
    return f"countersign:presence:{hashlib.sha256(name.encode()).hexdigest()[:16]}"


class Listening:
    """A subscription that comes back by itself, and a mouth that never makes anybody wait."""

    def __init__(
        self, *, on_hint: Callable[[], None], on_presence: Callable[[str], None], on_return: Callable[[], None]
    ) -> None:
        self._on_hint, self._on_presence, self._on_return = on_hint, on_presence, on_return
        self._outgoing: asyncio.Queue[str] = asyncio.Queue(maxsize=200)
        self._presence = presence_channel()

    def say(self, message: str) -> None:
        """Tell the other processes; dropped when Valkey is away for longer."""
        if not self._outgoing.full():
            self._outgoing.put_nowait(message)

    async def hear(self) -> None:
        """Listen for good, whatever becomes of the server."""
        while True:
            client = _client(socket_timeout=None)
            try:
                await self._hear(client)
            except (RedisError, OSError, TimeoutError) as error:
                log.info("feed_without_hints", reason=type(error).__name__)
            finally:
                await _close(client)
            await asyncio.sleep(AGAIN_AFTER)

    async def speak(self) -> None:
        """Publish what was said, for good."""
        client = _client(socket_timeout=SAY_WITHIN)
        try:
            while True:
                message = await self._outgoing.get()
                try:
                    async with asyncio.timeout(SAY_WITHIN):
                        await client.publish(self._presence, message)
                except (RedisError, OSError, TimeoutError):
                    await _close(client)
                    client = _client(socket_timeout=SAY_WITHIN)
                    await asyncio.sleep(AGAIN_AFTER)
        finally:
            await _close(client)

    async def _hear(self, client: valkey.Redis) -> None:
        channel = client.pubsub()
        async with asyncio.timeout(CONNECT_WITHIN):
            await channel.subscribe(hints.CHANNEL, self._presence)
        self._on_return()
        asked = False
        while True:
            message = await channel.get_message(timeout=ANSWER_WITHIN if asked else QUIET)
            if message is None:
                if asked:
                    raise TimeoutError
                # A broker that hangs keeps its connections open: silence alone does not tell.
                async with asyncio.timeout(ANSWER_WITHIN):
                    await channel.ping()
                asked = True
                continue
            asked = False
            if message["type"] != "message":
                continue
            if message["channel"] == self._presence.encode():
                self._on_presence(message["data"].decode(errors="replace"))
            else:
                self._on_hint()


def _client(*, socket_timeout: float | None) -> valkey.Redis:
    # The time-out is named because redis-py's own, five seconds, cuts off a subscriber that merely hears nothing.
    return valkey.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=socket_timeout,
        socket_connect_timeout=CONNECT_WITHIN,
        retry=Retry(NoBackoff(), 0),
        health_check_interval=0,
    )


async def _close(client: valkey.Redis) -> None:
    try:
        async with asyncio.timeout(1):
            await client.aclose()
    except (RedisError, OSError, TimeoutError):
        log.debug("feed_connection_left")
