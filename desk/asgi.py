"""ASGI: pages and API through Django, sockets through Channels. `make run` serves both; production may split them."""

import gc
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "desk.settings")

from django.core.asgi import get_asgi_application

pages = get_asgi_application()

from desk import starting  # noqa: E402

starting.check()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import WebsocketDenier  # noqa: E402
from django.urls import get_resolver, path, re_path  # noqa: E402

from desk.feed.consumers import Feed  # noqa: E402
from desk.uploads import bounded  # noqa: E402

# There is one address for sockets; all others are refused in the handshake. Who may open it is the consumer's to ask.
sockets = URLRouter([path("ws/feed/", Feed.as_asgi()), re_path("", WebsocketDenier.as_asgi())])
application = ProtocolTypeRouter({"http": bounded(pages), "websocket": sockets})

# What was loaded up to here stays for good. A full collection would go through all of it, time and again, and hold up every
# page and socket for a tenth of a second and more.
get_resolver().url_patterns  # noqa: B018 - loads all views
gc.collect()
gc.freeze()
