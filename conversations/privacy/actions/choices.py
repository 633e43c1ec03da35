"""The customer's choices about models. The fact itself is kept in tickets; what it stops reacts to the entry."""

from __future__ import annotations

from conversations.tickets.actions import keep_for_people, lock_with_customer, set_consent, set_lane
from conversations.tickets.models import Customer, Ticket
from conversations.tickets.states import Lane, Why
from desk.actions import Actor, action


def opt_out(customer: Customer, *, source: str, by: Actor) -> Customer:
    """People only, from now on in every ticket of this customer (GDPR article 21). Said twice, written down once."""
    return _choose(customer, consent=False, source=source, by=by)


def allow(customer: Customer, *, source: str, by: Actor) -> Customer:
    """A model may draft for this customer again, in every ticket that is not kept for people for its own reason."""
    return _choose(customer, consent=True, source=source, by=by)


def _choose(customer: Customer, *, consent: bool, source: str, by: Actor) -> Customer:
    current = Customer.objects.get(pk=customer.pk)
    return current if current.ai_consent is consent else set_consent(current, consent=consent, source=source, by=by)


def answer_at_first_contact(ticket: Ticket, *, source: str, by: Actor) -> None:
    """Take a yes from a form that anybody can fill in: it counts for somebody who is new here and for nobody else.

    Inside the action that opened the ticket, which still holds the customer's row: no other ticket can slip in between.
    """
    customer = ticket.customer
    new_here = not Ticket.objects.filter(customer=customer).exclude(pk=ticket.pk).exists()
    if new_here and customer.ai_consent is None:
        set_consent(customer, consent=True, source=source, by=by)


@action("person.asked_for")
def ask_for_person(ticket: Ticket, *, by: Actor) -> Ticket:
    """No model for this ticket from now on (GDPR article 22(3)); one that waited for nothing waits for a person."""
    lock_with_customer(ticket.number)
    keep_for_people(ticket, Why.ASKED_FOR_PERSON, by=by)
    locked = lock_with_customer(ticket.number)
    locked.snoozed_until = None
    if locked.lane == Lane.NONE:
        set_lane(locked, Lane.WRITE, Why.ASKED_FOR_PERSON)
    else:
        set_lane(locked, Lane(locked.lane), Why(locked.lane_why))
    return locked
