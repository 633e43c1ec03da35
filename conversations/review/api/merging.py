"""Merging tickets over the API, and undoing it."""

from __future__ import annotations

from typing import ClassVar

from pydantic import ConfigDict, Field
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import TokenView, require_right, token_of
from accounts.models import Scope
from accounts.rights import Right
from accounts.tokens import Scopes
from conversations.review.representations import WholeTicket, whole_ticket, with_seq
from conversations.tickets.actions import (
    CannotMerge,
    IsMerged,
    IsSpam,
    NotMerged,
    OtherCustomer,
    Unsettled,
    merge,
    unmerge,
)
from conversations.tickets.api import ticket_of
from conversations.tickets.models import Ticket
from desk.api import BIGGEST, Asked, asked
from desk.api_schema import described
from desk.once import Once, idempotent
from desk.problems import Invalid, NotFound

_REFUSED = [
    CannotMerge(),
    OtherCustomer(),
    IsMerged("Ticket 1002 was merged into ticket 1001, and goes on there.", into=1001),
    IsSpam(),
    Unsettled(),
]


class IntoTicket(Asked):
    """In which ticket it goes on; `other_customer` says that you know that the two are of different customers."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"into": 1001}]})

    into: int = Field(ge=1, le=BIGGEST)
    other_customer: bool | None = None


class Merging(TokenView):
    scopes: ClassVar[Scopes] = {"POST": Scope.TICKETS_WRITE}

    @described(
        "Merge a ticket into another",
        tag="Tickets",
        asks=IntoTicket,
        tells={200: WholeTicket},
        once=True,
        found=True,
        refuses=_REFUSED,
    )
    @idempotent
    def post(self, request: Request, once: Once, number: int) -> Response:
        """This one is closed, and goes on in the other, which is answered: it has the messages of both.

        What is drafted or decided here and not sent yet is taken back. The texts of two customers stay apart even when they
        are merged: neither a customer nor a model reads the other's.
        """
        token, wish = token_of(request), asked(request, IntoTicket)
        by, source = token.actor(), ticket_of(token, number)
        require_right(by, Right.WORK)
        try:
            target = ticket_of(token, wish.into)
        except NotFound:
            raise Invalid(
                "into: there is no such ticket, or it is not yours to see.", errors={"into": ["is no ticket"]}
            ) from None

        def do() -> int:
            return merge(source, target, other_customer=bool(wish.other_customer), by=by).target_id

        return once.act(do, by=by, answer=lambda kept: _told(kept, request))


class Unmerging(TokenView):
    scopes: ClassVar[Scopes] = {"POST": Scope.TICKETS_WRITE}

    @described(
        "Undo a merge",
        tag="Tickets",
        tells={200: WholeTicket},
        once=True,
        found=True,
        refuses=[NotMerged()],
    )
    @idempotent
    def post(self, request: Request, once: Once, number: int) -> Response:
        """This ticket, which was merged into another, is one of its own again; what came in meanwhile stays there."""
        token = token_of(request)
        by, ticket = token.actor(), ticket_of(token, number)
        require_right(by, Right.WORK)
        return once.act(lambda: unmerge(ticket, by=by).number, by=by, answer=lambda back: _told(back, request))


def _told(number: int, request: Request) -> Response:
    ticket = with_seq(Ticket.objects.filter(pk=number)).get()
    return Response(whole_ticket(ticket, request).as_json())
