"""Every write to drafts, flags, receipts and stops; here is the index, each subject has its file."""

from conversations.drafting.actions.ends import quarantine, stale, supersede, withdraw
from conversations.drafting.actions.flags import reflag, set_severity
from conversations.drafting.actions.generate import Prepared, begin_draft, fail_draft, record_call, store_draft
from conversations.drafting.actions.patterns import add_pattern, end_pattern
from conversations.drafting.actions.reads import read_receipt
from conversations.drafting.actions.request import request_draft
from conversations.drafting.actions.retention import empty_receipts, keep_receipts
from conversations.drafting.actions.returns import answer_flag, bring_back, return_to_review
from conversations.drafting.actions.stops import resume_drafting, stop_drafting

__all__ = [
    "Prepared",
    "add_pattern",
    "answer_flag",
    "begin_draft",
    "bring_back",
    "empty_receipts",
    "end_pattern",
    "fail_draft",
    "keep_receipts",
    "quarantine",
    "read_receipt",
    "record_call",
    "reflag",
    "request_draft",
    "resume_drafting",
    "return_to_review",
    "set_severity",
    "stale",
    "stop_drafting",
    "store_draft",
    "supersede",
    "withdraw",
]
