"""What happens to customers, tickets, messages and sendings."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.tickets.models import Customer, Message, SavedView, Ticket
from desk.ledger.append import canonical
from desk.ledger.kinds import Code, Facts, Ref, because, kind, names, words
from desk.ledger.texts import columns, kept, kept_in

Consent = Literal["yes", "no", "never_asked"]
Source = Code


@kind("customer.added", says="{subject} became a customer")
class CustomerAdded(Facts):
    pass


@kind("customer.changed", says="{actor} changed the details of {subject}")
class CustomerChanged(Facts):
    fields: list[Code]


@kind("customer.consent_set", says="May a model draft for {subject}? Now: {consent} (said by {source})")
class ConsentSet(Facts):
    consent: Consent
    source: Source


@kind("policy.changed", says="{actor} set the policy for customers who were never asked: {ai_consent}")
class PolicyChanged(Facts):
    ai_consent: Code


@kind("ticket.opened", says="{actor} opened {subject} by {channel}")
class TicketOpened(Facts):
    channel: Code
    language: Code
    priority: Code
    customer: Ref


@kind("message.received", says="{actor} wrote in {thread}")
class MessageReceived(Facts):
    channel: Code
    length: int
    automatic: bool = False


@kind("message.noted", says="{actor} wrote an internal note in {thread}")
class MessageNoted(Facts):
    length: int


@kind("notice.queued", says="The {notice} that a person wrote once was put into the post for {thread}")
class NoticeQueued(Facts):
    notice: Code
    language: Code


@kind("ticket.status_set", says="{actor} set {subject} from {before} to {after}")
class StatusSet(Facts):
    before: Code
    after: Code


@kind("ticket.priority_set", says="{actor} set the priority of {subject} from {before} to {after}")
class PrioritySet(Facts):
    before: Code
    after: Code


@kind("ticket.assigned", says="{actor} assigned {subject} to {to}")
class TicketAssigned(Facts):
    to: Ref | Literal["nobody"]


@kind("ticket.team_set", says="{actor} moved {subject} to {to}")
class TeamSet(Facts):
    before: Ref | Literal["no_team"]
    to: Ref | Literal["no_team"]


@kind("ticket.tags_set", says="{actor} changed the tags of {subject}")
class TagsSet(Facts):
    count: int


@kind("ticket.snoozed", says="{actor} put {subject} off")
class TicketSnoozed(Facts):
    minutes: int


@kind("ticket.woke", says="{subject} came back from being put off")
class TicketWoke(Facts):
    pass


@kind("ticket.woken", says="{actor} brought {subject} back before its time")
class TicketWoken(Facts):
    pass


@kind("ticket.marked_spam", says="{actor} marked {subject} as spam")
class TicketMarkedSpam(Facts):
    before: Code


@kind("ticket.unmarked_spam", says="{actor} said that {subject} is no spam")
class TicketUnmarkedSpam(Facts):
    after: Code


@kind("ticket.merged", says="{actor} merged {subject} into {into}")
class TicketMerged(Facts):
    into: Ref
    same_customer: bool


@kind("ticket.took_in", says="{actor} merged {other} into {subject}")
class TicketTookIn(Facts):
    other: Ref
    waits: bool
    same_customer: bool


@kind("ticket.unmerged", says="{actor} took {subject} out of {out_of} again")
class TicketUnmerged(Facts):
    out_of: Ref


@kind("ticket.gave_back", says="{actor} took {other} out of {subject} again")
class TicketGaveBack(Facts):
    other: Ref


@kind("ticket.split", says="{actor} made a message of {subject} {into}")
class TicketSplit(Facts):
    message: Ref
    into: Ref


@kind("ticket.split_off", says="{actor} opened {subject} from a message of {source}")
class TicketSplitOff(Facts):
    message: Ref
    source: Ref
    customer: Ref
    language: Code
    priority: Code


@kind("bulk.begun", says="{actor} began to change {tickets:ticket|tickets} at once ({field})")
class BulkBegun(Facts):
    field: Code
    tickets: int


@kind("bulk.stopped", says="{actor} stopped a change of many tickets")
class BulkStopped(Facts):
    pass


@kind("bulk.ended", says="A change of many tickets is done: {done} changed, {skipped} skipped")
class BulkEnded(Facts):
    done: int
    already: int
    skipped: int


@kind("bulk.undo_begun", says="{actor} began to take a change of {tickets:ticket|tickets} back")
class BulkUndoBegun(Facts):
    tickets: int


@kind("bulk.undone", says="A change of many tickets was taken back: {undone} are as before, {kept} stayed")
class BulkUndone(Facts):
    undone: int
    kept: int


@kind("ticket.change_undone", says="{actor} took back a change of {field} in {subject}")
class TicketChangeUndone(Facts):
    field: Code


@kind("ticket.breaching", says="The time to answer {subject} is nearly over")
class TicketBreaching(Facts):
    minutes_left: int


@kind("ticket.kept_for_people", says="{actor} kept {subject} for people")
class TicketKeptForPeople(Facts):
    because: Code


@kind("ticket.released_to_model", says="{actor} let a model draft for {subject} again")
class TicketReleased(Facts):
    pass


@kind("sending.queued", says="A reply in {thread} waits to be sent")
class SendingQueued(Facts):
    wait_seconds: int


@kind("sending.begun", says="A reply in {thread} is being handed to the mail server")
class SendingBegun(Facts):
    attempt: int


@kind("sending.sent", says="A reply in {thread} was taken by the mail server")
class SendingSent(Facts):
    pass


@kind("sending.deferred", says="A reply in {thread} could not be handed over yet ({error}), it will be tried again")
class SendingDeferred(Facts):
    error: Code
    attempt: int


@kind("sending.failed", says="A reply in {thread} could not be delivered: {error}")
class SendingFailed(Facts):
    error: Code


@kind("sending.unknown", says="Nobody knows whether a reply in {thread} arrived: the mail server went away in between")
class SendingUnknown(Facts):
    error: Code


@kind("sending.withdrawn", says="A reply in {thread} was taken back before it was sent: {because}")
class SendingWithdrawn(Facts):
    because: Code


@kind("sending.resolved", says="{actor} settled what became of a reply in {thread}: {as_}")
class SendingResolved(Facts):
    as_: Code


Audience = Ref | Literal["private", "everyone"]


@kind("view.saved", says="{actor} saved a view of tickets ({audience})")
class ViewSaved(Facts):
    audience: Audience
    base: Code
    narrowed_by: int


@kind("view.changed", says="{actor} changed a saved view ({audience})")
class ViewChanged(Facts):
    fields: list[Code]
    audience: Audience


@kind("view.moved", says="{actor} moved a saved view to place {place}")
class ViewMoved(Facts):
    place: int


@kind("view.deleted", says="{actor} deleted a saved view ({audience})")
class ViewDeleted(Facts):
    audience: Audience


@kind("demo.imported", says="Demo data was loaded: {what}; its business times lie before this entry")
class DemoImported(Facts):
    what: Code
    rows: int


@names("customer")
def customers(refs: set[str]) -> dict[str, str]:
    ids = [UUID(ref.partition(":")[2]) for ref in refs]
    return {customer.ref: customer.display_name for customer in Customer.objects.filter(pk__in=ids)}


kept_in("message", Message, "text")
kept_in("ticket", Ticket, "subject")


@kept("view", "name", "narrowed", moves_on=True)
def view_texts(sources: Collection[str]) -> dict[str, str]:
    """Names of saved views and what they are narrowed by; each may be changed, and goes with its view."""
    found: dict[str, str] = {}
    for column, by_key in columns(sources).items():
        for view in SavedView.objects.filter(pk__in=by_key):
            if column in {"name", "narrowed"}:
                found[by_key[view.pk]] = view.name if column == "name" else canonical(view.parameters)
    return found


@names("ticket")
def tickets(refs: set[str]) -> dict[str, str]:
    return {ref: _("ticket %(number)s") % {"number": ref.partition(":")[2]} for ref in refs}


words(
    {
        "customer_wrote": gettext_lazy("the customer wrote again"),
        "opted_out": gettext_lazy("the customer chose people only"),
        "not_asked": gettext_lazy("the customer had not said yes to AI"),
        "asked_for_person": gettext_lazy("the customer asked for a person"),
        "people_only": gettext_lazy("the ticket is kept for people"),
        "private": gettext_lazy("for its maker alone"),
        "everyone": gettext_lazy("for everyone"),
        "merged": gettext_lazy("the ticket was merged into another"),
        "joined": gettext_lazy("another ticket of this customer was merged into it"),
        "unmerged": gettext_lazy("a ticket was taken out of it again"),
        "split": gettext_lazy("a message became a ticket of its own"),
        "undone": gettext_lazy("whoever decided it took it back"),
    }
)


because(
    {
        "customer": gettext_lazy(
            "What a customer chose decides what a model may do for them, so each choice has to be provable."
        ),
        "ticket": gettext_lazy("Who had a ticket when, and who moved it, answers the question why somebody waited."),
        "message": gettext_lazy(
            "A decision rests on what was written. Its text can be proved while it exists, and goes with the customer."
        ),
        "notice": gettext_lazy(
            "What the desk sends by itself was worded by a person once, and this shows when it went out."
        ),
        "policy": gettext_lazy(
            "Whether a model may draft for customers who were never asked is a decision that somebody answers for."
        ),
        "sending": gettext_lazy(
            "Between a decision and the mail server a reply can be late, lost or doubled: each step is told, none is guessed."
        ),
        "bulk": gettext_lazy(
            "Changing many tickets at once is one decision with many effects; it has to be seen as one."
        ),
        "view": gettext_lazy("Views that others use shape what they look at, so who changed them is on record."),
        "demo": gettext_lazy("Invented data must never be taken for what happened."),
    }
)
