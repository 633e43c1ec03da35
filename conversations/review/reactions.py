"""A message, an opt-out, a wish for a person or a stop while a reply waits: it is taken back, and its text is kept."""

from __future__ import annotations

from contextlib import suppress

from conversations.drafting.gate import barred
from conversations.drafting.models import Draft, Stop
from conversations.drafting.queries import under
from conversations.review.actions.take_back import take_back, waiting_decisions
from conversations.review.models import Decision
from conversations.tickets.actions.sendings import NotWaiting
from desk.actions import SYSTEM, reacts_to
from desk.ledger.append import Record


def _take_back(decision: Decision, because: str) -> None:
    # The worker was first: the reply is on its way, and nothing can be taken back.
    with suppress(NotWaiting):
        take_back(decision, because=because, by=SYSTEM)


@reacts_to("message.received")
def customer_wrote(what: Record) -> None:
    if not what.about["automatic"]:
        for decision in waiting_decisions(ticket=what.about["ticket"]):
            _take_back(decision, "customer_wrote")


@reacts_to("customer.consent_set")
def opted_out(what: Record) -> None:
    """Replies that a model had a part in; a person's own words may go."""
    customer = what.about["customer"]
    if customer.ai_consent is False:
        for decision in waiting_decisions(ticket__customer=customer):
            if decision.draft_id or decision.message.disclosure_kind != "person":
                _take_back(decision, "opted_out")


@reacts_to("ticket.kept_for_people")
def kept_for_people(what: Record) -> None:
    ticket = what.about["ticket"]
    for decision in waiting_decisions(ticket=ticket):
        if decision.draft_id or decision.message.disclosure_kind != "person":
            _take_back(decision, ticket.kept_for_people)


@reacts_to("sending.deferred")
def deferred(what: Record) -> None:
    """A reply that was already on its way waits again: what came in between counts now as if it had waited all along."""
    decision = (
        Decision.objects.filter(sending__pk=what.subject.partition(":")[2])
        .select_related("ticket__last_inbound")
        .first()
    )
    if decision is None:
        return
    last = decision.ticket.last_inbound
    if last is not None and last.created_at > decision.created_at:
        _take_back(decision, "customer_wrote")
    elif decision.draft_id and (because := barred(decision.ticket_id, None)):
        _take_back(decision, because)


@reacts_to("drafting.stopped")
def stopped(what: Record) -> None:
    stop: Stop = what.about["stop"]
    drafts = Draft.objects.filter(under(stop), state__in=["approved", "edited"])
    for decision in waiting_decisions(draft__in=drafts):
        _take_back(decision, "stopped")
