"""The job that erases a customer when it is due."""

from __future__ import annotations

from django.db import connection
from django.utils import timezone

from conversations.privacy.actions import NotDue, erase_ticket, finish_erasure
from conversations.privacy.models import ERASE, Erasure, Hold
from conversations.privacy.queries import tickets_left
from desk.actions import SYSTEM
from desk.jobs import Claim, LeaseLost, TryLater, job

HELD_FOR = 3600.0  # seconds until it is looked at again whether a hold still stands

SWEPT = (
    "tickets_customer",
    "tickets_ticket",
    "tickets_message",
    "tickets_words",
    "tickets_saved_view",
    "drafting_draft",
    "drafting_flag",
    "drafting_model_call",
    "review_decision",
    "review_concern",
    "teamwork_unsent",
    "teamwork_notice",
    "privacy_hold",
    "ledger_salt",
    "desk_data_key",
    "desk_answer",
    "desk_job",
)


@job(ERASE, at_once=1)
def erase_when_due(claim: Claim) -> None:
    """Erase one customer, a ticket at a time. A hold that stands is waited for; what was taken back is left alone."""
    erasure = Erasure.objects.select_related("customer").get(pk=int(claim.job.target))
    if erasure.state != Erasure.State.OPEN:
        return
    if erasure.due_at > timezone.now():
        raise TryLater("not_due", after=(erasure.due_at - timezone.now()).total_seconds(), counts=False)
    if Hold.objects.in_force().filter(ticket__customer=erasure.customer).exists():
        raise TryLater("held", after=HELD_FOR, counts=False)
    try:
        while ticket := tickets_left(erasure.customer).first():
            if claim.lost.is_set():
                raise LeaseLost(claim.job.key)
            erase_ticket(erasure, ticket.number, by=SYSTEM)
        finish_erasure(erasure, by=SYSTEM)
    except NotDue:
        # A hold, a new ticket or a change of mind came in between: looked at anew.
        raise TryLater("held", after=60, counts=False) from None
    sweep()


def sweep() -> None:
    """Clear away what PostgreSQL still keeps of rows that are no more, and its samples of columns (pg_statistic).

    Nobody waits for it: autovacuum comes by itself, later. Where the desk's role may not, PostgreSQL says so and goes on.
    """
    if connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        for table in SWEPT:
            cursor.execute(f"VACUUM (ANALYZE) {table}")
