"""How tickets and the customers' messages come in, from every side through these two actions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone

from accounts.models import Team
from conversations.tickets import texts
from conversations.tickets.actions.customers import find_or_add_customer, lock_customer, set_consent
from conversations.tickets.actions.merge import unmerge
from conversations.tickets.actions.work import clean_tags, keep_for_people, lock_ticket, set_lane, start_waiting
from conversations.tickets.enclosures import NOTHING, Enclosure
from conversations.tickets.kinds import MessageReceived, TicketOpened
from conversations.tickets.language import guess
from conversations.tickets.models import Customer, Message, Ticket, text_hash
from conversations.tickets.states import Lane, Priority, Status, Why
from conversations.tickets.threads import standing
from desk.actions import SYSTEM, Actor, action, record
from desk.ledger.append import Text
from desk.problems import Invalid


@dataclass(frozen=True, slots=True)
class Opening:
    """What comes in with a new ticket. `ai_consent` None: the customer was not asked here."""

    subject: str
    body: str
    email: str
    name: str = ""
    phone: str = ""
    language: str = ""
    priority: str = Priority.NORMAL
    channel: str = "api"
    tags: list[str] = field(default_factory=list)
    team: Team | None = None
    ai_consent: bool | None = None
    consent_source: str = ""
    mail_id: str = ""
    in_reply_to: str = ""
    automatic: bool = False
    received_at: datetime | None = None
    files: Enclosure = NOTHING


@action("ticket.opened")
def open_ticket(opening: Opening, *, by: Actor) -> Ticket:
    """Open a ticket with its first message; from the commit on it waits for a person.

    `by` is the customer's channel (`Actor("mail")`, the form), a program or a person who enters it for them.
    """
    address = opening.email.strip()
    errors: dict[str, list[str]] = {}
    try:
        validate_email(address)
    except ValidationError:
        errors["email"] = ["is not a mail address that a reply could go to"]
    if opening.priority not in Priority.values:
        errors["priority"] = [f"is one of {', '.join(Priority.values)}"]
    if errors:
        raise Invalid(
            "The request could not be taken: " + "; ".join(f"{name} {what[0]}" for name, what in errors.items()) + ".",
            errors=errors,
        )
    body = texts.body(opening.body)
    subject = texts.subject(opening.subject, body)
    language = opening.language or guess(f"{subject}\n{body}")
    now = opening.received_at or timezone.now()
    customer = find_or_add_customer(email=address, name=opening.name, language=language, phone=opening.phone, by=by)
    customer = lock_customer(customer.pk)
    ticket = Ticket(
        customer=customer,
        subject=subject,
        priority=opening.priority,
        channel=opening.channel,
        language=language[:8],
        tags=clean_tags(opening.tags),
        team=opening.team,
        restricted=customer.restricted_at is not None,
        created_at=now,
        updated_at=now,
    )
    start_waiting(ticket, now)
    ticket.lane = Lane.WRITE
    ticket.save(force_insert=True)
    record(
        TicketOpened(
            channel=opening.channel, language=ticket.language, priority=ticket.priority, customer=customer.ref
        ),
        by=by,
        subject=ticket.ref,
        thread=ticket.ref,
        commits={"subject": Text(subject, f"{ticket.ref}:subject")},
        ticket=ticket,
        automatic=opening.automatic,
    )
    # A no counts from whoever brings it; a yes never takes back what the customer once refused, whoever passes it on.
    if opening.ai_consent is False or (opening.ai_consent and customer.ai_consent is None):
        set_consent(customer, consent=opening.ai_consent, source=opening.consent_source or opening.channel, by=by)
    _receive(
        ticket,
        body,
        customer=customer,
        channel=opening.channel,
        mail_id=opening.mail_id,
        in_reply_to=opening.in_reply_to,
        automatic=opening.automatic,
        files=opening.files,
        at=now,
        by=by,
    )
    return ticket


@action("message.received")
def receive_message(
    ticket: Ticket,
    *,
    text: str,
    channel: str,
    by: Actor,
    mail_id: str = "",
    in_reply_to: str = "",
    automatic: bool = False,
    person_wanted: bool = False,
    files: Enclosure = NOTHING,
) -> Message:
    """Take in what the customer writes in a ticket that is there; a solved one opens again.

    Whatever was drafted or is waiting to be sent rests on an older message now; reactions to the entry see to it. What was
    merged goes on in the other ticket; if that is another customer's, it opens again, so that nobody reads what is not theirs.
    """
    body = texts.body(text)
    customer = lock_customer(ticket.customer_id)
    locked = lock_ticket(ticket.number)
    if locked.is_merged:
        goes_on = Ticket.objects.get(pk=standing(locked.number))
        if goes_on.customer_id != locked.customer_id:
            unmerge(locked, by=SYSTEM)
        else:
            locked = goes_on
        locked = lock_ticket(locked.number)
    if person_wanted and not locked.kept_for_people:
        keep_for_people(locked, Why.ASKED_FOR_PERSON, by=by)
        locked = lock_ticket(ticket.number)
    return _receive(
        locked,
        body,
        customer=customer,
        channel=channel,
        mail_id=mail_id,
        in_reply_to=in_reply_to,
        automatic=automatic,
        files=files,
        at=timezone.now(),
        by=by,
    )


def _receive(
    ticket: Ticket,
    body: str,
    *,
    customer: Customer,
    channel: str,
    mail_id: str,
    in_reply_to: str,
    automatic: bool,
    files: Enclosure,
    at: datetime,
    by: Actor,
) -> Message:
    message = Message.objects.create(
        ticket=ticket,
        direction=Message.Direction.IN,
        customer=customer,
        text=body,
        text_hash=text_hash(body),
        files_digest=files.digest,
        mail_id=mail_id[:250],
        in_reply_to=in_reply_to[:250],
        created_at=at,
    )
    files.bind(message, by=by)
    if not automatic or ticket.last_inbound_id is None:
        # A machine's answer (somebody is away) to a ticket that is there wants nothing of anybody.
        ticket.last_inbound = message
        ticket.snoozed_until = None
        if ticket.is_spam:
            ticket.before_spam = Status.OPEN
        else:
            ticket.status = Status.NEW if ticket.status == Status.NEW else Status.OPEN
        ticket.save(update_fields=["last_inbound", "before_spam"])
        start_waiting(ticket, at)
        set_lane(ticket, Lane.WRITE)
    record(
        MessageReceived(channel=channel, length=len(body), automatic=automatic),
        by=by,
        subject=message.ref,
        thread=ticket.ref,
        commits={"text": Text(body, f"{message.ref}:text")},
        ticket=ticket,
        message=message,
        customer=customer,
        automatic=automatic,
    )
    return message
