"""Addresses of the ticket page and of decisions."""

from django.urls import path

from conversations.review import evidence, receipts, relied, sources, timeline_page, views

urlpatterns = [
    path("tickets/<int:number>/", views.ticket, name="ticket"),
    path("tickets/<int:number>/timeline/", timeline_page.timeline, name="ticket_history"),
    path("tickets/<int:number>/live/", views.live, name="ticket_live"),
    path("tickets/<int:number>/reply/", views.reply, name="reply"),
    path("tickets/<int:number>/note/", views.note, name="note"),
    path("tickets/<int:number>/draft/", views.draft_again, name="ask_for_draft"),
    path("tickets/<int:number>/drafts/", views.drafts_of, name="drafts_of"),
    path("tickets/<int:number>/receipts/", receipts.receipts_of, name="receipts_of"),
    path("tickets/<int:number>/evidence/", evidence.evidence, name="evidence"),
    path("tickets/<int:number>/escalate/", views.hand_up, name="escalate"),
    path("tickets/<int:number>/hand-over/", views.hand_over_ticket, name="hand_over"),
    path("tickets/<int:number>/status/", views.status, name="status"),
    path("tickets/<int:number>/set/", views.work, name="work"),
    path("tickets/<int:number>/release/", views.release, name="release"),
    path("tickets/<int:number>/jobs/retry/", views.retry_job, name="retry_jobs"),
    path("drafts/<int:draft_id>/approve/", views.approve_draft, name="approve"),
    path("drafts/<int:draft_id>/edit/", views.edit_draft, name="edit"),
    path("drafts/<int:draft_id>/reject/", views.reject_draft, name="reject"),
    path("drafts/<int:draft_id>/saw/", receipts.model_saw, name="model_saw"),
    path("drafts/<int:draft_id>/sources/<int:passage_id>/", sources.source, name="draft_source"),
    path("decisions/<int:decision_id>/undo/", views.take_back, name="undo"),
    path("sendings/<int:sending_id>/", views.resolve, name="resolve_sending"),
    path("settings/knowledge/<int:article_id>/replies/", relied.relied_on, name="relied_on"),
    path("concerns/<int:concern_id>/settle/", views.settle, name="settle_concern"),
]
