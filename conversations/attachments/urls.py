"""Addresses of files."""

from django.urls import path

from conversations.attachments import views

urlpatterns = [
    path("tickets/<int:number>/uploads/", views.upload, name="upload"),
    path("tickets/<int:number>/uploads/remove/", views.remove, name="remove_upload"),
    path("tickets/<int:number>/files/<int:attachment_id>/", views.download, name="file"),
    path("tickets/<int:number>/files/<int:attachment_id>/preview/", views.preview, name="file_preview"),
]
