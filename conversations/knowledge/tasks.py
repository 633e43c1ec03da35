"""Jobs: passages findable by what they mean, facts from other systems."""

from __future__ import annotations

from conversations.knowledge import meaning
from conversations.knowledge.actions.articles import INDEX
from conversations.knowledge.actions.lookups import LOOK_UP
from conversations.knowledge.lookups import refresh
from conversations.knowledge.models import LookedUp
from conversations.knowledge.vectors import write_missing
from conversations.tickets.models import Ticket
from desk.jobs import Claim, LeaseLost, TryLater, job

LOOK_AGAIN = 3600.0  # seconds
TRIES, TRY_AGAIN = 3, 65.0
"""How often a system that does not answer is asked, seconds apart; then the card says that it did not."""


@job(LOOK_UP)
def look_up(claim: Claim) -> None:
    """Facts for the card of a ticket in which the customer wrote; a draft asks for what it needs by itself."""
    ticket = Ticket.objects.select_related("customer").get(pk=int(claim.job.target.partition("-")[0]))
    refresh(ticket)
    failed = LookedUp.objects.filter(ticket=ticket, state=LookedUp.State.FAILED).exists()
    if failed and claim.job.attempts < TRIES:
        raise TryLater("no_answer", after=TRY_AGAIN)


@job(INDEX, at_once=1)
def index_passages(claim: Claim) -> None:
    """Make what vectors are missing, whichever article asked for it. Without the model: later, as often as it takes."""
    try:
        for _written in write_missing():
            if claim.lost.is_set():
                raise LeaseLost(claim.job.key)
    except meaning.NoModel as missing:
        raise TryLater(str(missing), after=LOOK_AGAIN, counts=False) from None
