"""What was drafted, decided and sent in the demo's past. No model was asked: there are no settings and no receipts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from accounts.models import Person
from conversations.demo.content import Row
from conversations.drafting.models import Draft
from conversations.drafting.queries import shown_drafts
from conversations.drafting.states import DraftState
from conversations.knowledge.models import Passage
from conversations.mailroom.texts import disclosure
from conversations.review.disclosure import disclose
from conversations.review.models import Decision
from conversations.tickets.enclosures import Enclosure
from conversations.tickets.models import Message, Sending, Ticket, text_hash
from conversations.tickets.states import SendingState

_ASKED_AFTER, _READY_AFTER = timedelta(seconds=1), timedelta(seconds=5)
_HANDED_OVER_IN = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Sources:
    """The passages of the help pages by article, language and heading."""

    passages: dict[tuple[str, str, str], Passage]

    @classmethod
    def current(cls) -> Sources:
        rows = Passage.objects.filter(current=True).select_related("article")
        return cls({(row.article.slug, row.language, row.heading): row for row in rows})

    def find(self, slug: str, language: str, heading: str) -> Passage:
        """The passage in this language, or in English where the article is in no other."""
        return self.passages.get((slug, language, heading)) or self.passages[slug, "en", heading]


def import_rejection(ticket: Ticket, row: Row, *, person: Person, at: datetime, sources: Sources) -> Decision:
    """A draft that somebody refused before writing themselves."""
    draft = _draft(ticket, row, DraftState.REJECTED, sources)
    return Decision.objects.create(
        ticket=ticket,
        draft=draft,
        draft_version=draft.version,
        kind=Decision.Kind.REJECTED,
        person=person,
        text_hash=text_hash(""),
        reason=row["reason"],
        note=row["note"] or "",
        next=Decision.Next.WRITE,
        created_at=at,
    )


def import_reply(
    ticket: Ticket, row: Row, *, person: Person, at: datetime, end: SendingState, sources: Sources, files: Enclosure
) -> Message:
    """A reply as it was decided, with what the customer was told of how it came about and how its sending ended."""
    kind = Decision.Kind(row["via"])
    state = {"approved": DraftState.APPROVED, "edited": DraftState.EDITED}.get(row["via"])
    draft = _draft(ticket, row, state, sources) if state else None
    decision = Decision.objects.create(
        ticket=ticket,
        draft=draft,
        draft_version=draft.version if draft else None,
        kind=kind,
        person=person,
        text=row["text"],
        text_hash=text_hash(row["text"]),
        files_digest=files.digest,
        created_at=at,
    )
    said = disclose(row["text"], shown_drafts(ticket.number).values_list("text", flat=True))
    if draft and said == "person":
        said = "drafted_changed"
    name = ticket.team.name if ticket.team else settings.ENV.organisation
    message = Message.objects.create(
        ticket=ticket,
        direction=Message.Direction.OUT,
        person=person,
        text=row["text"],
        text_hash=decision.text_hash,
        files_digest=decision.files_digest,
        decision=decision,
        draft=draft,
        disclosure_kind=said,
        disclosure_text=disclosure(said, ticket.language, name),
        created_at=at,
    )
    _send(message, decision, at=at, end=end)
    return message


def _send(message: Message, decision: Decision, *, at: datetime, end: SendingState) -> None:
    """What became of the sending; one that did not go well takes the steps that it would have taken."""
    release_at = at + timedelta(seconds=settings.ENV.undo_seconds)
    sending = Sending.objects.create(
        message=message,
        decision=decision,
        release_at=release_at,
        changed_at=release_at + _HANDED_OVER_IN,
        state=SendingState.SENT if end == SendingState.SENT else SendingState.QUEUED,
    )
    if end != SendingState.SENT:
        sending.state = SendingState.SENDING
        sending.save(update_fields=["state"])
        sending.state, sending.last_error = end, "silence" if end == SendingState.UNKNOWN else "refused"
        sending.save(update_fields=["state", "last_error"])


def _draft(ticket: Ticket, row: Row, state: DraftState, sources: Sources) -> Draft:
    inbound = ticket.last_inbound
    assert inbound is not None, "a draft answers a message"  # noqa: S101 - the demo's files are at fault, not a person
    found = {
        (each["passage_slug"], each["heading"]): sources.find(each["passage_slug"], ticket.language, each["heading"])
        for each in row["draft_sentences"]
        if each["passage_slug"]
    }
    return Draft.objects.create(
        ticket=ticket,
        last_message=inbound,
        state=state,
        text=row["draft_text"],
        language=ticket.language,
        sentences=_sentences(row, found, refused=state == DraftState.REJECTED),
        passages=[
            {"ref": passage.ref, "title": passage.article.title, "heading": passage.heading, "text": passage.text}
            for passage in found.values()
        ],
        created_at=inbound.created_at + _ASKED_AFTER,
        ready_at=inbound.created_at + _READY_AFTER,
    )


def _sentences(row: Row, found: dict[tuple[str, str], Passage], *, refused: bool) -> list[Row]:
    """The sentences as pieces which together are the draft to the letter, each with its source.

    What has no source is courtesy; in a draft that was refused it is what was wrong, greeting and closing aside.
    """
    text, pieces, start = row["draft_text"], [], 0
    last = len(row["draft_sentences"]) - 1
    for place, each in enumerate(row["draft_sentences"]):
        match = re.compile(r"\s*" + r"\s+".join(map(re.escape, each["text"].split())) + r"\s*").match(text, start)
        end = match.end() if match and place < last else len(text)
        passage = found.get((each["passage_slug"], each["heading"]))
        claims = passage is not None or (refused and 0 < place < last)
        pieces.append(
            {
                "text": text[start:end],
                "kind": "claim" if claims else "courtesy",
                "sources": [{"passage": passage.ref, "quote": each["quote"]}] if passage else [],
            }
        )
        start = end
    return pieces
