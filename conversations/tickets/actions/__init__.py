"""Every write to customers, tickets, messages and sendings; here is the index, each subject has its file."""

from conversations.tickets.actions.clock import NotDue, mark_breaching, wake
from conversations.tickets.actions.customers import change_customer, find_or_add_customer, set_consent, set_policy
from conversations.tickets.actions.intake import Opening, open_ticket, receive_message
from conversations.tickets.actions.sendings import (
    begin_sending,
    defer_sending,
    finish_sending,
    post,
    post_notice,
    resolve_sending,
    withdraw_sending,
)
from conversations.tickets.actions.work import (
    add_note,
    answered,
    assign,
    keep_for_people,
    lock_ticket,
    lock_with_customer,
    release_to_model,
    set_lane,
    set_priority,
    set_status,
    set_tags,
    set_team,
    snooze,
)

__all__ = [
    "NotDue",
    "Opening",
    "add_note",
    "answered",
    "assign",
    "begin_sending",
    "change_customer",
    "defer_sending",
    "find_or_add_customer",
    "finish_sending",
    "keep_for_people",
    "lock_ticket",
    "lock_with_customer",
    "mark_breaching",
    "open_ticket",
    "post",
    "post_notice",
    "receive_message",
    "release_to_model",
    "resolve_sending",
    "set_consent",
    "set_lane",
    "set_policy",
    "set_priority",
    "set_status",
    "set_tags",
    "set_team",
    "snooze",
    "wake",
    "withdraw_sending",
]
