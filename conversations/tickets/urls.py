"""Addresses of the queue and of customers."""

from django.urls import path

from conversations.tickets import bulk_views, customer_views, merge_views, saved_views, views, work_views

urlpatterns = [
    path("queue/", views.queue, name="todo"),
    path("queue/views/", saved_views.index, name="saved_views"),
    path("queue/views/save/", saved_views.save, name="save_view"),
    path("queue/views/counts/", saved_views.counts, name="saved_counts"),
    path("queue/views/<int:key>/", saved_views.change, name="saved_view"),
    path("queue/bulk/<int:key>/", bulk_views.show, name="bulk_job"),
    path("queue/bulk/<int:key>/progress/", bulk_views.progress, name="bulk_progress"),
    path("queue/bulk/<int:key>/stop/", bulk_views.stop, name="bulk_stop"),
    path("queue/bulk/<int:key>/undo/", bulk_views.undo, name="bulk_take_back"),
    path("queue/<slug:view>/", views.queue, name="queue"),
    path("queue/<slug:view>/rows/", views.rows, name="rows"),
    path("tickets/set/", work_views.bulk, name="bulk"),
    path("tickets/set/undo/", work_views.bulk_undo, name="bulk_undo"),
    path("tickets/<int:number>/merge/", merge_views.merge, name="merge"),
    path("tickets/<int:number>/unmerge/", merge_views.unmerge, name="unmerge"),
    path("messages/<int:message_id>/split/", merge_views.split, name="split"),
    path("customers/<uuid:customer_id>/", customer_views.customer, name="customer"),
    path("customers/<uuid:customer_id>/consent/", customer_views.consent, name="consent"),
]
