"""Messages of a ticket over the API: what the customer wrote elsewhere, notes, and replies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import ClassVar, Literal

from pydantic import ConfigDict, Field
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import TokenView, require_right, token_of
from accounts.models import Scope
from accounts.rights import Right
from accounts.tokens import PersonRequired, ScopeMissing, Scopes, require_person
from conversations.attachments.api import REFUSED, FileIds, enclosed
from conversations.attachments.representations import told_files
from conversations.review.actions import write_reply
from conversations.review.problems import AlreadyDecided, DraftStale, FlagsUnacknowledged, PlaceholdersOpen
from conversations.tickets import texts
from conversations.tickets.actions import add_note, receive_message
from conversations.tickets.actions.sendings import IsRestricted
from conversations.tickets.api import ticket_of
from conversations.tickets.enclosures import Enclosure
from conversations.tickets.models import Message, Ticket
from conversations.tickets.representations import MessageTold, told
from conversations.tickets.texts import MAX_TEXT
from desk.actions import Actor
from desk.api import BIGGEST, Asked, asked
from desk.api_schema import described
from desk.once import Once, idempotent
from desk.problems import Invalid


class NewMessage(Asked):
    """One more message: the customer's, a reply, or with `internal` a note that no customer and no model sees."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"body": "The parcel number is RR123456785DE.", "from": "customer"},
                {"body": "Accounting says that it was paid on Monday.", "from": "agent", "internal": True},
                {"body": "Your refund was paid on Monday. Kind regards", "from": "agent", "last_seen": 4711},
            ]
        }
    )

    body: str = Field(min_length=1, description=f"At most {MAX_TEXT:,} characters.")
    sender: Literal["customer", "agent"] = Field(alias="from")
    internal: bool | None = None
    attachments: FileIds = None
    last_seen: int | None = Field(
        default=None,
        ge=1,
        le=BIGGEST,
        description="With a reply: id of the last message that was read. What was said since refuses the reply.",
    )


_REFUSED = [
    AlreadyDecided(name="Ben Okafor", at=datetime(2026, 5, 4, 9, 30, tzinfo=UTC), what="answered"),
    DraftStale(because="customer_wrote", version=None, text="What you had typed."),
    FlagsUnacknowledged(
        [{"id": -7, "kind": "other_customer", "severity": "blocker", "words": "NO-48211"}], text="What you had typed."
    ),
    PlaceholdersOpen(["{customer.name}"], text="What you had typed."),
    IsRestricted(text="What you had typed."),
]


class Messages(TokenView):
    scopes: ClassVar[Scopes] = {"POST": Scope.TICKETS_WRITE}

    @described(
        "Add a message",
        tag="Tickets",
        asks=NewMessage,
        tells={201: MessageTold},
        once=True,
        found=True,
        refuses=[PersonRequired, ScopeMissing(Scope.DECIDE), *_REFUSED, *REFUSED],
    )
    @idempotent
    def post(self, request: Request, once: Once, number: int) -> Response:
        """From the customer: drafts that rest on an older message go stale, and a reply that waits is taken back.

        From an agent: a reply of their own, which leaves after the time for undo and takes the place of an open draft;
        this wants a token that belongs to a person and has the scope `decide` too. With `internal` it is a note.
        """
        token = token_of(request)
        by, ticket, message = token.actor(), ticket_of(token, number), asked(request, NewMessage)
        files = enclosed(message.attachments, by=by)
        do: Callable[[], Message]
        if message.sender == "customer":
            if message.internal:
                raise Invalid(
                    "internal: a customer writes no notes.", errors={"internal": ["goes with messages from an agent"]}
                )
            require_right(by, Right.OPEN_TICKETS)
            do = partial(receive_message, ticket, text=message.body, channel="api", files=files, by=by)
        elif message.internal:
            do = partial(add_note, ticket, text=message.body, files=files, by=by)
        else:
            require_person(token)
            if Scope.DECIDE not in token.scopes:
                raise ScopeMissing(Scope.DECIDE)
            do = partial(_reply, ticket, text=message.body, last_seen=message.last_seen, files=files, by=by)
        return once.act(do, by=by, answer=lambda written: Response(_told(written, request).as_json(), status=201))


def _reply(ticket: Ticket, *, text: str, last_seen: int | None, files: Enclosure, by: Actor) -> Message:
    decision = write_reply(ticket, text=texts.body(text), last_seen=last_seen, files=files, by=by)
    return Message.objects.get(decision=decision)


def _told(message: Message, request: Request) -> MessageTold:
    written = list(Message.objects.filter(pk=message.pk).select_related("customer", "person", "sending"))
    return told(written, told_files(written, request))[0]
