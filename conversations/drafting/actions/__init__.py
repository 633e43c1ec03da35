"""Every write to drafts, flags, receipts and stops; here is the index, each subject has its file."""

from conversations.drafting.actions.activations import (
    activate,
    ask_activation,
    decline_activation,
    roll_back,
    told_auditors,
)
from conversations.drafting.actions.contracts import begin_contract, end_contract, set_limit
from conversations.drafting.actions.ends import quarantine, stale, supersede, withdraw
from conversations.drafting.actions.evaluations import (
    BeingEvaluated,
    Kept,
    ask_evaluation,
    cancel_evaluation,
    finish_evaluation,
    give_up_evaluation,
    keep_case,
    note_outcome,
    retire_case,
    take_cases,
)
from conversations.drafting.actions.flags import reflag, set_severity
from conversations.drafting.actions.generate import Prepared, begin_draft, fail_draft, record_call, store_draft
from conversations.drafting.actions.model_settings import (
    Wish,
    change_version,
    discard_version,
    finish_version,
    make_version,
)
from conversations.drafting.actions.outdated import outdate
from conversations.drafting.actions.patterns import add_pattern, end_pattern
from conversations.drafting.actions.reads import read_receipt
from conversations.drafting.actions.request import request_draft
from conversations.drafting.actions.retention import empty_receipts, keep_receipts
from conversations.drafting.actions.returns import answer_flag, bring_back, return_to_review
from conversations.drafting.actions.stops import resume_drafting, stop_drafting

__all__ = [
    "BeingEvaluated",
    "Kept",
    "Prepared",
    "Wish",
    "activate",
    "add_pattern",
    "answer_flag",
    "ask_activation",
    "ask_evaluation",
    "begin_contract",
    "begin_draft",
    "bring_back",
    "cancel_evaluation",
    "change_version",
    "decline_activation",
    "discard_version",
    "empty_receipts",
    "end_contract",
    "end_pattern",
    "fail_draft",
    "finish_evaluation",
    "finish_version",
    "give_up_evaluation",
    "keep_case",
    "keep_receipts",
    "make_version",
    "note_outcome",
    "outdate",
    "quarantine",
    "read_receipt",
    "record_call",
    "reflag",
    "request_draft",
    "resume_drafting",
    "retire_case",
    "return_to_review",
    "roll_back",
    "set_limit",
    "set_severity",
    "stale",
    "stop_drafting",
    "store_draft",
    "supersede",
    "take_cases",
    "told_auditors",
    "withdraw",
]
