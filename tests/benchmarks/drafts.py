"""Drafts before people, many at a time: the rows that intake and a model leave, without the way there."""

from __future__ import annotations

import json
import uuid

from django.utils import timezone

from accounts.models import Team
from conversations.drafting.kinds import DraftPrepared
from conversations.drafting.models import Draft, ModelCall
from conversations.drafting.receipts import new_receipt
from conversations.drafting.states import DraftState
from conversations.drafting.versions import current
from conversations.tickets.models import Customer, Message, Ticket, text_hash
from conversations.tickets.states import Lane, Status
from desk.actions import SYSTEM, Actor, action, record
from tests.benchmarks.staging import cast, unhurried
from tests.drafts import PASSAGE, TEXT

QUESTION = "Where is my refund? I sent the jacket back two weeks ago and have heard nothing since."
CHUNK = 100


def pending_drafts(count: int) -> list[Draft]:
    """Drafts in review, each of a ticket and a customer of its own, with the receipt of the call that made it."""
    team = cast().orders
    found: list[Draft] = []
    with unhurried():
        while len(found) < count:
            found += _put(team, min(CHUNK, count - len(found)), by=SYSTEM)
    return found


@action("draft.prepared")
def _put(team: Team, count: int, *, by: Actor) -> list[Draft]:
    now, settings = timezone.now(), current()
    customers = Customer.objects.bulk_create(
        Customer(email=f"{uuid.uuid4().hex}@example.com", name="Carla Jones", language="en", created_at=now)
        for _ in range(count)
    )
    tickets = Ticket.objects.bulk_create(
        Ticket(
            customer=customer,
            subject="Where is my refund?",
            channel="api",
            team=team,
            status=Status.OPEN,
            lane=Lane.REVIEW,
            created_at=now,
            updated_at=now,
            waiting_since=now,
            due_at=now,
        )
        for customer in customers
    )
    messages = Message.objects.bulk_create(
        Message(
            ticket=ticket,
            direction=Message.Direction.IN,
            customer=ticket.customer,
            text=QUESTION,
            text_hash=text_hash(QUESTION),
            created_at=now,
        )
        for ticket in tickets
    )
    for ticket, message in zip(tickets, messages, strict=True):
        ticket.last_inbound = message
    Ticket.objects.bulk_update(tickets, ["last_inbound"])
    quote = PASSAGE["text"].partition(".")[0] + "."
    before, claim, after = TEXT.partition(quote)
    drafts = Draft.objects.bulk_create(
        Draft(
            ticket=message.ticket,
            last_message=message,
            settings=settings,
            language="en",
            state=DraftState.PENDING_REVIEW,
            version=2,
            text=TEXT,
            created_at=now,
            ready_at=now,
            passages=[PASSAGE],
            sentences=[
                {"text": before, "kind": "courtesy", "sources": []},
                {"text": claim, "kind": "claim", "sources": [{"passage": PASSAGE["ref"], "quote": quote}]},
                {"text": after, "kind": "courtesy", "sources": []},
            ],
        )
        for message in messages
    )
    request = json.dumps({"model": "standin", "messages": [{"role": "user", "content": QUESTION}]})
    ModelCall.objects.bulk_create(
        new_receipt(
            request=request,
            placeholders={},
            customer_id=draft.ticket.customer_id,
            draft=draft,
            ticket=draft.ticket,
            settings=settings,
            redaction={"version": "1", "replaced": {}},
            state="answered",
        )
        for draft in drafts
    )
    facts = DraftPrepared(version=2, settings=settings.ref, statements=1, sourced=1, hints=0, blockers=0, seconds=0)
    record(facts, by=by, subject=drafts[0].ref, thread=tickets[0].ref)
    return drafts
