"""What a reply to a ticket may rest on, read from its rows; the checks themselves read nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet

from conversations.attachments.models import Attachment
from conversations.drafting.checks import Grounds
from conversations.drafting.foreign import Strangers
from conversations.drafting.links import allowed_hosts
from conversations.tickets.models import Message, Ticket
from conversations.tickets.states import SendingState
from conversations.tickets.threads import Thread, foresee_thread, thread_of
from desk.rows import Asked, Reading, one_of

MOST_MESSAGES = 60  # the last ones; what was said before is no ground any more
MOST_FILES = 40
_NONE: Mapping[str, str] = MappingProxyType({})


def read_thread(ticket: Ticket) -> list[Message]:
    """The last messages of what is read as one with the ticket, with their sendings and `split_off`; the latest first."""
    thread = thread_of(ticket.number)
    if thread == Thread((ticket.number,)):
        return _alone.all(ticket=ticket.number)
    return list(_last(thread.messages_with_split()))


def foresee_thread_of(number: int) -> None:
    """Have what `read_thread` reads of a ticket that is alone asked along with the next statement."""
    foresee_thread(number)
    _alone.foresee(ticket=number)


def _last(messages: QuerySet[Message]) -> QuerySet[Message]:
    return messages.select_related("sending").order_by("-id")[:MOST_MESSAGES]


# Of a ticket that nothing was merged with or split from, as most are.
_split_off = Ticket.objects.filter(split_from=OuterRef("pk")).exclude(number=OuterRef("ticket"))
_beside: dict[str, Any] = {"split_off": Exists(_split_off)}
_alone = Reading(_last(Message.objects.filter(ticket=Asked("ticket")).annotate(**_beside)))


def grounds_of(
    ticket: Ticket,
    *,
    passages: Mapping[str, str] = _NONE,
    sentences: Sequence[Mapping[str, Any]] = (),
    thread: Sequence[Message] | None = None,
    address: str = "",
) -> Grounds:
    """The thread, these passages by their references, and what is the customer's or the desk's own. `ticket` comes with its
    customer.

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
        sources=tuple(passages.values()),
        articles=frozenset(text for ref, text in passages.items() if ref.startswith("passage:")),
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


def foresee_files(thread: Sequence[Message]) -> None:
    """Have the names of files that `grounds_of` reads asked along with the next statement."""
    if came := _came(thread):
        _files.foresee(messages=came)


def _file_names(thread: Sequence[Message]) -> list[str]:
    """Of files that the customer sent: names are written by whoever sends them."""
    came = _came(thread)
    return [file.name for file in _files.all(messages=came)] if came else []


def _came(thread: Sequence[Message]) -> list[int]:
    return [message.pk for message in thread if message.direction == Message.Direction.IN]


_files = Reading(Attachment.objects.filter(one_of("message_id", Asked("messages"))).only("name")[:MOST_FILES])


def was_sent(message: Message) -> bool:
    """Whether the customer could read it: what still waits or was taken back is no ground for anything."""
    sending = getattr(message, "sending", None)
    return not message.notice and sending is not None and sending.state == SendingState.SENT
