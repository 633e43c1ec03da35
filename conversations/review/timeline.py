"""The thread of a ticket: its messages, and between them what was done, in words."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from accounts.rights import Right, person_has
from conversations.attachments.models import Attachment
from conversations.attachments.queries import files_of
from conversations.knowledge.notes import usable_notes
from conversations.tickets.kin import read_here, split_into
from conversations.tickets.models import Message, Ticket
from conversations.tickets.notices import for_desk
from conversations.tickets.states import SendingState
from desk.ledger.kinds import sentences
from desk.ledger.models import Entry

CHANNELS = {"mail": gettext_lazy("by mail"), "form": gettext_lazy("by form"), "api": gettext_lazy("by API")}

EVENTS: dict[str, tuple[str, bool]] = {
    "draft.prepared": ("sparkles", True),
    "draft.failed": ("alert-triangle", True),
    "draft.went_stale": ("history", True),
    "draft.withdrawn": ("user-heart", True),
    "draft.quarantined": ("lock", True),
    "draft.approved": ("circle-check", False),
    "draft.edited": ("circle-check", False),
    "draft.rejected": ("x", False),
    "draft.set_aside": ("pencil", False),
    "decision.undone": ("arrow-back-up", False),
    "decision.withdrawn": ("arrow-back-up", False),
    "ticket.status_set": ("history", False),
    "ticket.priority_set": ("history", False),
    "ticket.assigned": ("user", False),
    "ticket.team_set": ("users", False),
    "ticket.tags_set": ("history", False),
    "ticket.snoozed": ("clock", False),
    "ticket.woke": ("clock", False),
    "ticket.woken": ("clock", False),
    "ticket.marked_spam": ("hand-stop", False),
    "ticket.unmarked_spam": ("arrow-back-up", False),
    "ticket.change_undone": ("arrow-back-up", False),
    "ticket.merged": ("messages", False),
    "ticket.took_in": ("messages", False),
    "ticket.unmerged": ("arrow-back-up", False),
    "ticket.gave_back": ("arrow-back-up", False),
    "ticket.split": ("messages", False),
    "ticket.split_off": ("messages", False),
    "ticket.escalated": ("users", False),
    "ticket.handed_over": ("users", False),
    "ticket.taken_over": ("user-check", False),
    "ticket.kept_for_people": ("user-heart", False),
    "ticket.released_to_model": ("sparkles", False),
    "concern.raised": ("message-report", False),
    "concern.settled": ("circle-check", False),
    "sending.unknown": ("alert-triangle", False),
    "sending.failed": ("alert-triangle", False),
    "sending.resolved": ("circle-check", False),
    "job.died": ("alert-triangle", False),
}
"""Kinds that the thread tells of, between the messages; the whole timeline is in the ledger."""


def timeline(ticket: Ticket, person: Person) -> list[dict[str, Any]]:
    """Messages and the events between them, in the order in which they happened, of all that is read as one conversation."""
    thread, messages = read_here(person, ticket.number)
    threads = [f"ticket:{number}" for number in thread.numbers]
    # Of what was merged each ticket has an entry of its own: this one's says it here.
    of_others = Q(kind__in=["ticket.merged", "ticket.unmerged"]) & ~Q(thread=ticket.ref)
    entries = list(Entry.objects.filter(~of_others, thread__in=threads, kind__in=EVENTS).order_by("-seq")[:200])[::-1]
    told = [
        {
            "kind": "event",
            "id": entry.seq,
            "icon": EVENTS[entry.kind][0],
            "ai": EVENTS[entry.kind][1],
            "sentence": sentence,
            "at": entry.at,
            **_link(entry),
        }
        for entry, sentence in zip(entries, sentences(entries), strict=True)
    ]
    files = files_of(messages)
    made = split_into([message.pk for message in messages], thread)
    mine = thread.numbers if not ticket.is_merged and not ticket.is_spam and person_has(person, Right.WORK) else ()
    usable = usable_notes(messages)
    arrived = [message for message in messages if message.direction == Message.Direction.IN]
    items = [
        {
            **_message(message, person, files.get(message.pk, [])),
            "elsewhere": message.ticket_id if message.ticket_id != ticket.number else 0,
            "of_another": message.ticket_id in thread.of_others,
            "usable": message.pk in usable,
            "usable_url": reverse("note_usable", args=[message.ticket_id, message.pk])
            if message.direction == Message.Direction.NOTE and message.ticket_id in mine
            else "",
            "split_into": made.get(message.pk, 0),
            # Something has to be left.
            "split_url": reverse("split", args=[message.pk])
            if message in arrived
            and len(arrived) > 1 + len(made)
            and message.ticket_id in mine
            and message.pk not in made
            else "",
        }
        for message in messages
    ] + told
    return sorted(items, key=lambda item: item["at"])


def _link(entry: Entry) -> dict[str, str]:
    if (
        entry.kind in {"draft.prepared", "draft.failed"}
        and (number := entry.subject.removeprefix("draft:")).isdecimal()
    ):
        return {"url": reverse("model_saw", args=[int(number)]), "url_text": _("see what left")}
    return {}


def _message(message: Message, person: Person, files: list[Attachment]) -> dict[str, Any]:
    sending = getattr(message, "sending", None)
    state = sending.state if sending else "received"
    shown: dict[str, Any] = {
        "kind": "message",
        "id": message.pk,
        "at": message.created_at,
        "created_at": message.created_at,
        "direction": message.direction,
        "from": _author(message),
        "channel": CHANNELS.get(message.ticket.channel, ""),
        "text": for_desk(message),
        "state": state,
        "reason": "",
        # Sent by itself, of a text that a person wrote once: the thread shows it as one quiet line.
        "notice": bool(message.notice),
        "disclosure": None,
        "files": [_file(message, file) for file in files],
    }
    if message.disclosure_kind:
        shown["disclosure"] = {"kind": message.disclosure_kind, "text": message.disclosure_text}
    if sending is None:
        return shown
    if state == SendingState.WITHDRAWN:
        shown["reason"] = WITHDRAWN.get(sending.withdrawn_because, "")
    elif state in {SendingState.FAILED, SendingState.UNKNOWN}:
        shown["reason"] = SendingState(state).label + (f" ({sending.last_error})." if sending.last_error else ".")
        if person_has(person, Right.DECIDE):
            shown["resolve_url"] = reverse("resolve_sending", args=[sending.pk])
    elif _can_be_undone(message) and person_has(person, Right.DECIDE):
        shown["undo_url"] = reverse("undo", args=[message.decision_id])
        shown["undo_until"] = sending.release_at
    return shown


def _file(message: Message, file: Attachment) -> dict[str, Any]:
    where = [message.ticket_id, file.pk]
    picture = getattr(file.content, "preview", None) if file.content else None
    return {
        "name": file.name,
        "size": file.size,
        "missing": file.get_missing_display() if file.missing else "",
        "url": "" if file.missing else reverse("file", args=where),
        "preview": {"url": reverse("file_preview", args=where), "width": picture.width, "height": picture.height}
        if picture
        else None,
    }


def _can_be_undone(message: Message) -> bool:
    sending = message.sending
    return bool(message.decision_id and sending.state == SendingState.QUEUED and sending.release_at > timezone.now())


WITHDRAWN = {
    "undone": gettext_lazy("Taken back by the person who decided it."),
    "customer_wrote": gettext_lazy("Taken back because the customer wrote again before it went out."),
    "opted_out": gettext_lazy("Taken back because the customer chose people only."),
    "asked_for_person": gettext_lazy("Taken back because the customer asked for a person."),
    "people_only": gettext_lazy("Taken back because this ticket is kept for people."),
    "merged": gettext_lazy("Taken back because this ticket was merged into another before it went out."),
    "joined": gettext_lazy("Taken back because another ticket of this customer was merged in before it went out."),
    "spam": gettext_lazy("Taken back because this ticket was marked as spam."),
    "stopped": gettext_lazy("Taken back because drafting was stopped here."),
}


def _author(message: Message) -> dict[str, str]:
    if message.direction == Message.Direction.IN and message.customer:
        return {"name": message.customer.display_name, "initials": message.customer.initials}
    if message.person:
        return {"name": message.person.name, "initials": message.person.initials}
    if message.notice:
        return {"name": _("Acknowledgement"), "initials": "✓"}
    return {"name": _("A program"), "initials": "⚙"}
