"""Addresses of articles and macros: keeping them, and what is offered in a ticket."""

from django.urls import path

from conversations.knowledge import article_views, lookup_views, views

urlpatterns = [
    path("settings/knowledge/", article_views.articles, name="articles"),
    path("settings/knowledge/new/", article_views.new_article, name="new_article"),
    path("settings/knowledge/import/", article_views.bring_in, name="import_articles"),
    path("settings/knowledge/<int:article_id>/", article_views.edit_article, name="article"),
    path("settings/knowledge/<int:article_id>/withdraw/", article_views.withdraw, name="withdraw_article"),
    path(
        "settings/knowledge/<int:article_id>/versions/<int:version>/",
        article_views.article_version,
        name="article_version",
    ),
    path("settings/lookups/", lookup_views.lookups, name="lookups"),
    path("settings/lookups/new/", lookup_views.new_lookup, name="new_lookup"),
    path("settings/lookups/<int:lookup_id>/", lookup_views.edit_lookup, name="lookup"),
    path("settings/macros/", views.macros, name="macros"),
    path("settings/macros/new/", views.new_macro, name="new_macro"),
    path("settings/macros/<int:macro_id>/", views.edit_macro, name="edit_macro"),
    path("settings/macros/<int:macro_id>/retire/", views.retire, name="retire_macro"),
    path("tickets/<int:number>/macros/", views.offered, name="offered_macros"),
    path("tickets/<int:number>/notes/<int:message_id>/usable/", views.note_usable, name="note_usable"),
]
