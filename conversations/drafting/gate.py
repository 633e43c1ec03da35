"""May a model draft for this ticket now? One rule, kept in the database, asked here and by its triggers."""

from __future__ import annotations

from django.conf import settings
from django.db import DatabaseError

from desk.rows import run

BARRED = "drafting_barred"  # the constraint that the triggers name


def barred(ticket_number: int, settings_id: int | None) -> str:
    """Why not, as a code (opted_out, not_asked, people_only, asked_for_person, stopped), or "" when it may.

    Inside an action: locks what it reads against change until the commit.
    """
    return run("SELECT drafting_barred(%s, %s)", [ticket_number, settings_id]).fetchone()[0] or ""


def no_provider() -> str:
    """`provider` when there is no key: without one nothing is ever sent."""
    return "" if settings.ENV.openai_api_key else "provider"


def refused(error: DatabaseError) -> bool:
    """Whether a trigger refused because the gate closed in between."""
    diagnostics = getattr(error.__cause__, "diag", None)
    return getattr(diagnostics, "constraint_name", None) == BARRED
