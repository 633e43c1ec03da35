"""ASGI: pages and API through Django, sockets through Channels. `make run` serves both; production may split them."""

import gc
import os

gc.disable()  # until all is loaded: nothing of it is garbage, and looking for some takes a fifth of the time
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "desk.settings")

from django.core.asgi import get_asgi_application  # noqa: E402

pages = get_asgi_application()

from desk import starting  # noqa: E402

starting.check()

from channels.routing import ProtocolTypeRouter  # noqa: E402
from channels.security.websocket import WebsocketDenier  # noqa: E402
from django.urls import get_resolver  # noqa: E402

from desk.feed.consumers import Feed, Receive, Scope  # noqa: E402
from desk.feed.wire import Send  # noqa: E402
from desk.uploads import bounded  # noqa: E402

feed, denier = Feed.as_asgi(), WebsocketDenier.as_asgi()


async def sockets(scope: Scope, receive: Receive, send: Send) -> None:
    """There is one address for sockets; all others are refused in the handshake. Who may open it is the consumer's to ask."""
    await (feed if scope["path"] == "/ws/feed/" else denier)(scope, receive, send)


application = ProtocolTypeRouter({"http": bounded(pages), "websocket": sockets})

get_resolver().url_patterns  # noqa: B018 - loads all views
starting.settle()
