"""The customers' pages at their address, while the rest of the desk is put together."""

from __future__ import annotations

from django.urls import include, path

from conversations.portal.views import help_centre, start

urlpatterns = [
    path("", help_centre),
    path("start/", start),
    path("accounts/", include("allauth.account.urls")),
    path("help/", include("conversations.portal.urls")),
    path("", include("conversations.mailroom.urls")),
]
handler400 = "desk.views.bad_request"
handler403 = "desk.views.permission_denied"
handler404 = "desk.views.not_found"
handler500 = "desk.views.failed"
