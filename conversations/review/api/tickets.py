"""Tickets over the API: open one, list them, read one."""

from __future__ import annotations

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import TokenView, require_right, token_of
from accounts.models import Scope, Token
from accounts.rights import Right
from accounts.tokens import Scopes
from conversations.attachments.api import REFUSED, FileIds, enclosed
from conversations.review.representations import (
    TicketOpened,
    TicketPage,
    WholeTicket,
    ticket_opened,
    told_tickets,
    whole_ticket,
    with_seq,
)
from conversations.tickets.actions import Opening, open_ticket
from conversations.tickets.api import tickets_of
from conversations.tickets.built_in import VIEWS
from conversations.tickets.enclosures import Enclosure
from conversations.tickets.listing import matching
from conversations.tickets.models import Ticket
from conversations.tickets.states import Priority, Status
from conversations.tickets.texts import MAX_SUBJECT, MAX_TEXT
from desk.api import BIGGEST, Asked, Wanted, asked, page, wanted
from desk.api_schema import described
from desk.once import Once, idempotent
from desk.problems import NotFound


class NewCustomer(Asked):
    """Who the ticket is from; a customer who is known by this address is found again."""

    email: str = Field(min_length=3, max_length=254, json_schema_extra={"format": "email"})
    name: str | None = Field(default=None, max_length=200)


class NewTicket(Asked):
    """What a customer wrote. What is left out is guessed (`language`) or is normal."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "subject": "Where is my refund?",
                    "body": "I sent the jacket back two weeks ago and have heard nothing.",
                    "customer": {"email": "carla@example.com", "name": "Carla Jones"},
                    "language": "en",
                    "priority": "normal",
                    "tags": ["refund"],
                    "ai_consent": True,
                }
            ]
        }
    )

    subject: str = Field(
        max_length=2_000, description=f"Cut to {MAX_SUBJECT} characters; empty: the beginning of the body."
    )
    body: str = Field(min_length=1, description=f"At most {MAX_TEXT:,} characters.")
    customer: NewCustomer
    language: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$",
        max_length=35,
        description="What the customer reads, as `de` or `de-AT`; guessed from the text when left out.",
    )
    priority: Priority | None = None
    tags: list[Annotated[str, Field(max_length=200)]] | None = Field(default=None, max_length=20)
    ai_consent: bool | None = Field(
        default=None, description="Whether the customer said that a model may draft; null: they were not asked here."
    )

    attachments: FileIds = None

    def opening(self, files: Enclosure) -> Opening:
        return Opening(
            subject=self.subject,
            body=self.body,
            email=self.customer.email,
            name=self.customer.name or "",
            language=(self.language or "").partition("-")[0].lower(),
            priority=self.priority or Priority.NORMAL,
            tags=self.tags or [],
            ai_consent=self.ai_consent,
            consent_source="api",
            channel="api",
            files=files,
        )


def _known_view(name: str) -> str:
    if name not in VIEWS:
        raise ValueError(f"is one of {', '.join(VIEWS)}")
    return name


def _somebody(text: str) -> str:
    if text != "me":
        UUID(text)
    return text


class WantedTickets(Wanted):
    status: Status | None = None
    view: Annotated[str, AfterValidator(_known_view)] | None = Field(
        default=None, description="A view of the queue, as you have it.", json_schema_extra={"enum": [*VIEWS]}
    )
    team: int | None = Field(default=None, ge=1, le=BIGGEST, description="Id of a team.")
    assignee: Annotated[str, AfterValidator(_somebody)] | None = Field(
        default=None,
        description="Id of a person, or `me`.",
        json_schema_extra={"anyOf": [{"type": "string", "format": "uuid"}, {"const": "me"}]},
    )
    tag: str = Field(default="", max_length=40)
    q: str = Field(
        default="",
        max_length=200,
        description='A number (`#1042`), words or "quoted phrases" of subject, messages or customer, and operators: '
        "`from:`, `is:` (a view or a status), `tag:`, `team:`, `before:`, `after:` (days, as `2026-11-01`).",
    )


class Tickets(TokenView):
    scopes: ClassVar[Scopes] = {"GET": Scope.TICKETS_READ, "POST": Scope.TICKETS_WRITE}

    @described("List tickets", tag="Tickets", wants=WantedTickets, tells={200: TicketPage})
    def get(self, request: Request) -> Response:
        """The tickets that you see, newest first, without their messages."""
        wish, token = wanted(request, WantedTickets), token_of(request)
        tickets = tickets_of(token)
        if wish.status:
            tickets = tickets.filter(status=wish.status)
        if wish.view:
            tickets = tickets.filter(VIEWS[wish.view].filter(_me(token)))
        if wish.team:
            tickets = tickets.filter(team=wish.team)
        if wish.assignee:
            who = _me(token) if wish.assignee == "me" else UUID(wish.assignee)
            tickets = tickets.filter(assignee=who, assignee__isnull=False)
        if wish.tag:
            tickets = tickets.filter(tags__contains=[wish.tag])
        if query := wish.q.strip():
            tickets = matching(query, person_id=_me(token), tickets=tickets)
        found, links = page(request, with_seq(tickets), size=wish.page_size)
        return Response(TicketPage(**links, results=told_tickets(found, request)).as_json())

    @described("Open a ticket", tag="Tickets", asks=NewTicket, tells={201: TicketOpened}, once=True, refuses=REFUSED)
    @idempotent
    def post(self, request: Request, once: Once) -> Response:
        """Take in what a customer wrote. From then on the ticket waits for a person, with a draft if a model may."""
        by = token_of(request).actor()
        require_right(by, Right.OPEN_TICKETS)
        wish = asked(request, NewTicket)
        opening = wish.opening(enclosed(wish.attachments, by=by))
        return once.act(
            lambda: open_ticket(opening, by=by),
            by=by,
            answer=lambda ticket: Response(ticket_opened(ticket, request).as_json(), status=201),
        )


class OneTicket(TokenView):
    scopes: ClassVar[Scopes] = {"GET": Scope.TICKETS_READ}

    @described("Read a ticket", tag="Tickets", tells={200: WholeTicket}, found=True)
    def get(self, request: Request, number: int) -> Response:
        """A ticket with its messages and the draft that waits for a decision."""
        return Response(whole_ticket(_whole(token_of(request), number), request).as_json())


def _whole(token: Token, number: int) -> Ticket:
    found = with_seq(tickets_of(token).filter(pk=number)).first() if 0 < number <= BIGGEST else None
    if found is None:
        raise NotFound
    return found


def _me(token: Token) -> UUID | None:
    return None if token.service else token.user_id
