"""Customers and messages as the API tells them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from accounts.models import Person, Team, Token
from conversations.tickets.models import Customer, Message, Ticket
from conversations.tickets.notices import for_desk
from conversations.tickets.threads import thread_of
from desk.api import Told

DESK = "Countersign"
"""Who a message is from that nobody wrote for this ticket: a notice."""


class TeamTold(Told):
    id: int
    name: str


class PersonTold(Told):
    id: UUID
    name: str


class CustomerTold(Told):
    """Somebody who writes in. `ai_consent`: may a model draft for them? null: they were never asked."""

    id: UUID
    name: str
    email: str
    ai_consent: bool | None


class WholeCustomer(CustomerTold):
    """A customer, and how and when their choice came about."""

    phone: str
    language: str
    ai_consent_source: str = Field(
        description="Where they said so: `api`, `form`, `page`, `mail`, …; empty when never asked."
    )
    ai_consent_at: datetime | None
    created_at: datetime


class DisclosureTold(Told):
    """What the customer is told about how a reply came about; computed, never typed."""

    kind: Literal["person", "drafted", "drafted_changed"]
    text: str
    decision: int


class FileTold(Told):
    """A file of a message. `url` is null, and `missing` says why, for one that was not kept or has been erased."""

    id: int
    name: str
    type: str = Field(description="By its content; application/octet-stream where that says nothing.")
    size: int
    url: str | None = Field(description="Its bytes, for a token with `tickets:read`.")
    missing: Literal["too_large", "too_much", "refused", "empty", "erased"] | None


class MessageTold(Told):
    """One message of a ticket. `disclosure` is null for what came in, for notes and for notices."""

    id: int
    direction: Literal["in", "out", "note"]
    sender: str = Field(
        alias="from", description="The customer, the person or the service by name; Countersign for notices."
    )
    text: str
    state: Literal["received", "queued", "sending", "sent", "failed", "unknown", "withdrawn"]
    disclosure: DisclosureTold | None
    attachments: list[FileTold]
    created_at: datetime
    ticket: int = Field(description="The ticket that it was written in: another one for what was merged or split.")


def told_team(team: Team | None) -> TeamTold | None:
    return TeamTold(id=team.pk, name=team.name) if team else None


def told_person(person: Person | None) -> PersonTold | None:
    return PersonTold(id=person.pk, name=person.name) if person else None


def told_customer(customer: Customer) -> CustomerTold:
    return CustomerTold(id=customer.pk, name=customer.name, email=customer.email, ai_consent=customer.ai_consent)


def whole_customer(customer: Customer) -> WholeCustomer:
    return WholeCustomer(
        id=customer.pk,
        name=customer.name,
        email=customer.email,
        ai_consent=customer.ai_consent,
        phone=customer.phone,
        language=customer.language,
        ai_consent_source=customer.ai_consent_source,
        ai_consent_at=customer.ai_consent_at,
        created_at=customer.created_at,
    )


Files = Mapping[int, Sequence[FileTold]]
"""The files of messages by the messages' ids; the room of files makes it."""


def messages_of(ticket: Ticket) -> list[Message]:
    """All messages of a ticket with what telling them needs, oldest first."""
    return list(thread_of(ticket.number).messages().select_related("customer", "person", "sending").order_by("id"))


def told(messages: Iterable[Message], files: Files) -> list[MessageTold]:
    kept = list(messages)
    wanted = {message.service for message in kept if message.service}
    services = (
        {token.public_id: token.service for token in Token.objects.filter(public_id__in=wanted)} if wanted else {}
    )
    return [_message(message, services, files.get(message.pk, ())) for message in kept]


def _message(message: Message, services: dict[UUID, str], files: Sequence[FileTold]) -> MessageTold:
    return MessageTold.model_validate(
        {
            "id": message.pk,
            "direction": message.direction,
            "from": _sender(message, services),
            "text": for_desk(message),
            "state": message.sending.state if message.direction == Message.Direction.OUT else "received",
            "disclosure": {
                "kind": message.disclosure_kind,
                "text": message.disclosure_text,
                "decision": message.decision_id,
            }
            if message.disclosure_kind
            else None,
            "attachments": files,
            "created_at": message.created_at,
            "ticket": message.ticket_id,
        }
    )


def _sender(message: Message, services: dict[UUID, str]) -> str:
    if message.customer:
        return message.customer.display_name
    if message.person:
        return message.person.name
    return services.get(message.service, DESK) if message.service else DESK
