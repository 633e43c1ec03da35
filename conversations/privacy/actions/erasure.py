"""Erasing a customer (GDPR article 17): restricted at once, erased after two weeks unless a ticket has to be kept.

Ticket by ticket, an action each, then the customer: who is interrupted goes on where it ended. The database lets texts go
only while this is due (conversations/migrations/0013_erasure.sql).
"""

from __future__ import annotations

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right
from conversations.privacy.kinds import CustomerErased, ErasureCancelled, ErasureRequested
from conversations.privacy.models import ERASE, WAIT, Erasure, Hold
from conversations.privacy.queries import open_erasure, tickets_left
from conversations.tickets.actions import withdraw_sending
from conversations.tickets.actions.customers import AlreadyErased, lock_customer
from conversations.tickets.actions.work import lock_ticket
from conversations.tickets.models import Customer, Sending, Ticket
from conversations.tickets.states import SendingState
from desk.actions import Actor, action, record
from desk.data_keys import destroy
from desk.erasing import TextErased, erase, erase_commitments, forget_jobs
from desk.idempotency import forget_about
from desk.jobs import enqueue_for
from desk.problems import Problem


class AlreadyRequested(Problem):
    code, status, title = "erasure_requested", 409, _("The erasure has been asked for already")
    detail = _("It is on its way; see the privacy requests for its date.")


class HasBegun(Problem):
    code, status, title = "erasure_begun", 409, _("The erasing has begun")
    detail = _("Some of it is gone already, so it cannot be taken back.")


class NotDue(Problem):
    code, status, title = "erasure_not_due", 409, _("This is not to be erased now")
    detail = _("It was taken back, is not due yet, or a ticket has to be kept.")


@action("customer.erasure_requested")
def request_erasure(customer: Customer, *, source: str, by: Actor) -> Erasure:
    """Have everything erased that is kept of a customer. From the commit on nothing is drafted, shown in lists or sent.

    Raises AlreadyRequested and AlreadyErased. The door to the customer is the caller's to check.
    """
    locked = lock_customer(customer.pk)
    if locked.erased_at:
        raise AlreadyErased
    if found := open_erasure(locked):
        raise AlreadyRequested(due_at=found.due_at.isoformat())
    now = timezone.now()
    erasure = Erasure.objects.create(
        customer=locked, source=Erasure.Source(source), requested_at=now, due_at=now + WAIT
    )
    locked.restricted_at = now
    locked.save(update_fields=["restricted_at"])
    # Replies go back to people by the review room's reaction; notices that nobody decided end here.
    for sending in Sending.objects.filter(
        message__ticket__customer=locked, decision=None, state=SendingState.QUEUED
    ).select_for_update(no_key=True, of=("self",)):
        withdraw_sending(sending, because="restricted", by=by)
    enqueue_for(erasure.due_at, ERASE, erasure.pk, thread="")
    record(ErasureRequested(source=source, days=WAIT.days), by=by, subject=locked.ref, customer=locked)
    return erasure


@action("customer.erasure_cancelled", needs=Right.ANSWER_FOR_DATA)
def cancel_erasure(erasure: Erasure, *, by: Actor) -> Erasure:
    """The customer wants to stay after all, says a person who answers for data. Raises HasBegun, NotDue."""
    return _cancel(erasure, by=by)


@action("customer.erasure_cancelled")
def take_back_erasure(erasure: Erasure, *, by: Actor) -> Erasure:
    """The same by the customers themselves; that it is they is for the door to check."""
    return _cancel(erasure, by=by)


def _cancel(erasure: Erasure, *, by: Actor) -> Erasure:
    customer = lock_customer(erasure.customer_id)
    locked = Erasure.objects.select_for_update(no_key=True).get(pk=erasure.pk)
    if locked.state != Erasure.State.OPEN:
        raise NotDue
    if locked.tickets_erased:
        raise HasBegun
    now = timezone.now()
    locked.state, locked.ended_at = Erasure.State.CANCELLED, now
    locked.save(update_fields=["state", "ended_at"])
    customer.restricted_at = None
    customer.save(update_fields=["restricted_at"])
    record(
        ErasureCancelled(days_left=max(0, (locked.due_at - now).days)), by=by, subject=customer.ref, customer=customer
    )
    return locked


@action("text.erased")
def erase_ticket(erasure: Erasure, number: int, *, by: Actor) -> None:
    """Everything that was written in one ticket, and what would confirm a guess of it. Raises NotDue."""
    customer = _lock_due(erasure)
    ticket = lock_ticket(number)
    erase("ticket", number)
    if not erase_commitments(thread=ticket.ref, subject=ticket.ref, by=by):
        record(TextErased(count=0, sources=[], seqs=[]), by=by, subject=ticket.ref, thread=ticket.ref)
    forget_jobs(ticket.ref)
    forget_about([ticket.ref, customer.ref])
    Erasure.objects.filter(pk=erasure.pk).update(tickets_erased=F("tickets_erased") + 1)


@action("customer.erased")
def finish_erasure(erasure: Erasure, *, by: Actor) -> Erasure:
    """The customer themselves, once none of their tickets says anything. Raises NotDue."""
    customer = _lock_due(erasure)
    if tickets_left(customer).exists():
        raise NotDue
    erase("customer", customer.pk)
    destroy(customer.ref)
    forget_about([customer.ref])
    locked = Erasure.objects.get(pk=erasure.pk)
    now = timezone.now()
    Customer.objects.filter(pk=customer.pk).update(erased_at=now)
    record(
        CustomerErased(tickets=Ticket.objects.filter(customer=customer).count()),
        by=by,
        subject=customer.ref,
        customer=customer,
    )
    locked.state, locked.ended_at = Erasure.State.DONE, now
    locked.save(update_fields=["state", "ended_at"])
    return locked


def _lock_due(erasure: Erasure) -> Customer:
    customer = lock_customer(erasure.customer_id)
    locked = Erasure.objects.select_for_update(no_key=True).get(pk=erasure.pk)
    held = Hold.objects.in_force().filter(ticket__customer=customer).exists()
    if locked.state != Erasure.State.OPEN or locked.due_at > timezone.now() or held:
        raise NotDue
    return customer
