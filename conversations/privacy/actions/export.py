"""Exports: reading everything that is kept of somebody is itself an act, with its entry."""

from __future__ import annotations

from typing import Any

from conversations.privacy.exporting import everything
from conversations.privacy.kinds import CustomerExported
from conversations.tickets.actions.customers import AlreadyErased, lock_customer
from conversations.tickets.models import Customer
from desk.actions import Actor, action, record


@action("customer.exported")
def export_customer(customer: Customer, *, by: Actor) -> dict[str, Any]:
    """Everything that is kept of a customer, as of one moment. Raises AlreadyErased. The door is the caller's to check."""
    locked = lock_customer(customer.pk)
    if locked.erased_at:
        raise AlreadyErased
    found = everything(locked)
    record(CustomerExported(tickets=len(found["tickets"])), by=by, subject=locked.ref)
    return found
