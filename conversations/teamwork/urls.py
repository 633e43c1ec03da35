"""Addresses of working together."""

from django.urls import path

from conversations.teamwork import views

urlpatterns = [
    path("tickets/<int:number>/unsent/", views.keep_unsent, name="unsent"),
    path("tickets/<int:number>/claim/", views.claim, name="claim"),
    path("tickets/<int:number>/let-go/", views.let_go, name="let_go"),
    path("tickets/<int:number>/following/", views.following, name="following"),
    path("tickets/<int:number>/colleagues/", views.suggested, name="colleagues"),
    path("notices/", views.notices_page, name="notices"),
    path("notices/seen/", views.seen, name="notices_seen"),
]
