"""Addresses of the rooms."""

from django.conf import settings
from django.urls import include, path

from conversations.portal.views import start

urlpatterns = [
    path("", start, name="start"),
    path("", include("conversations.tickets.urls")),
    path("", include("conversations.attachments.urls")),
    path("", include("conversations.teamwork.urls")),
    path("", include("conversations.review.urls")),
    path("", include("conversations.knowledge.urls")),
    path("", include("conversations.privacy.urls")),
    path("", include("conversations.oversight.urls")),
    path("", include("conversations.mailroom.urls")),
    path("help/", include("conversations.portal.urls")),
    path("api/", include("conversations.api_urls")),
]

if settings.DEMO:
    from conversations.demo.shop import order

    urlpatterns.append(path("demo/shop/orders/", order, name="demo_order"))
