"""Addresses of the customers' pages, under /help/."""

from __future__ import annotations

from django.urls import path

from conversations.portal import ticket_views, views

app_name = "portal"

urlpatterns = [
    path("", views.help_centre, name="help"),
    path("new/", views.new_request, name="new"),
    path("thanks/", views.thanks, name="thanks"),
    path("trust/", views.trust, name="trust"),
    path("articles/<slug:slug>/", views.article, name="article"),
    path("t/<str:token>/", ticket_views.show, name="ticket"),
    path("t/<str:token>/write/", ticket_views.write, name="write"),
    path("t/<str:token>/files/<int:attachment_id>/", ticket_views.file, name="file"),
    path("t/<str:token>/files/<int:attachment_id>/preview/", ticket_views.file_preview, name="file_preview"),
    path("t/<str:token>/people-only/", ticket_views.people_only, name="people_only"),
    path("t/<str:token>/allow/", ticket_views.allow_again, name="allow"),
    path("t/<str:token>/person/", ticket_views.person, name="person"),
    path("t/<str:token>/wrong/<int:message_id>/", ticket_views.wrong, name="wrong"),
]
