"""Internal notes that drafts for their ticket may rest on."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rights import Right
from conversations.knowledge.kinds import NoteAllowed, NoteBarred
from conversations.knowledge.models import UsableNote
from conversations.tickets.models import Message
from desk.actions import Actor, action, record
from desk.problems import Invalid


@action("note.allowed", needs=Right.WORK)
def allow_note(note: Message, *, by: Actor) -> None:
    """Say that drafts may rest on a note; personal details in it are replaced before, as everywhere."""
    if note.direction != Message.Direction.NOTE:
        raise Invalid(_("Only an internal note can be marked."))
    UsableNote.objects.get_or_create(
        message=note,
        defaults={"person_id": UUID(by.id) if by.kind == "person" else None, "created_at": timezone.now()},
    )
    record(NoteAllowed(), by=by, subject=note.ref, thread=note.ticket.ref, ticket=note.ticket)


@action("note.barred", needs=Right.WORK)
def bar_note(note: Message, *, by: Actor) -> None:
    """Take the mark away: no draft from now on is made with it."""
    UsableNote.objects.filter(message=note).delete()
    record(NoteBarred(), by=by, subject=note.ref, thread=note.ticket.ref, ticket=note.ticket)
