"""What happens below that this room acts on."""

from __future__ import annotations

from conversations.knowledge.actions.lookups import LOOK_UP
from conversations.knowledge.models import Lookup
from desk.actions import reacts_to
from desk.jobs import enqueue
from desk.ledger.append import Record


@reacts_to("message.received")
def look_it_up(what: Record) -> None:
    """The customer wrote: what other systems know of it is fetched beside."""
    ticket = what.about["ticket"]
    if not what.about["automatic"] and not ticket.is_spam and Lookup.objects.filter(enabled=True).exists():
        enqueue(LOOK_UP, f"{ticket.number}-{what.subject.partition(':')[2]}")
