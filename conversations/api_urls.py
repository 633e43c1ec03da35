"""Addresses of the HTTP API, below /api/."""

from __future__ import annotations

from django.urls import path

from conversations.attachments.api import OneAttachment, Uploads
from conversations.drafting.api import Drafts, OneDraft
from conversations.oversight import ledger_api
from conversations.oversight.api import Entries, OneStop, Stops
from conversations.privacy.api import EraseCustomer, ExportCustomer
from conversations.review.api.decisions import Approve, EditDraft, Reject, Undo
from conversations.review.api.evidence import Evidence
from conversations.review.api.merging import Merging, Unmerging
from conversations.review.api.messages import Messages
from conversations.review.api.tickets import OneTicket, Tickets
from conversations.tickets.api import OneCustomer
from desk import api_pages

urlpatterns = [
    path("v1/tickets/", Tickets.as_view(), name="api_tickets"),
    path("v1/tickets/<int:number>/", OneTicket.as_view(), name="api_ticket"),
    path("v1/tickets/<int:number>/messages/", Messages.as_view(), name="api_messages"),
    path("v1/tickets/<int:number>/evidence/", Evidence.as_view(), name="api_evidence"),
    path("v1/tickets/<int:number>/merge/", Merging.as_view(), name="api_merge"),
    path("v1/tickets/<int:number>/unmerge/", Unmerging.as_view(), name="api_unmerge"),
    path("v1/tickets/<int:number>/attachments/<int:attachment_id>/", OneAttachment.as_view(), name="api_attachment"),
    path("v1/uploads/", Uploads.as_view(), name="api_uploads"),
    path("v1/customers/<uuid:customer_id>/", OneCustomer.as_view(), name="api_customer"),
    path("v1/customers/<uuid:customer_id>/erase/", EraseCustomer.as_view(), name="api_erase_customer"),
    path("v1/customers/<uuid:customer_id>/export/", ExportCustomer.as_view(), name="api_export_customer"),
    path("v1/drafts/", Drafts.as_view(), name="api_drafts"),
    path("v1/drafts/<int:draft_id>/", OneDraft.as_view(), name="api_draft"),
    path("v1/drafts/<int:draft_id>/approve/", Approve.as_view(), name="api_approve"),
    path("v1/drafts/<int:draft_id>/edit/", EditDraft.as_view(), name="api_edit"),
    path("v1/drafts/<int:draft_id>/reject/", Reject.as_view(), name="api_reject"),
    path("v1/drafts/<int:draft_id>/undo/", Undo.as_view(), name="api_undo"),
    path("v1/stops/", Stops.as_view(), name="api_stops"),
    path("v1/stops/<int:stop_id>/", OneStop.as_view(), name="api_stop"),
    path("v1/ledger/entries/", Entries.as_view(), name="api_entries"),
    path("v1/ledger/keys/", ledger_api.Keys.as_view(), name="api_ledger_keys"),
    path("v1/ledger/checkpoint/", ledger_api.LatestCheckpoint.as_view(), name="api_ledger_checkpoint"),
    path("v1/ledger/proof/", ledger_api.EntryProof.as_view(), name="api_ledger_proof"),
    path("v1/ledger/consistency/", ledger_api.Consistency.as_view(), name="api_ledger_consistency"),
    path("v1/ledger/cosignatures/", ledger_api.Cosignatures.as_view(), name="api_ledger_cosignatures"),
    path("v1/schema/", api_pages.schema, name="api_schema"),
    path("docs/", api_pages.docs, name="api_docs"),
]
