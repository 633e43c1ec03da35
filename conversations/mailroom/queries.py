"""What the mailroom reads: threads by their mail ids, and what is on its way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from conversations.mailroom.addresses import spellings
from conversations.tickets.actions.sendings import DELIVER
from conversations.tickets.models import Customer, Message, Sending, Ticket
from conversations.tickets.threads import thread_of
from desk.jobs import Job
from desk.rows import Reading

NO_MAIL_ID = "@no-message-id.invalid>"
"""How the ids end that we give to mails which came without one: good for finding them again, not for answering."""

REFERENCES = 20


@dataclass(frozen=True, slots=True)
class Earlier:
    """The mails before one: the oldest first, as References has them, and the one that is answered."""

    ids: tuple[str, ...]
    answered: str


def earlier_mail_ids(message: Message) -> Earlier:
    """Which mails of the thread came before this message; of a long thread the first and the latest."""
    rows = list(
        thread_of(message.ticket_id)
        .messages()
        .filter(pk__lt=message.pk)
        .exclude(Q(mail_id="") | Q(mail_id__endswith=NO_MAIL_ID))
        .order_by("pk")
        .values_list("mail_id", "direction")
    )
    ids = list(dict.fromkeys(mail_id for mail_id, _ in rows))
    if len(ids) > REFERENCES:
        ids = [ids[0], *ids[-REFERENCES + 1 :]]
    received = [mail_id for mail_id, direction in rows if direction == Message.Direction.IN]
    return Earlier(tuple(ids), (received or ids or [""])[-1])


def sending_of(target: str) -> Sending | None:
    """The sending that a job is about: its id, which a retry by a person follows with a suffix."""
    number = target.partition(".")[0]
    return _sending.find(int(number)) if number.isdecimal() else None


_sending = Reading(Sending.objects.select_related("message__ticket__customer", "message__ticket__team"))


def another_delivers(sending: Sending, job: Job) -> bool:
    """Whether another job of the same sending is at work right now, so that it is not this one's to judge."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM desk_job WHERE id <> %s AND state = 'running' "
            "AND lease_until > clock_timestamp() AND (key = %s OR key LIKE %s))",
            [job.pk, f"{DELIVER}:{sending.pk}", f"{DELIVER}:{sending.pk}.%"],
        )
        return bool(cursor.fetchone()[0])


def customer_at(address: str) -> Customer | None:
    """The customer with this mail box; by lower case, which the index of addresses has."""
    return Customer.objects.alias(box=Lower("email")).filter(box__in=spellings(address)).order_by("created_at").first()


def ticket_answered(customer: Customer | None, *, replies_to: Sequence[str], tokens: Sequence[str]) -> Ticket | None:
    """The ticket that a mail of this customer belongs to: by the mails it answers, then by a reply token.

    A ticket of somebody else is never found, whatever the mail says.
    """
    if customer is None:
        return None
    own = Message.objects.filter(ticket__customer=customer, mail_id__in=replies_to).select_related("ticket")
    by_id = {message.mail_id: message.ticket for message in own.order_by("-pk")}
    named = next((by_id[mail_id] for mail_id in replies_to if mail_id in by_id), None)
    if named is not None:
        return named
    by_token = {each.reply_token: each for each in Ticket.objects.filter(customer=customer, reply_token__in=tokens)}
    return next((by_token[token] for token in tokens if token in by_token), None)


def taken_before(customer: Customer | None, mail_id: str) -> Message | None:
    """The message that this very mail became when it came the first time."""
    if customer is None:
        return None
    return (
        Message.objects.filter(mail_id=mail_id, direction=Message.Direction.IN, customer=customer)
        .select_related("ticket")
        .first()
    )


def is_our_mail(mail_id: str) -> bool:
    return Message.objects.filter(mail_id=mail_id, direction=Message.Direction.OUT).exists()


def acknowledged_lately(customer: Customer) -> int:
    """How many acknowledgements went to this customer within the last hour."""
    return Message.objects.filter(
        ticket__customer=customer, notice="acknowledgement", created_at__gt=timezone.now() - timedelta(hours=1)
    ).count()
