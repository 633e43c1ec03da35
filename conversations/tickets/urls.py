"""Addresses of the queue and of customers."""

from django.urls import path

from conversations.tickets import saved_views, views, work_views

urlpatterns = [
    path("queue/", views.queue, name="todo"),
    path("queue/views/", saved_views.index, name="saved_views"),
    path("queue/views/save/", saved_views.save, name="save_view"),
    path("queue/views/counts/", saved_views.counts, name="saved_counts"),
    path("queue/views/<int:key>/", saved_views.change, name="saved_view"),
    path("queue/<slug:view>/", views.queue, name="queue"),
    path("queue/<slug:view>/rows/", views.rows, name="rows"),
    path("tickets/set/", work_views.bulk, name="bulk"),
    path("tickets/set/undo/", work_views.bulk_undo, name="bulk_undo"),
    path("customers/<uuid:customer_id>/", views.customer, name="customer"),
    path("customers/<uuid:customer_id>/consent/", views.consent, name="consent"),
]
