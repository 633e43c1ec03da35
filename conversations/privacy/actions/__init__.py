"""Every write about customers' choices and data; here is the index, each subject has its file."""

from conversations.privacy.actions.choices import allow, answer_at_first_contact, ask_for_person, opt_out
from conversations.privacy.actions.erasure import (
    AlreadyRequested,
    HasBegun,
    NotDue,
    cancel_erasure,
    erase_ticket,
    finish_erasure,
    request_erasure,
    take_back_erasure,
)
from conversations.privacy.actions.export import export_customer
from conversations.privacy.actions.holds import LONGEST_HOLD, approve_hold, end_hold, place_hold
from conversations.tickets.actions.customers import AlreadyErased

__all__ = [
    "LONGEST_HOLD",
    "AlreadyErased",
    "AlreadyRequested",
    "HasBegun",
    "NotDue",
    "allow",
    "answer_at_first_contact",
    "approve_hold",
    "ask_for_person",
    "cancel_erasure",
    "end_hold",
    "erase_ticket",
    "export_customer",
    "finish_erasure",
    "opt_out",
    "place_hold",
    "request_erasure",
    "take_back_erasure",
]
