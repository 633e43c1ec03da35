"""Every write of the mailroom: mails that come in, and sendings that wait for a better hour."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

from django.db import connection

from conversations.attachments.actions import Received
from conversations.mailroom import queries, quotes, texts
from conversations.mailroom.addresses import marks_of
from conversations.mailroom.kinds import MailRefused
from conversations.mailroom.letters import Letter
from conversations.tickets.actions import Opening, defer_sending, open_ticket, receive_message, set_consent
from conversations.tickets.models import Customer, Sending, Ticket
from conversations.tickets.texts import MAX_TEXT
from desk.actions import Actor, action, record
from desk.jobs import Claim
from desk.ledger.append import Text
from desk.problems import Invalid


@dataclass(frozen=True, slots=True)
class Raw:
    """What of a mail as it came is remembered when it is refused: its SHA-256 in hexadecimal, its size in bytes."""

    digest: str
    size: int


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a mail: the ticket that it is in, or why it was refused (both for a mail that came twice)."""

    ticket: Ticket | None = None
    refused: str = ""


@action("mail.taken")
def take(letter: Letter, raw: Raw, *, by: Actor) -> Taken:
    """Put a mail where it belongs: into the ticket of its sender that it answers, or into a new one. Once each."""
    _one_at_a_time(letter.mail_id)
    customer = queries.customer_at(letter.sender)
    if queries.is_our_mail(letter.mail_id):
        return refuse(raw, "own_mail", by=by)
    if before := queries.taken_before(customer, letter.mail_id):
        return refuse(raw, "duplicate", ticket=before.ticket, by=by)
    ticket = queries.ticket_answered(customer, replies_to=letter.replies_to, tokens=letter.tokens)
    who = customer.actor(via="mail") if customer else by
    # Their address as it is known here, which may be spelled otherwise.
    letter = replace(letter, sender=customer.email) if customer else letter
    own_words = quotes.own_words(letter.text, ours=marks_of(ticket)) if ticket else letter.text
    body = _body(letter, own_words)
    people_only = not letter.automatic and texts.asks_for_people_only(_first_line(own_words))
    try:
        if ticket is None or customer is None:
            return Taken(_open(letter, body, people_only=people_only, by=who))
        return Taken(_add(ticket, customer, letter, body, people_only=people_only, by=who))
    except Invalid as problem:
        return refuse(raw, "address_unusable" if "email" in problem.fields.get("errors", {}) else "empty", by=by)


@action("mail.refused")
def refuse(raw: Raw, code: str, *, by: Actor, ticket: Ticket | None = None) -> Taken:
    """Record that a mail was not taken in, and why. Of the mail itself only a commitment to its hash is kept."""
    subject = f"mail:{secrets.token_hex(8)}"
    record(
        MailRefused(code=code, size=raw.size),
        by=by,
        subject=subject,
        thread=ticket.ref if ticket else "",
        commits={"raw": Text(raw.digest, f"{subject}:sha256")},
    )
    return Taken(ticket, code)


@action("sending.deferred")
def put_off(sending: Sending, claim: Claim, *, error: str, by: Actor) -> Sending:
    """Back to waiting, by the worker that has the job: one that lost it must not touch what another is sending."""
    waiting = defer_sending(sending, error=error, by=by)
    claim.hold()
    return waiting


def _open(letter: Letter, body: str, *, people_only: bool, by: Actor) -> Ticket:
    opening = Opening(
        subject=letter.subject,
        body=body,
        email=letter.sender,
        name=letter.sender_name,
        channel="mail",
        mail_id=letter.mail_id,
        in_reply_to=letter.in_reply_to,
        automatic=letter.automatic,
        files=Received(letter.attachments),
        ai_consent=False if people_only else None,
        consent_source="mail",
    )
    return open_ticket(opening, by=by)


def _add(ticket: Ticket, customer: Customer, letter: Letter, body: str, *, people_only: bool, by: Actor) -> Ticket:
    if people_only:
        set_consent(customer, consent=False, source="mail", by=by)
    receive_message(
        ticket,
        text=body,
        channel="mail",
        mail_id=letter.mail_id,
        in_reply_to=letter.in_reply_to,
        automatic=letter.automatic,
        files=Received(letter.attachments),
        by=by,
    )
    return ticket


def _body(letter: Letter, own_words: str) -> str:
    """What the mail says; its subject when it says nothing else, and a word when it brings nothing but files."""
    room = MAX_TEXT - 100
    said = own_words.strip() or letter.subject.strip() or ("[attachment]" if letter.attachments else "")
    if len(said) > room:
        said = f"{said[:room].rstrip()}\n\n[The rest of this mail, {len(said) - room:,} characters, was left out.]"
    return said


def _first_line(text: str) -> str:
    """The first line that the customer wrote: not an empty one, not a quoted one."""
    return next((line for line in text.splitlines() if line.strip() and not line.lstrip().startswith(">")), "")[:200]


def _one_at_a_time(mail_id: str) -> None:
    """The same mail twice at once: the second waits here for the first, and then finds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('mail:' || %s))", [mail_id])
