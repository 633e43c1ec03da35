"""ASGI: pages and API through Django, sockets through the feed. `make run` serves both; production may split them."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "desk.settings")

from django.core.asgi import get_asgi_application

pages = get_asgi_application()

from desk.feed.consumers import Receive, Scope, feed  # noqa: E402
from desk.feed.sockets import Send  # noqa: E402


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Route by protocol; there is one address for sockets, all others are refused in the handshake."""
    if scope["type"] == "http":
        await pages(scope, receive, send)  # type: ignore[arg-type]
    elif scope["type"] == "websocket":
        await (feed if scope["path"] == "/ws/feed/" else refuse)(scope, receive, send)
    elif scope["type"] == "lifespan":
        await live(receive, send)


async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
    """A closing before the acceptance: the server answers 403."""
    await receive()
    await send({"type": "websocket.close"})


async def live(receive: Receive, send: Send) -> None:
    """Nothing to start or stop: the feed's reader comes with the first socket and goes after the last."""
    while (await receive())["type"] == "lifespan.startup":
        await send({"type": "lifespan.startup.complete"})
    await send({"type": "lifespan.shutdown.complete"})
