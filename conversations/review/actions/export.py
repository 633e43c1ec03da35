"""Evidence leaves the desk: what an auditor takes along is itself an entry."""

from __future__ import annotations

from accounts.rights import Right
from conversations.review.kinds import EvidenceExported
from conversations.tickets.models import Ticket
from desk.actions import Actor, action, record
from desk.ledger.evidence import Bundle, make_bundle


@action("evidence.exported", needs=Right.READ_LEDGER)
def export_evidence(ticket: Ticket, *, by: Actor) -> Bundle:
    """The evidence bundle of a ticket, for its caller to hand over and close. Raises NothingSealed."""
    bundle = make_bundle(ticket.ref)
    record(
        EvidenceExported(entries=bundle.entries, size=bundle.size, via=by.via),
        by=by,
        subject=ticket.ref,
        thread=ticket.ref,
    )
    return bundle
