"""Every address of the desk, by room."""

from __future__ import annotations

from allauth.account import views as account
from django.urls import include, path

from desk import views

urlpatterns = [
    path("health/live", views.live, name="health_live"),
    path("health/ready", views.ready, name="health_ready"),
    path("metrics", views.metrics, name="metrics"),
    path("accounts/login/", account.login, name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    # Closed: administrators add people. The names must exist for django-allauth.
    path("accounts/signup/", account.signup, name="account_signup"),
    path("accounts/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("", include("accounts.urls")),
    path("", include("conversations.urls")),
]

handler400 = "desk.views.bad_request"
handler403 = "desk.views.permission_denied"
handler404 = "desk.views.not_found"
handler500 = "desk.views.failed"
