"""Addresses of macros: keeping them, and what is offered in a ticket."""

from django.urls import path

from conversations.knowledge import views

urlpatterns = [
    path("settings/macros/", views.macros, name="macros"),
    path("settings/macros/new/", views.new_macro, name="new_macro"),
    path("settings/macros/<int:macro_id>/", views.edit_macro, name="edit_macro"),
    path("settings/macros/<int:macro_id>/retire/", views.retire, name="retire_macro"),
    path("tickets/<int:number>/macros/", views.offered, name="offered_macros"),
]
