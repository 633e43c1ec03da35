"""The floor of the fan-out: an asyncio loop that reads Redis pub/sub and writes what it gets to plain websockets.

`python -m tests.benchmarks.bare_feed PORT CHANNEL`; REDIS_URL says where. It knows no person, no right and no database.
BARE_WAY chooses between `broadcast` of the library, which is quicker, and one `send` after the other.
"""

from __future__ import annotations

import contextlib
import os
import sys

import redis.asyncio as redis
import uvloop
from websockets.asyncio.server import ServerConnection, broadcast, serve
from websockets.exceptions import ConnectionClosed

_sockets: set[ServerConnection] = set()


async def accept(socket: ServerConnection) -> None:
    _sockets.add(socket)
    try:
        with contextlib.suppress(ConnectionClosed):
            async for _ in socket:
                pass
    finally:
        _sockets.discard(socket)


async def main(port: int, channel: str, way: str) -> None:
    subscription = redis.Redis.from_url(os.environ["REDIS_URL"], socket_timeout=None).pubsub()
    await subscription.subscribe(channel)
    async with serve(accept, "127.0.0.1", port, compression=None):
        async for message in subscription.listen():
            if message["type"] != "message":
                continue
            text = message["data"].decode()
            if way == "broadcast":
                broadcast(_sockets, text)
            else:
                for socket in list(_sockets):
                    await socket.send(text)


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), sys.argv[2], os.environ.get("BARE_WAY", "broadcast")))
