"""ASGI: pages and API through Django, sockets through the feed. `make run` serves both; production may split them."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "desk.settings")

from django.core.asgi import get_asgi_application  # noqa: E402

pages = get_asgi_application()

from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import path  # noqa: E402

from desk.feed.consumers import Feed  # noqa: E402

application = ProtocolTypeRouter(
    {"http": pages, "websocket": AuthMiddlewareStack(URLRouter([path("ws/feed/", Feed.as_asgi())]))}
)
