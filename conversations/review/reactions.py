"""A message, an opt-out, a wish for a person or a stop while a reply waits: it is taken back, and its text is kept."""

from __future__ import annotations

from contextlib import suppress

from conversations.drafting.gate import barred
from conversations.drafting.models import Draft, Stop
from conversations.drafting.queries import under
from conversations.review.actions.take_back import give_up, take_back, waiting_decisions
from conversations.review.models import Decision
from conversations.tickets.actions.sendings import NotWaiting
from conversations.tickets.states import SendingState
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
            if _is_of_a_model(decision):
                _take_back(decision, "opted_out")


@reacts_to("customer.erasure_requested")
def restricted(what: Record) -> None:
    """The customer wants to be erased: no reply goes out any more, whoever wrote it."""
    for decision in waiting_decisions(ticket__customer=what.about["customer"]):
        _take_back(decision, "restricted")


@reacts_to("ticket.kept_for_people")
def kept_for_people(what: Record) -> None:
    ticket = what.about["ticket"]
    for decision in waiting_decisions(ticket=ticket):
        if _is_of_a_model(decision):
            _take_back(decision, ticket.kept_for_people)


@reacts_to("ticket.marked_spam")
def marked_spam(what: Record) -> None:
    for decision in waiting_decisions(ticket=what.about["ticket"]):
        _take_back(decision, "spam")


@reacts_to("ticket.merged")
def merged(what: Record) -> None:
    """The conversation goes on in another ticket, and so does what was decided here: nothing leaves from two places."""
    for decision in waiting_decisions(ticket=what.about["ticket"]):
        _take_back(decision, "merged")


@reacts_to("ticket.took_in")
def took_in(what: Record) -> None:
    """As if the customer had written: there is more to be answered than was on the screen."""
    if what.about["waits"]:
        for decision in waiting_decisions(ticket=what.about["ticket"]):
            _take_back(decision, "joined")


@reacts_to("sending.deferred")
def deferred(what: Record) -> None:
    """A reply that was already on its way waits again: what came in between counts as if it had waited all along."""
    _look_again(what)


@reacts_to("sending.resolved")
def resolved(what: Record) -> None:
    """A person wants a reply sent once more: not if the customer has written or chosen since. One given up is ended."""
    if what.about["sending"].state == SendingState.WITHDRAWN:
        decision = Decision.objects.filter(sending=what.about["sending"], standing=True).first()
        if decision is not None:
            give_up(decision, by=what.about["by"])
    else:
        _look_again(what)


def _look_again(what: Record) -> None:
    decision = (
        Decision.objects.filter(sending__pk=what.subject.partition(":")[2], sending__state=SendingState.QUEUED)
        .select_related("ticket__last_inbound", "draft", "message")
        .first()
    )
    if decision is None:
        return
    last = decision.ticket.last_inbound
    if decision.ticket.restricted:
        _take_back(decision, "restricted")
    elif last is not None and last.created_at > decision.created_at:
        _take_back(decision, "customer_wrote")
    elif _is_of_a_model(decision):
        closed = barred(decision.ticket_id, decision.draft.settings_id if decision.draft else None)
        if closed:
            _take_back(decision, closed)


def _is_of_a_model(decision: Decision) -> bool:
    """Whether a model had a part in the words, also when a person pasted them."""
    return decision.draft_id is not None or (
        decision.message is not None and decision.message.disclosure_kind != "person"
    )


@reacts_to("policy.changed")
def policy_changed(what: Record) -> None:
    if what.about["policy"].ai_consent == "consent":
        for decision in waiting_decisions(ticket__customer__ai_consent=None):
            if _is_of_a_model(decision):
                _take_back(decision, "not_asked")


@reacts_to("drafting.stopped")
def stopped(what: Record) -> None:
    stop: Stop = what.about["stop"]
    drafts = Draft.objects.filter(under(stop), state__in=["approved", "edited"])
    for decision in waiting_decisions(draft__in=drafts):
        _take_back(decision, "stopped")
