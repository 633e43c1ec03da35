"""Addresses of what a person settles for themselves."""

from __future__ import annotations

from django.urls import path

from accounts import people_views, views

app_name = "accounts"
urlpatterns = [
    path("settings/preferences/", views.preferences, name="preferences"),
    path("settings/languages/", people_views.own_languages, name="own_languages"),
    path("settings/people/", people_views.people, name="people"),
    path("settings/people/<uuid:person_id>/languages/", people_views.languages_of, name="languages_of"),
    path("settings/people/<uuid:person_id>/access/", people_views.access_of, name="access_of"),
    path("settings/people/<uuid:person_id>/erase/", people_views.erase, name="erase_person"),
    path("settings/tokens/", views.tokens, name="tokens"),
    path("settings/tokens/<uuid:token_id>/revoke/", views.revoke, name="revoke_token"),
]
