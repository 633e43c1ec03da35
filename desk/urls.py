"""Every address of the desk, by room."""

from __future__ import annotations

from django.urls import include, path

from desk import views

urlpatterns = [
    path("health/live", views.live, name="health_live"),
    path("health/ready", views.ready, name="health_ready"),
    path("metrics", views.metrics, name="metrics"),
]

handler400 = "desk.views.bad_request"
handler403 = "desk.views.permission_denied"
handler404 = "desk.views.not_found"
handler500 = "desk.views.failed"
