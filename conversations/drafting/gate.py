"""May a model draft for this ticket now? One rule, kept in the database, asked here and by its triggers."""

from __future__ import annotations

from django.db import DatabaseError
from django.db.models import Func, TextField, Value
from django.db.models.functions import Coalesce

from conversations.drafting.reach import may_be_asked
from conversations.drafting.spending import used_up
from conversations.drafting.versions import Shape
from conversations.tickets.models import Ticket
from conversations.tickets.states import Why
from desk.statements import run

REFUSED = "drafting_refused"  # the function
BARRED = "drafting_barred"  # the constraint that the triggers name


def barred(ticket_number: int, settings_id: int | None) -> str:
    """Why not, as a code (opted_out, not_asked, people_only, asked_for_person, stopped, restricted), or "" when it may.

    Inside an action: locks what it reads against change until the commit.
    """
    return run("SELECT drafting_refused(%s, %s)", [ticket_number, settings_id]).fetchone()[0] or ""


def unavailable(ticket: Ticket, shape: Shape) -> str:
    """Why these settings draft nothing for a ticket, as a code of `Why`: stopped, provider, budget; "" when they may."""
    if shape.leaves_out(ticket):
        return Why.STOPPED
    if not may_be_asked(shape.address, ticket):
        return Why.PROVIDER
    return Why.BUDGET if used_up(ticket.team_id) else ""


def refused(error: DatabaseError) -> bool:
    """Whether a trigger refused because the gate closed in between."""
    diagnostics = getattr(error.__cause__, "diag", None)
    return getattr(diagnostics, "constraint_name", None) == BARRED


def barred_beside(ticket: str, settings_id: str) -> Coalesce:
    """What `barred` answers, to be read with a row that is locked already; `ticket` and `settings_id` name its columns."""
    return Coalesce(Func(ticket, settings_id, function=REFUSED), Value(""), output_field=TextField())
