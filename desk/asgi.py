"""ASGI: pages and API through Django, sockets through Channels. `make run` serves both; production may split them."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "desk.settings")

from django.core.asgi import get_asgi_application

pages = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import WebsocketDenier  # noqa: E402
from django.urls import path, re_path  # noqa: E402

from desk.feed.consumers import Feed  # noqa: E402
from desk.uploads import bounded  # noqa: E402

# There is one address for sockets; all others are refused in the handshake. Who may open it is the consumer's to ask.
sockets = URLRouter([path("ws/feed/", Feed.as_asgi()), re_path("", WebsocketDenier.as_asgi())])
application = ProtocolTypeRouter({"http": bounded(pages), "websocket": sockets})
