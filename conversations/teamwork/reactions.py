"""What others do on a ticket, told to those who want or have to know; in the transaction of the act."""

from __future__ import annotations

from uuid import UUID

from accounts.models import Person, Team
from conversations.teamwork import unsent
from conversations.teamwork.actions.following import add_followers
from conversations.teamwork.kinds import PersonMentioned, TeamMentioned
from conversations.teamwork.leases import end
from conversations.teamwork.models import Follower, Notice
from conversations.teamwork.notices import person_of, tell, tell_followers
from conversations.teamwork.queries import colleagues, members, mentioned, mentioned_teams
from conversations.tickets.models import Message, Ticket
from desk.actions import Actor, reacts_to, record
from desk.ledger.append import Record


@reacts_to("message.noted")
def noted(what: Record) -> None:
    """Who is mentioned is told and follows, who wrote follows, other followers hear of a note."""
    ticket: Ticket = what.about["ticket"]
    note: Message = what.about["message"]
    by = what.about["by"]
    author = person_of(by)
    named = [person for person in mentioned(note.text, _nameable(ticket, note)) if person.pk != author]
    tell(named, Notice.Kind.MENTIONED, ticket, by=by, message=note)
    for person in named:
        record(PersonMentioned(), by=by, subject=person.ref, thread=ticket.ref, ticket=ticket)
    told = _tell_teams(ticket, note, by=by, but=named)
    tell_followers(Notice.Kind.NOTED, ticket.number, by=by, message=note.pk, but=[person.pk for person in named + told])
    add_followers(ticket, [*named, *(Person.objects.filter(pk=author) if author else [])])


def _tell_teams(ticket: Ticket, note: Message, *, by: Actor, but: list[Person]) -> list[Person]:
    """The members of each team that a note names and that see the ticket are told; they do not follow it for that."""
    found: dict[UUID, Person] = {}
    for team in mentioned_teams(note.text, ticket) if "@" in note.text else []:
        record(TeamMentioned(), by=by, subject=team.ref, thread=ticket.ref, ticket=ticket)
        for person in members(team, ticket):
            found[person.pk] = person
    for person in but:
        found.pop(person.pk, None)
    told = list(found.values())
    tell(told, Notice.Kind.TEAM_MENTIONED, ticket, by=by, message=note)
    return told


def _nameable(ticket: Ticket, note: Message) -> list[Person]:
    return list(colleagues(ticket)) if "@" in note.text else []


@reacts_to("ticket.assigned")
def assigned(what: Record) -> None:
    ticket: Ticket = what.about["ticket"]
    if ticket.assignee is not None:
        tell([ticket.assignee], Notice.Kind.ASSIGNED, ticket, by=what.about["by"])


@reacts_to("ticket.handed_over")
def handed_over(what: Record) -> None:
    """A team's lead hears of what the team was given; a colleague knows already, as the assignee."""
    to = what.about["to"]
    if isinstance(to, Team) and to.lead is not None:
        tell([to.lead], Notice.Kind.HANDED_OVER, what.about["ticket"], by=what.about["by"])


@reacts_to("ticket.taken_over")
def taken_over(what: Record) -> None:
    holder: UUID | None = what.about["holder"]
    people = Person.objects.filter(pk=holder) if holder else []
    tell(people, Notice.Kind.TAKEN_OVER, what.about["ticket"], by=what.about["by"])


@reacts_to("message.received")
def customer_wrote(what: Record) -> None:
    """Followers and the assignee hear of what the customer writes; the first message of a ticket has neither."""
    ticket: Ticket = what.about["ticket"]
    if what.about["automatic"]:
        return
    by, assignee, message = what.about["by"], ticket.assignee_id, what.about["message"].pk
    tell_followers(
        Notice.Kind.CUSTOMER_WROTE, ticket.number, by=by, message=message, but=[assignee] if assignee else []
    )
    if ticket.assignee is not None:
        tell([ticket.assignee], Notice.Kind.CUSTOMER_WROTE, ticket, by=by, message=what.about["message"])


@reacts_to("ticket.merged")
def merged(what: Record) -> None:
    """Nobody has a ticket any more that goes on elsewhere. Who followed it follows that, and finds there what they wrote.

    What was written to one customer is never offered in a reply to another.
    """
    gone: Ticket = what.about["ticket"]
    kept: Ticket = what.about["into"]
    end(gone.number)
    add_followers(kept, colleagues(kept).filter(pk__in=Follower.objects.filter(ticket=gone).values("person")))
    if what.about["same"]:
        unsent.move(gone, kept)


@reacts_to("sending.sent")
def replied(what: Record) -> None:
    """A reply is out: nobody has the ticket any more, and those who follow it hear of it.

    Not when it is decided. What is taken back before was none, and whoever takes it back is still at it; and nobody who
    decides waits for this.
    """
    message: Message = what.about["sending"].message
    if message.person is not None:
        end(message.ticket_id, begun=message.created_at)
        tell_followers(Notice.Kind.REPLIED, message.ticket_id, by=message.person.actor())
