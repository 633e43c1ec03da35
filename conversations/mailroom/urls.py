"""Addresses of the mailroom."""

from django.urls import path

from conversations.mailroom import views

urlpatterns = [
    path("demo/mail/", views.caught_mails, name="caught_mails"),
    path("demo/mail/<str:name>/", views.caught_mail, name="caught_mail"),
]
