"""What customers do on their pages, each once however often it is sent."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import get_language

from conversations.attachments.forms import NO_FILES, Chosen
from conversations.portal.once import only_once, taken
from conversations.privacy.actions import answer_at_first_contact
from conversations.review.actions import raise_concern
from conversations.review.models import Concern
from conversations.tickets.actions import Opening, open_ticket, receive_message
from conversations.tickets.models import Message, Ticket
from desk.actions import Actor, action

_SOURCE = "form"
_TOO_SHORT_TO_TELL = 30  # characters: below that the browser's language says more than the text does


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it was typed. `ai_consent`: true for a yes, false for people only, null for no choice made."""

    name: str
    email: str
    subject: str
    message: str
    ai_consent: bool | None


@action("request.sent")
def send_request(asked: Asked, files: Chosen = NO_FILES, *, mark: str, by: Actor) -> Ticket:
    """Open a ticket from the public form, or raise SentBefore, or what is wrong with the files.

    Anybody can type anybody's address here, so a yes to models counts for a new customer alone, and a no for everybody.
    """
    answer = only_once(mark)
    ticket = open_ticket(
        Opening(
            subject=asked.subject,
            body=asked.message,
            email=asked.email,
            name=asked.name,
            language=_browser_language() if len(asked.message) < _TOO_SHORT_TO_TELL else "",
            channel="form",
            ai_consent=False if asked.ai_consent is False else None,
            consent_source=_SOURCE,
            files=files.enclosure(),
        ),
        by=by,
    )
    if asked.ai_consent:
        answer_at_first_contact(ticket, source=_SOURCE, by=by)
    taken(answer, ticket.number)
    return ticket


@action("message.sent")
def send_message(ticket: Ticket, text: str, files: Chosen, *, mark: str, by: Actor) -> Message:
    """Take in what the customer adds on the ticket's page, or raise SentBefore, or what is wrong with the files."""
    answer = only_once(mark)
    message = receive_message(ticket, text=text, channel=_SOURCE, files=files.enclosure(), by=by)
    taken(answer, ticket.number)
    return message


@action("concern.sent")
def send_concern(ticket: Ticket, message: Message, text: str, *, mark: str, by: Actor) -> Concern:
    """The customer says what is wrong with a reply, or SentBefore."""
    answer = only_once(mark)
    concern = raise_concern(ticket, message=message, text=text, by=by)
    taken(answer, ticket.number)
    return concern


def _browser_language() -> str:
    return (get_language() or "").partition("-")[0]
