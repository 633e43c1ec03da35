"""What the ticket page shows of files beside what its reader has not sent yet."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from accounts.models import Person
from accounts.rights import Right, person_has
from conversations.attachments.queries import unseen_by_models
from conversations.attachments.uploads import WHATS, uploads
from conversations.tickets.models import Ticket
from desk.uploads import LARGEST_FILE


def files_beside(ticket: Ticket, person: Person) -> dict[str, Any]:
    """`uploads` by unsent text, where they go, and how many files of the customer's no model was shown."""
    shown: dict[str, Any] = {"unseen_files": unseen_by_models(ticket), "uploads": {}, "upload_acts": {}}
    if person_has(person, Right.WORK):
        shown["uploads"] = {what: list(uploads(str(person.actor()), ticket, what)) for what in WHATS}
        shown["upload_acts"] = {
            "keep": reverse("upload", args=[ticket.number]),
            "remove": reverse("remove_upload", args=[ticket.number]),
            "largest": LARGEST_FILE,
        }
    return shown
