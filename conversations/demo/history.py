"""The demo's past: customers and their tickets of the last two weeks.

Business times lie back, entries do not: each ticket has one entry `demo.imported` with the time at which it was loaded.
None of it goes through intake, so nothing is acknowledged, drafted or sent for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from accounts.models import Person, Team
from conversations.demo.calendar import Calendar
from conversations.demo.content import Row, content, tickets
from conversations.demo.files import files_of
from conversations.demo.replies import Sources, import_rejection, import_reply
from conversations.tickets.actions.work import clean_tags
from conversations.tickets.kinds import DemoImported
from conversations.tickets.models import Customer, Message, Ticket, text_hash
from conversations.tickets.states import Lane, SendingState, Why
from conversations.tickets.times import BREACHING_WITHIN, WAIT
from desk.actions import Actor, action, record

AT_ONCE = 100  # tickets in one transaction
_LANES = {"none": Lane.NONE, "draft": Lane.DRAFTING, "write": Lane.WRITE, "trouble": Lane.TROUBLE}
_ENDS = {"unknown": SendingState.UNKNOWN, "failed": SendingState.FAILED}
_WHY = {"unknown": Why.SENDING_UNKNOWN, "failed": Why.SENDING_FAILED}
_FOR_PEOPLE = (Why.PEOPLE_ONLY, Why.ASKED_FOR_PERSON)


@dataclass(frozen=True, slots=True)
class _Known:
    """What tickets refer to."""

    calendar: Calendar
    customers: dict[str, Customer]
    people: dict[str, Person]
    teams: dict[str, Team]
    sources: Sources
    by: Actor

    @classmethod
    def now(cls, calendar: Calendar, by: Actor) -> Self:
        return cls(
            calendar,
            {customer.email: customer for customer in Customer.objects.all()},
            {person.email: person for person in Person.objects.all()},
            {team.name: team for team in Team.objects.all()},
            Sources.current(),
            by,
        )


@action("demo.imported")
def import_customers(calendar: Calendar, *, by: Actor) -> None:
    """Add every customer who is not here yet, with what they said about models when they first wrote."""
    first_wrote: dict[str, datetime] = {}
    for row in tickets():
        first_wrote.setdefault(row["customer"], calendar.at(row["age_hours"]))
    here = set(Customer.objects.values_list("email", flat=True))
    missing = [row for row in content("customers") if row["email"] not in here]
    for row in missing:
        said = row["ai_consent"] is not None
        Customer.objects.create(
            email=row["email"],
            name=row["name"],
            phone=row["phone"] or "",
            language=row["language"],
            ai_consent=row["ai_consent"],
            ai_consent_source=row["consent_source"] or "",
            ai_consent_at=first_wrote[row["email"]] if said else None,
            created_at=first_wrote[row["email"]],
        )
    record(DemoImported(what="customers", rows=len(missing)), by=by, subject="demo:customers")


def missing_tickets() -> list[Row]:
    """The tickets of the files that are not here, the oldest first. A ticket is known by its customer and subject."""
    here = set(Ticket.objects.values_list("customer__email", "subject"))
    return [row for row in tickets() if (row["customer"], row["subject"]) not in here]


@action("demo.imported")
def import_tickets(rows: Sequence[Row], calendar: Calendar, *, by: Actor) -> None:
    """Put tickets in with all that was written in them; at most a hundred at once."""
    known = _Known.now(calendar, by)
    for row in rows:
        ticket = _ticket(row, known)
        record(
            DemoImported(what="ticket", rows=1 + len(row["messages"])),
            by=by,
            subject=ticket.ref,
            thread=ticket.ref,
            ticket=ticket,
        )


def _ticket(row: Row, known: _Known) -> Ticket:
    at = known.calendar.at
    ticket = Ticket.objects.create(
        customer=known.customers[row["customer"]],
        subject=row["subject"],
        status=row["status"],
        priority=row["priority"],
        channel=row["channel"],
        language=row["language"],
        team=known.teams.get(row["team"]),
        assignee=known.people.get(row["assignee"]),
        tags=clean_tags(row["tags"]),
        created_at=at(row["age_hours"]),
        updated_at=at(row["messages"][-1]["age_hours"]),
    )
    trouble = row["outcome"].get("kind")
    for message in row["messages"]:
        stuck = trouble and message is row["messages"][-1]
        _message(ticket, row, message, known, end=_ENDS[trouble] if stuck else SendingState.SENT)
    _settle(ticket, row, known.calendar)
    return ticket


def _message(ticket: Ticket, whole: Row, row: Row, known: _Known, *, end: SendingState) -> None:
    at, files = known.calendar.at(row["age_hours"]), files_of(whole, row)
    if row["from"] == "agent":
        if refused := row["rejected"]:
            import_rejection(
                ticket,
                refused,
                person=known.people[refused["by"]],
                at=known.calendar.at(refused["age_hours"]),
                sources=known.sources,
            )
        reply = import_reply(
            ticket, row, person=known.people[row["by"]], at=at, end=end, sources=known.sources, files=files
        )
        files.bind(reply, by=known.by)
        return
    text = {
        "text": row["text"],
        "text_hash": text_hash(row["text"]),
        "files_digest": files.digest,
        "created_at": at,
    }
    if row["from"] == "note":
        Message.objects.create(ticket=ticket, direction=Message.Direction.NOTE, person=known.people[row["by"]], **text)
    else:
        ticket.last_inbound = Message.objects.create(
            ticket=ticket, direction=Message.Direction.IN, customer=ticket.customer, **text
        )
        files.bind(ticket.last_inbound, by=known.by)


def waiting_since(row: Row, calendar: Calendar) -> datetime | None:
    """Since when the customer waits: their first message without an answer, or the last one if the answer is stuck."""
    lane = row["outcome"]["lane"]
    if lane == "none":
        return None
    messages = [message for message in row["messages"] if message["from"] != "note"]
    wrote = [place for place, message in enumerate(messages) if message["from"] == "customer"]
    if lane == "trouble":
        return calendar.at(messages[wrote[-1]]["age_hours"])
    answered = max((place for place, message in enumerate(messages) if message["from"] == "agent"), default=-1)
    return calendar.at(messages[min(place for place in wrote if place > answered)]["age_hours"])


def _settle(ticket: Ticket, row: Row, calendar: Calendar) -> None:
    """What the ticket waits for now."""
    outcome, since = row["outcome"], waiting_since(row, calendar)
    ticket.lane = _LANES[outcome["lane"]]
    ticket.lane_why = _WHY[outcome["kind"]] if ticket.lane == Lane.TROUBLE else Why(outcome.get("why", ""))
    ticket.kept_for_people = ticket.lane_why if ticket.lane_why in _FOR_PEOPLE else ""
    if since:
        ticket.waiting_since, ticket.due_at = since, since + WAIT[ticket.priority]
        near = ticket.due_at - BREACHING_WITHIN
        ticket.breaching_at = near if near < calendar.now else None
    ticket.save(
        update_fields=["last_inbound", "lane", "lane_why", "kept_for_people", "waiting_since", "due_at", "breaching_at"]
    )
