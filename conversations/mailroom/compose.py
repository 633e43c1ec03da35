"""A message that was decided, or a notice, as the mail that leaves.

The text goes out to the letter; what is added stands under it (how it came about, where a person is reached) and in the
headers. Nothing that a customer or a model wrote can become a header of its own or a link in the HTML part.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import EmailPolicy, Policy

from django.conf import settings
from django.utils.html import escape

from conversations.attachments.queries import content_of, files_of
from conversations.mailroom import queries, texts
from conversations.mailroom.addresses import new_mail_id, on_the_wire, reply_address, ticket_link
from conversations.redaction.cleaning import clean
from conversations.tickets.models import Message, Ticket
from conversations.tickets.notices import for_customer

_ANSWER_MARKS = re.compile(r"^(?:(?:re|aw|antw|fwd?|wg|rv|sv|tr)\s*:\s*)+", re.IGNORECASE)


class _MailIds(UnstructuredHeader, BaseHeader):
    """Mail ids fold between each other and stay as they are: the standard library encodes those over 76 characters."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: " + f"{policy.linesep} ".join(str(self).split()) + policy.linesep


_headers = HeaderRegistry()
_headers.map_to_type("references", _MailIds)
_headers.map_to_type("in-reply-to", _MailIds)
PLAIN: EmailPolicy[EmailMessage] = policy.SMTP.clone(header_factory=_headers)
UTF8: EmailPolicy[EmailMessage] = policy.SMTPUTF8.clone(header_factory=_headers)


class FileMissing(ValueError):
    """A file that was decided to go with the text is not there any more: the text does not go without it."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One mail and the two addresses that the mail server is told. `needs_utf8`: it must know SMTPUTF8."""

    sender: str
    recipient: str
    needs_utf8: bool
    mail_id: str
    mail: EmailMessage

    def content(self) -> bytes:
        """The mail as bytes with CRLF, ASCII alone unless the recipient's address needs more."""
        return self.mail.as_bytes(policy=UTF8 if self.needs_utf8 else PLAIN)


def envelope_of(message: Message) -> Envelope:
    """The mail of one message to the customer; tried again, it keeps its Message-ID. Raises AddressUnusable, FileMissing."""
    ticket = message.ticket
    to, sender = on_the_wire(ticket.customer.email), on_the_wire(settings.ENV.mail_from)
    utf8 = to.needs_utf8 or sender.needs_utf8
    mail = EmailMessage(policy=UTF8 if utf8 else PLAIN)
    mail_id = message.mail_id or new_mail_id()
    mail["Message-ID"] = mail_id
    mail["Date"] = datetime.now(UTC)
    mail["From"] = Address(display_name=_sender_name(ticket), addr_spec=sender.address)
    mail["To"] = to.address
    mail["Reply-To"] = reply_address(ticket)
    mail["Subject"] = _subject(message, ticket)
    _thread(mail, message)
    if message.notice:
        mail["Auto-Submitted"] = "auto-replied"
        mail["X-Auto-Response-Suppress"] = "All"
    else:
        mail["AI-Disclosure"] = message.disclosure_kind
    body = _body(message, ticket)
    # Quoted-printable passes every server, also one without 8BITMIME.
    mail.set_content(body, cte="quoted-printable")
    mail.add_alternative(_html(body, ticket), subtype="html", cte="quoted-printable")
    _enclose(mail, message)
    return Envelope(sender.address, to.address, utf8, mail_id, mail)


def _enclose(mail: EmailMessage, message: Message) -> None:
    """The files that were decided to go with the text, byte for byte. Raises FileMissing when one is not there."""
    for file in files_of([message]).get(message.pk, []):
        if file.missing:
            raise FileMissing
        kind, _, form = file.type.partition("/")
        # Text would go out with other line ends: as bytes it stays what it is.
        if kind not in {"image", "application", "audio", "video"}:
            kind, form = "application", "octet-stream"
        mail.add_attachment(content_of(file), maintype=kind, subtype=form, filename=file.name)


def _thread(mail: EmailMessage, message: Message) -> None:
    earlier = queries.earlier_mail_ids(message)
    if earlier.ids:
        mail["References"] = " ".join(earlier.ids)
    if earlier.answered:
        mail["In-Reply-To"] = earlier.answered


def _subject(message: Message, ticket: Ticket) -> str:
    number = f"#{ticket.number}"
    if message.notice == "acknowledgement":
        # Not the customer's own words: whoever writes in another's name must not have them carried there.
        return texts.acknowledgement_subject(ticket.language, number)
    own = _ANSWER_MARKS.sub("", _line(ticket.subject).replace(f"[{number}]", "").strip())
    return f"Re: {own} [{number}]"


def _sender_name(ticket: Ticket) -> str:
    organisation = _line(settings.ENV.organisation)
    return f"{organisation} · {_line(ticket.team.name)}" if ticket.team else organisation


def _body(message: Message, ticket: Ticket) -> str:
    if message.notice:
        return f"{for_customer(message, ticket_link(ticket))}\n"
    foot = texts.how_to_reach(ticket.language, ticket_link(ticket))
    return f"{message.text}\n\n—\n{message.disclosure_text}\n{foot}\n"


def _html(body: str, ticket: Ticket) -> str:
    """The same text for readers who show HTML first. The one link is that of the ticket."""
    link = escape(ticket_link(ticket))
    shown = escape(body.strip()).replace(link, f'<a href="{link}">{link}</a>')
    paragraphs = "\n".join(f'<p dir="auto">{part}</p>' for part in re.split(r"\n{2,}", shown))
    paragraphs = re.sub(r"(?<!</p>)\n", "<br>\n", paragraphs)
    return f'<!doctype html>\n<html lang="{texts.nearest(ticket.language)}"><body>\n{paragraphs}\n</body></html>\n'


def _line(text: str) -> str:
    """One line: a header cannot be ended from within."""
    return " ".join(clean(text).split())
