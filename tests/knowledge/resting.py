"""A draft that cites a passage, for tests of what is known of passages."""

from __future__ import annotations

from conversations.drafting.kinds import DraftReflagged
from conversations.drafting.models import Draft
from conversations.knowledge.models import Passage
from desk.actions import Actor, action, record


@action("draft.reflagged")
def rest_on(draft: Draft, passage: Passage, *, by: Actor) -> None:
    """Let a draft that is before people have been made with this passage, and cite it."""
    draft.passages = [{"ref": passage.ref, "title": "", "heading": passage.heading, "text": passage.text}]
    for sentence in draft.sentences:
        for source in sentence["sources"]:
            source["passage"] = passage.ref
    draft.save(update_fields=["passages", "sentences"])
    draft.refresh_from_db()
    record(
        DraftReflagged(version=draft.version, hints=0, blockers=0),
        by=by,
        subject=draft.ref,
        thread=f"ticket:{draft.ticket_id}",
    )
