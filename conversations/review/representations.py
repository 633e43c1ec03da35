"""Tickets and decisions as the API tells them: what the rooms below know, put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from django.db.models import OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat
from pydantic import Field
from rest_framework.request import Request

from conversations.attachments.representations import told_files
from conversations.drafting.queries import no_draft_because
from conversations.drafting.representations import DraftTold, open_drafts
from conversations.review.models import Decision, Reason
from conversations.tickets.models import Ticket
from conversations.tickets.representations import (
    CustomerTold,
    MessageTold,
    PersonTold,
    TeamTold,
    messages_of,
    told,
    told_customer,
    told_person,
    told_team,
)
from conversations.tickets.states import Priority, SendingState, Status
from desk.api import Told
from desk.ledger.models import Entry

NoDraft = Literal[
    "opted_out",
    "not_asked",
    "asked_for_person",
    "people_only",
    "stopped",
    "provider",
    "budget",
    "redaction",
    "no_sources",
    "restricted",
]


class TicketTold(Told):
    """One matter of one customer. `seq` is that of the last entry of the ledger about it."""

    number: int
    subject: str
    status: Status
    priority: Priority
    language: str
    channel: Literal["api", "form", "mail"]
    team: TeamTold | None
    assignee: PersonTold | None
    tags: list[str]
    customer: CustomerTold
    created_at: datetime
    updated_at: datetime
    seq: int
    url: str = Field(description="Its page, for people.")
    draft: DraftTold | None = Field(description="The undecided draft; while it is being prepared its text is empty.")
    no_draft_because: NoDraft | None
    merged_into: int | None = Field(description="The ticket that it goes on in; null for one that was not merged.")


class WholeTicket(TicketTold):
    """A ticket with all its messages, oldest first."""

    messages: list[MessageTold]


class TicketPage(Told):
    next: str | None
    previous: str | None
    results: list[TicketTold]


class TicketOpened(Told):
    """A ticket was opened."""

    number: int
    status: Status
    url: str


class DecisionDisclosure(Told):
    """What the customer is told about how the reply came about."""

    kind: Literal["person", "drafted", "drafted_changed"]
    text: str


class DecidedMessage(Told):
    """The reply that a decision lets out."""

    id: int
    state: SendingState


class DecisionTold(Told):
    """What a person decided about a draft. Null: there is none of it with this kind of decision."""

    id: int
    kind: Decision.Kind
    by: PersonTold
    at: datetime
    via: str = Field(description="`page` or `api`: decisions made through a token are counted apart.")
    ticket: int
    draft: int | None
    version: int | None = Field(description="The version of the draft that it is about.")
    text: str | None = Field(description="What is sent, to the letter.")
    disclosure: DecisionDisclosure | None
    message: DecidedMessage | None
    undo_until: datetime | None = Field(description="Until when it can be taken back; null when it no longer can.")
    reason: Reason | None
    note: str | None
    next: Literal["redraft", "write", "escalate"] | None
    instruction: str | None
    standing: bool = Field(description="False once it was taken back.")
    ended_because: str | None


def with_seq(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Tickets with what telling them needs, in one statement: `seq` is never newer than what it stands beside."""
    last = (
        Entry.objects.filter(thread=Concat(Value("ticket:"), Cast(OuterRef("pk"), TextField())))
        .order_by("-seq")
        .values("seq")[:1]
    )
    return tickets.select_related("customer", "team", "assignee").annotate(seq=Coalesce(Subquery(last), 0))


def told_tickets(tickets: Sequence[Ticket], request: Request) -> list[TicketTold]:
    """Tickets that came by `with_seq`, without their messages."""
    drafts = open_drafts([ticket.number for ticket in tickets])
    return [TicketTold.model_validate(_ticket(ticket, drafts, request)) for ticket in tickets]


def whole_ticket(ticket: Ticket, request: Request) -> WholeTicket:
    drafts = open_drafts([ticket.number])
    messages = messages_of(ticket)
    said = told(messages, told_files(messages, request))
    return WholeTicket.model_validate({**_ticket(ticket, drafts, request), "messages": said})


def ticket_opened(ticket: Ticket, request: Request) -> TicketOpened:
    return TicketOpened(number=ticket.number, status=Status(ticket.status), url=url_of(ticket, request))


def url_of(ticket: Ticket, request: Request) -> str:
    return str(request.build_absolute_uri(f"/tickets/{ticket.number}/"))


def told_decision(decision: Decision) -> DecisionTold:
    """A decision as it is now, and what became of its reply."""
    now = Decision.objects.select_related("person", "message__sending").get(pk=decision.pk)
    message = getattr(now, "message", None)
    waits = message is not None and now.standing and message.sending.state == SendingState.QUEUED
    return DecisionTold.model_validate(
        {
            "id": now.pk,
            "kind": now.kind,
            "by": told_person(now.person),
            "at": now.created_at,
            "via": now.via,
            "ticket": now.ticket_id,
            "draft": now.draft_id,
            "version": now.draft_version,
            "text": now.text or None,
            "disclosure": {"kind": message.disclosure_kind, "text": message.disclosure_text} if message else None,
            "message": {"id": message.pk, "state": message.sending.state} if message else None,
            "undo_until": message.sending.release_at if message and waits else None,
            "reason": now.reason or None,
            "note": now.note or None,
            "next": now.next or None,
            "instruction": now.instruction or None,
            "standing": now.standing,
            "ended_because": now.ended_because or None,
        }
    )


def _ticket(ticket: Ticket, drafts: Mapping[int, DraftTold], request: Request) -> dict[str, Any]:
    draft = drafts.get(ticket.number)
    return {
        "number": ticket.number,
        "subject": ticket.subject,
        "status": ticket.status,
        "priority": ticket.priority,
        "language": ticket.language,
        "channel": ticket.channel,
        "team": told_team(ticket.team),
        "assignee": told_person(ticket.assignee),
        "tags": ticket.tags,
        "customer": told_customer(ticket.customer),
        "created_at": ticket.created_at,
        "updated_at": ticket.updated_at,
        "seq": getattr(ticket, "seq", 0),
        "url": url_of(ticket, request),
        "draft": draft,
        "merged_into": ticket.merged_into_id,
        "no_draft_because": (no_draft_because(ticket) or None) if draft is None else None,
    }
