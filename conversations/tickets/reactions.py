"""What the frame tells the tickets."""

from __future__ import annotations

from conversations.tickets.actions import lock_ticket, set_lane
from conversations.tickets.states import Lane, Why
from desk.actions import reacts_to
from desk.ledger.append import Record


@reacts_to("job.died")
def show_trouble(what: Record) -> None:
    """A job of a ticket gave up, and its room had no better word for it: people see it in `trouble`."""
    number = what.thread.removeprefix("ticket:")
    if number.isdecimal():
        ticket = lock_ticket(int(number))
        if ticket.lane == Lane.NONE:
            set_lane(ticket, Lane.TROUBLE, Why.JOB_DEAD)
