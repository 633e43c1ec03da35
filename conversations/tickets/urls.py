"""Addresses of the queue and of customers."""

from django.urls import path

from conversations.tickets import views, work_views

urlpatterns = [
    path("queue/", views.queue, name="todo"),
    path("queue/<slug:view>/", views.queue, name="queue"),
    path("queue/<slug:view>/rows/", views.rows, name="rows"),
    path("tickets/set/", work_views.bulk, name="bulk"),
    path("tickets/set/undo/", work_views.bulk_undo, name="bulk_undo"),
    path("customers/<uuid:customer_id>/", views.customer, name="customer"),
    path("customers/<uuid:customer_id>/consent/", views.consent, name="consent"),
]
