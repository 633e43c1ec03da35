"""A draft before people, without asking a model: for tests of what people do with it."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from conversations.drafting.kinds import DraftPrepared
from conversations.drafting.models import Draft, Flag
from conversations.drafting.states import LIVE, DraftState
from conversations.drafting.versions import current
from conversations.tickets.actions import lock_with_customer, set_lane
from conversations.tickets.models import Ticket
from conversations.tickets.states import Lane
from desk.actions import SYSTEM, Actor, action, record
from desk.ledger.append import Text

TEXT = (
    "Hello Carla,\n\nThank you for your message. We pay refunds within five working days after your parcel has reached "
    "our warehouse.\n\nKind regards\nOrders"
)
PASSAGE = {
    "ref": "passage:1",
    "title": "Refunds and returns",
    "heading": "When do I get my money?",
    "text": "We pay refunds within five working days after your parcel has reached our warehouse. Your bank may take longer.",
}


def pending_draft(ticket: Ticket, *, text: str = TEXT, flags: Sequence[tuple[str, str, str]] = ()) -> Draft:
    """A draft in review for the ticket's last message, version 2; `flags` are (kind, severity, words)."""
    return _put(ticket, text=text, flags=flags, by=SYSTEM)


@action("draft.prepared")
def _put(ticket: Ticket, *, text: str, flags: Sequence[tuple[str, str, str]], by: Actor) -> Draft:
    locked = lock_with_customer(ticket.number)
    Draft.objects.filter(ticket=locked, state__in=LIVE).update(state=DraftState.SUPERSEDED)
    quote = PASSAGE["text"].partition(".")[0] + "."
    before, found, after = text.partition(quote)
    draft = Draft.objects.create(
        ticket=locked,
        last_message_id=locked.last_inbound_id,
        settings=current(),
        language=locked.language,
        state=DraftState.GENERATING,
        created_at=timezone.now(),
    )
    Flag.objects.bulk_create(
        Flag(draft=draft, kind=kind, severity=severity, words=words) for kind, severity, words in flags
    )
    draft.state, draft.text, draft.version, draft.ready_at = DraftState.PENDING_REVIEW, text, 2, timezone.now()
    draft.sentences = [
        {"text": before, "kind": "courtesy", "sources": []},
        *(
            [{"text": found, "kind": "claim", "sources": [{"passage": PASSAGE["ref"], "quote": quote}]}]
            if found
            else []
        ),
        *([{"text": after, "kind": "courtesy", "sources": []}] if after else []),
    ]
    draft.passages = [PASSAGE]
    draft.save()
    set_lane(locked, Lane.REVIEW)
    record(
        DraftPrepared(
            version=2, settings=f"settings:{draft.settings_id}", statements=1, sourced=1, hints=0, blockers=0, seconds=0
        ),
        by=by,
        subject=draft.ref,
        thread=locked.ref,
        draft=draft,
        ticket=locked,
        commits={"text": Text(draft.text, f"{draft.ref}:text")},
    )
    return draft
