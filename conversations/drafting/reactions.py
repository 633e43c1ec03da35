"""What happens below that makes or unmakes drafts."""

from __future__ import annotations

from conversations.drafting.actions import request_draft, stale, withdraw
from conversations.drafting.models import Draft
from conversations.drafting.queries import decided_and_waiting
from conversations.drafting.states import OPEN
from desk.actions import SYSTEM, reacts_to
from desk.ledger.append import Record


@reacts_to("message.received")
def draft_for_message(what: Record) -> None:
    """The customer wrote: what was drafted before no longer fits, and a new draft is asked for.

    A reply that is decided and still waits is taken back into review instead; that is the review room's reaction.
    """
    if what.about["automatic"]:
        return
    ticket = what.about["ticket"]
    for draft in Draft.objects.filter(ticket=ticket, state__in=OPEN).exclude(last_message=ticket.last_inbound_id):
        stale(draft, because="customer_wrote", by=SYSTEM)
    if not decided_and_waiting(ticket.number).exists():
        request_draft(ticket, by=SYSTEM)


@reacts_to("customer.consent_set")
def withdraw_for_customer(what: Record) -> None:
    """The customer chose people: nothing of a model is offered for any of their tickets."""
    customer = what.about["customer"]
    if customer.ai_consent is False:
        for draft in Draft.objects.filter(ticket__customer=customer, state__in=OPEN).order_by("ticket_id"):
            withdraw(draft, because="opted_out", by=SYSTEM)


@reacts_to("ticket.kept_for_people")
def withdraw_for_ticket(what: Record) -> None:
    ticket = what.about["ticket"]
    for draft in Draft.objects.filter(ticket=ticket, state__in=OPEN):
        withdraw(draft, because=ticket.kept_for_people, by=SYSTEM)
