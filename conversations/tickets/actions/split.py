"""Making a customer's message a ticket of its own. The message stays where it was written, and is read in both tickets."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right
from conversations.tickets import texts
from conversations.tickets.actions.merge import latest, lock_tickets
from conversations.tickets.actions.work import IsMerged, IsSpam, answered, is_unanswered, set_lane, start_waiting
from conversations.tickets.kinds import TicketSplit, TicketSplitOff
from conversations.tickets.models import Message, Ticket
from conversations.tickets.states import Lane, Status
from conversations.tickets.threads import standing, thread_of
from desk.actions import Actor, action, record
from desk.ledger.append import Text
from desk.problems import Problem


class CannotSplit(Problem):
    code, status, title = "cannot_split", 409, _("This message cannot become a ticket of its own")
    detail = _("Only what the customer wrote can.")


@action("ticket.split", needs=Right.WORK)
def split(message: Message, *, subject: str = "", by: Actor) -> Ticket:
    """Open a ticket from one of several messages of a customer; the ticket that it was written in stays, and says so.

    The new one waits for a person, since the message if nobody has answered it yet. Merging it back undoes it.
    Raises CannotSplit, IsMerged, IsSpam.
    """
    if message.direction != Message.Direction.IN:
        raise CannotSplit
    (source,) = lock_tickets(standing(message.ticket_id))
    if source.is_merged:
        raise IsMerged.of(source)
    if source.is_spam:
        raise IsSpam
    inbound = thread_of(source.number).about().filter(direction=Message.Direction.IN)
    if not inbound.filter(pk=message.pk).exists():
        raise CannotSplit(_("It is a ticket of its own already."))
    left = latest(inbound.exclude(pk=message.pk).order_by("-created_at", "-pk")[:1])
    if left is None:
        raise CannotSplit(_("It is all that the customer wrote here; nothing would be left of this ticket."))
    fresh = _open(source, message, subject=texts.subject(subject, message.text))
    _without(source, left, message)
    record(
        TicketSplit(message=message.ref, into=fresh.ref),
        by=by,
        subject=source.ref,
        thread=source.ref,
        ticket=source,
        into=fresh,
        waits=False,
    )
    record(
        TicketSplitOff(
            message=message.ref,
            source=source.ref,
            customer=fresh.customer.ref,
            language=fresh.language,
            priority=fresh.priority,
        ),
        by=by,
        subject=fresh.ref,
        thread=fresh.ref,
        commits={"subject": Text(fresh.subject, f"{fresh.ref}:subject")},
        ticket=fresh,
        source=source,
    )
    return fresh


def _open(source: Ticket, message: Message, *, subject: str) -> Ticket:
    now = timezone.now()
    replies = thread_of(source.number).messages().filter(direction=Message.Direction.OUT, notice="")
    was_answered = replies.filter(created_at__gt=message.created_at, sending__state="sent").exists()
    fresh = Ticket(
        customer=source.customer,
        subject=subject,
        priority=source.priority,
        channel=source.channel,
        language=source.language,
        team=source.team,
        created_at=now,
        updated_at=now,
        kept_for_people=source.kept_for_people,
        last_inbound=message,
        split_from=message,
        lane=Lane.WRITE,
    )
    start_waiting(fresh, now if was_answered else message.created_at)
    fresh.save(force_insert=True)
    return fresh


def _without(source: Ticket, left: Message, message: Message) -> None:
    """The locked source is about what is left: it waits for as long as that is not answered."""
    if source.last_inbound_id == message.pk:
        source.last_inbound = left
        source.save(update_fields=["last_inbound"])
    if source.lane in {Lane.NONE, Lane.TROUBLE}:
        return
    if is_unanswered(source):
        set_lane(source, Lane.WRITE)
    else:
        if source.status == Status.NEW:
            source.status = Status.OPEN
        answered(source)
