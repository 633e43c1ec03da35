"""Decided replies for the tests, and the job that sends them, run here and now."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from typing import Literal

from django.utils import timezone

from accounts.models import Person
from conversations.mailroom import texts
from conversations.models import Decision, Draft, Message, Sending, Ticket
from conversations.tickets.actions import lock_ticket, post
from conversations.tickets.actions.sendings import DELIVER
from conversations.tickets.models import text_hash
from desk import jobs
from desk.actions import Actor, action
from desk.jobs import Job
from desk.ledger.models import Entry

REPLY = "Your refund was paid out on Monday.\n\nIt takes three days to arrive."


@action("test.decided")
def _decide_and_post(
    ticket: Ticket, *, person: Person, text: str, kind: str, disclosure: str, disclosure_text: str, by: Actor
) -> Message:
    locked = lock_ticket(ticket.number)
    draft = None
    if kind != "written":
        draft = Draft.objects.create(
            ticket=locked, last_message=ticket.messages.latest("id"), state=kind, text=text, created_at=timezone.now()
        )
    decision = Decision.objects.create(
        ticket=locked, draft=draft, draft_version=draft.version if draft else None, kind=kind, person=person, text=text,
        text_hash=text_hash(text), created_at=timezone.now(),
    )  # fmt: skip
    return post(locked, decision, disclosure_kind=disclosure, disclosure_text=disclosure_text, by=by)


def reply(
    ticket: Ticket, person: Person, text: str = REPLY, *, kind: str = "written", disclosure: str = "person"
) -> Sending:
    """A reply as the review room posts it: decided by a person, waiting for the time of undo."""
    said = texts.disclosure(disclosure, ticket.language, "Orders")
    message = _decide_and_post(
        ticket, person=person, text=text, kind=kind, disclosure=disclosure, disclosure_text=said, by=person.actor()
    )
    return message.sending


def job_of(sending: Sending) -> Job:
    return Job.objects.get(key=f"{DELIVER}:{sending.pk}")


def make_due(job: Job) -> None:
    """As if the time until the next try were over."""
    Job.objects.filter(pk=job.pk).update(run_after=timezone.now() - timedelta(seconds=1))


def lose_lease(job: Job) -> None:
    """As if the worker had been gone for a while."""
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def send(sending: Sending) -> Sending:
    """Run the sending's job once, now."""
    job = job_of(sending)
    make_due(job)
    jobs.run(job.pk)
    return now(sending)


def now(sending: Sending) -> Sending:
    return Sending.objects.select_related("message__ticket").get(pk=sending.pk)


def part_of(mail: EmailMessage, form: Literal["plain", "html"]) -> str:
    """The text of a mail, in lines as on the desk."""
    part = mail.get_body((form,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def entries(*kinds: str, thread: str = "") -> list[Entry]:
    found = Entry.objects.filter(kind__in=kinds).order_by("seq")
    return list(found.filter(thread=thread) if thread else found)
