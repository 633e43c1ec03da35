"""What a customer may see of their ticket, and nothing else of the desk."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from conversations.attachments.models import Attachment
from conversations.attachments.queries import files_of
from conversations.drafting.models import ModelCall
from conversations.mailroom.addresses import ticket_link
from conversations.review.models import Concern
from conversations.tickets.access import ticket_by_link
from conversations.tickets.models import Message, Ticket
from conversations.tickets.notices import for_customer
from conversations.tickets.states import Lane, SendingState, Status
from conversations.tickets.threads import standing, thread_of
from desk.problems import NotFound

MOST = 200
"""Messages on one page; the newest."""

LEFT_THE_DESK = (SendingState.SENDING, SendingState.SENT, SendingState.UNKNOWN)
"""A reply is the customer's to see once it is on its way. Also `unknown`: they may come from that very mail."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,64}")
_REPLACED: dict[str, Promise] = {
    "name": _("names"),
    "email": _("mail addresses"),
    "phone": _("phone numbers"),
    "address": _("postal addresses"),
    "card": _("card numbers"),
    "iban": _("bank accounts"),
    "id": _("numbers of papers and insurances"),
    "birth": _("dates of birth"),
    "ip": _("internet addresses"),
    "secret": _("passwords and keys"),
    "order": _("order numbers"),
    "account": _("account numbers"),
    "link": _("links to your request"),
    "text": _("other passages"),
}


class Stage(StrEnum):
    """Where a ticket stands, as far as that concerns its customer."""

    WITH_US = "with_us"
    ANSWERED = "answered"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Given:
    """What a model was given for a reply: what was replaced before (words and how often), and the articles' titles."""

    replaced: Sequence[tuple[Promise, int]]
    articles: Sequence[str]


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as the customer sees it.

    `given` is None when no model had been given anything for it; `reported` while a concern about it is open.
    """

    message: Message
    given: Given | None = None
    reported: bool = False
    files: Sequence[Attachment] = ()

    @property
    def text(self) -> str:
        return for_customer(self.message, ticket_link(self.message.ticket))

    @property
    def own(self) -> bool:
        return self.message.direction == Message.Direction.IN

    @property
    def notice(self) -> bool:
        return bool(self.message.notice)

    @property
    def reply(self) -> bool:
        return not self.own and not self.notice

    @property
    def drafted(self) -> bool:
        return self.message.disclosure_kind in {"drafted", "drafted_changed"}

    @property
    def on_its_way(self) -> bool:
        return self.reply and self.message.sending.state == SendingState.SENDING


def ticket_of(token: str) -> Ticket:
    """The ticket that a link leads to, or NotFound."""
    if not _TOKEN.fullmatch(token):
        raise NotFound
    return goes_on(ticket_by_link(token))


def goes_on(ticket: Ticket) -> Ticket:
    """Where a customer's ticket goes on since it was merged; one of another customer is never shown."""
    if not ticket.is_merged:
        return ticket
    onward = Ticket.objects.select_related("customer", "team").get(pk=standing(ticket.number))
    return onward if onward.customer_id == ticket.customer_id else ticket


def visible_messages(ticket: Ticket) -> QuerySet[Message]:
    """What the customer wrote and what has left for them: no note, no draft, nothing that waits or was taken back."""
    return (
        thread_of(ticket.number)
        .messages()
        .filter(
            Q(direction=Message.Direction.IN) | Q(direction=Message.Direction.OUT, sending__state__in=LEFT_THE_DESK)
        )
    )


def letters(ticket: Ticket) -> list[Letter]:
    """The newest messages, oldest first."""
    newest = list(visible_messages(ticket).select_related("sending", "ticket").order_by("-id")[:MOST])
    here = thread_of(ticket.number).numbers
    receipts = ModelCall.objects.filter(ticket__in=here).defer(
        "request_sealed", "response_sealed", "placeholders_sealed"
    )
    calls = list(receipts.select_related("draft").order_by("id"))
    reported = set(Concern.objects.filter(ticket__in=here, settled_at=None).values_list("message_id", flat=True))
    files = files_of(newest)
    shown: list[Letter] = []
    last_reply = 0
    for message in reversed(newest):
        letter = Letter(message, reported=message.pk in reported, files=files.get(message.pk, ()))
        if letter.reply:
            letter = replace(letter, given=_given(message, calls, after=last_reply))
            last_reply = message.pk
        shown.append(letter)
    return shown


def reply_of(ticket: Ticket, message_id: int) -> Message:
    """A reply that the customer can see, or NotFound."""
    found = visible_messages(ticket).filter(pk=message_id, direction=Message.Direction.OUT, notice="").first()
    if found is None:
        raise NotFound
    return found


def stage(ticket: Ticket, shown: list[Letter]) -> Stage:
    """Told from what is shown, so that a reply which still waits to be sent does not give itself away."""
    if ticket.status in {Status.SOLVED, Status.CLOSED}:
        return Stage.DONE
    speaking = [letter for letter in shown if not letter.notice]
    return Stage.ANSWERED if speaking and speaking[-1].reply and ticket.lane == Lane.NONE else Stage.WITH_US


def _given(reply: Message, calls: Collection[ModelCall], *, after: int) -> Given | None:
    """What the calls behind a reply were given: those of its draft; without one, those since the reply before it."""
    behind = [call for call in calls if call.draft_id == reply.draft_id] or [
        call for call in calls if after < call.draft.last_message_id < reply.pk
    ]
    if not behind:
        return None
    last = behind[-1]
    counts: dict[str, int] = last.redaction.get("replaced", {})
    return Given(
        replaced=[(words, counts[kind]) for kind, words in _REPLACED.items() if counts.get(kind)],
        articles=list(dict.fromkeys(str(passage["title"]) for passage in last.draft.passages)),
    )
