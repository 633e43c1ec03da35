"""What a reply to a ticket may rest on, read from its rows; the checks themselves read nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings

from conversations.attachments.models import Attachment
from conversations.drafting.checks import Grounds
from conversations.drafting.foreign import Strangers
from conversations.drafting.links import allowed_hosts
from conversations.tickets.models import Message, Ticket
from conversations.tickets.states import SendingState
from conversations.tickets.threads import thread_of

MOST_MESSAGES = 60  # the last ones; what was said before is no ground any more
MOST_FILES = 40


def read_thread(ticket: Ticket) -> list[Message]:
    """The last messages of what is read as one with the ticket, with their sendings and `split_off`; the latest first."""
    messages = thread_of(ticket.number).messages_with_split()
    return list(messages.select_related("sending").order_by("-id")[:MOST_MESSAGES])


def grounds_of(
    ticket: Ticket,
    *,
    passages: Iterable[str] = (),
    sentences: Sequence[Mapping[str, Any]] = (),
    thread: Sequence[Message] | None = None,
    address: str = "",
) -> Grounds:
    """The thread, these passages, and what is the customer's or the desk's own. `ticket` comes with its customer.

    `thread` is what `read_thread` gave, for who has it already; `address` is the form of address of the model settings.
    """
    heard: list[str] = [ticket.subject]
    said: list[str] = []
    noted: list[str] = []
    read = read_thread(ticket) if thread is None else thread
    for message in read:
        if message.direction == Message.Direction.NOTE:
            noted.append(message.text)
        elif message.direction == Message.Direction.IN:
            heard.append(message.text)
        elif was_sent(message):
            said.append(message.text)
    customer = ticket.customer
    return Grounds(
        language=ticket.language,
        sources=tuple(passages),
        heard=heard,
        said=said,
        own=[
            customer.name,
            customer.email,
            f"phone {customer.phone}",
            f"#{ticket.number}",
            settings.ENV.mail_from,
            settings.PUBLIC_URL,
            settings.ENV.organisation,
            ticket.team.name if ticket.team else "",
        ],
        noted=noted,
        supported=[sentence["text"] for sentence in sentences if sentence["sources"]],
        unsupported=[sentence["text"] for sentence in sentences if is_unsupported(sentence)],
        drafted="".join(sentence["text"] for sentence in sentences) if sentences else None,
        named=[customer.name, *_file_names(read)],
        hosts=allowed_hosts(),
        address=address,
        strangers=Strangers(ticket),
    )


def is_unsupported(sentence: Mapping[str, Any]) -> bool:
    """Whether a sentence of a draft states something, and nothing that it quotes says so."""
    return sentence.get("kind") == "claim" and not sentence["sources"]


def _file_names(thread: Sequence[Message]) -> list[str]:
    """Of files that the customer sent: names are written by whoever sends them."""
    came = [message.pk for message in thread if message.direction == Message.Direction.IN]
    return list(Attachment.objects.filter(message__in=came).values_list("name", flat=True)[:MOST_FILES])


def was_sent(message: Message) -> bool:
    """Whether the customer could read it: what still waits or was taken back is no ground for anything."""
    sending = getattr(message, "sending", None)
    return not message.notice and sending is not None and sending.state == SendingState.SENT
