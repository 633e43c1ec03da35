"""Every decision of people; here is the index, each subject has its file."""

from conversations.review.actions.concerns import raise_concern, settle_concern
from conversations.review.actions.decide import Edit, Rejection, approve, edit, reject
from conversations.review.actions.export import export_evidence
from conversations.review.actions.seen import Seen, set_aside
from conversations.review.actions.take_back import take_back, undo
from conversations.review.actions.write import ask_for_draft, escalate, write_reply

__all__ = [
    "Edit",
    "Rejection",
    "Seen",
    "approve",
    "ask_for_draft",
    "edit",
    "escalate",
    "export_evidence",
    "raise_concern",
    "reject",
    "set_aside",
    "settle_concern",
    "take_back",
    "undo",
    "write_reply",
]
