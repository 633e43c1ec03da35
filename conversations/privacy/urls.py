"""Addresses of the pages about customers' data."""

from django.urls import path

from conversations.privacy import views

urlpatterns = [
    path("privacy/requests/", views.requests, name="privacy_requests"),
    path("privacy/requests/<int:erasure_id>/cancel/", views.cancel, name="erasure_cancel"),
    path("privacy/requests/<int:erasure_id>/again/", views.try_again, name="erasure_again"),
    path("privacy/customers/<uuid:customer_id>/", views.customer_data, name="customer_data"),
    path("privacy/customers/<uuid:customer_id>/erase/", views.erase, name="customer_erase"),
    path("privacy/customers/<uuid:customer_id>/hold/", views.hold, name="hold_place"),
    path("privacy/holds/<int:hold_id>/approve/", views.approve, name="hold_approve"),
    path("privacy/holds/<int:hold_id>/end/", views.end, name="hold_end"),
]
