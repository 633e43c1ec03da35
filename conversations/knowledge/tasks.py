"""The job that makes passages findable by what they mean."""

from __future__ import annotations

from conversations.knowledge import meaning
from conversations.knowledge.actions.articles import INDEX
from conversations.knowledge.vectors import write_missing
from desk.jobs import Claim, LeaseLost, TryLater, job

LOOK_AGAIN = 3600.0  # seconds


@job(INDEX, at_once=1)
def index_passages(claim: Claim) -> None:
    """Make what vectors are missing, whichever article asked for it. Without the model: later, as often as it takes."""
    try:
        for _written in write_missing():
            if claim.lost.is_set():
                raise LeaseLost(claim.job.key)
    except meaning.NoModel as missing:
        raise TryLater(str(missing), after=LOOK_AGAIN, counts=False) from None
