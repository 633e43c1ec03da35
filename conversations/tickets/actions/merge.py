"""Merging a ticket into another, and undoing it. No message is moved or changed: the other ticket shows them (threads.py)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right
from conversations.tickets.actions.work import (
    IsMerged,
    IsSpam,
    Unsettled,
    answered,
    is_unanswered,
    keep_for_people,
    release_to_model,
    set_lane,
    unsettled,
)
from conversations.tickets.kinds import TicketGaveBack, TicketMerged, TicketTookIn, TicketUnmerged
from conversations.tickets.merges import Merge
from conversations.tickets.models import Message, Sending, Ticket
from conversations.tickets.states import Lane, SendingState, Status
from conversations.tickets.threads import standing, thread_of
from desk.actions import Actor, action, record
from desk.problems import Problem
from desk.statements import write

_ENDED = {Status.PENDING, Status.ON_HOLD, Status.SOLVED, Status.CLOSED}


class CannotMerge(Problem):
    code, status, title = "cannot_merge", 409, _("These tickets cannot be merged")
    detail = _("Choose another ticket.")


class OtherCustomer(Problem):
    """The tickets are of two customers, and nobody has said that they know."""

    code, status, title = "other_customer", 409, _("These are tickets of two customers")
    detail = _(
        "Merge them only if both are the same person: replies go to the customer of the ticket that stays alone."
    )


class NotMerged(Problem):
    code, status, title = "not_merged", 409, _("This ticket is not merged")
    detail = _("Somebody has undone it already.")


@action("ticket.merged", needs=Right.WORK)
def merge(source: Ticket, target: Ticket, *, other_customer: bool = False, by: Actor) -> Merge:
    """Close a ticket for another one of its customer, which waits for what it waited for; later mails go there.

    `other_customer` says that somebody knows that the tickets are of two customers. These texts are the desk's alone then,
    nothing of one customer's ticket becomes the other's, and the one that is closed opens again when its customer writes.
    Raises CannotMerge, OtherCustomer, IsMerged, IsSpam, Unsettled.
    """
    if source.number == target.number:
        raise CannotMerge(_("A ticket cannot be merged into itself."))
    gone, kept = lock_tickets(source.number, target.number)
    _may(gone, kept, other_customer=other_customer)
    same, waits = gone.customer_id == kept.customer_id, gone.lane != Lane.NONE
    made = Merge(
        source=gone,
        target=kept,
        person_id=UUID(by.id) if by.kind == "person" else None,
        other_customer=not same,
        source_status=gone.status,
        source_waited=waits,
        source_snoozed_until=gone.snoozed_until,
        target_status=kept.status,
        target_last_inbound=kept.last_inbound,
        made_at=timezone.now(),
    )
    if same:
        made.kept_target = bool(gone.kept_for_people and not kept.kept_for_people)
        _take_in(gone, kept, waits=waits)
    gone.status, gone.snoozed_until = Status.CLOSED, None
    set_lane(gone, Lane.NONE)
    gone.merged_into = kept
    gone.save(update_fields=["merged_into"])
    made.save()
    if made.kept_target:
        keep_for_people(kept, gone.kept_for_people, by=by)
    record(
        TicketMerged(into=kept.ref, same_customer=same),
        by=by,
        subject=gone.ref,
        thread=gone.ref,
        ticket=gone,
        into=kept,
        same=same,
    )
    record(
        TicketTookIn(other=gone.ref, waits=same and waits, same_customer=same),
        by=by,
        subject=kept.ref,
        thread=kept.ref,
        ticket=kept,
        other=gone,
        waits=same and waits,
        same=same,
    )
    return made


@action("ticket.unmerged")
def unmerge(ticket: Ticket, *, by: Actor) -> Ticket:
    """Undo a merge: the ticket is what it was, and what came in meanwhile stays where it came in. Raises NotMerged."""
    made = Merge.objects.filter(source=ticket.number, undone_at=None).first()
    if made is None:
        raise NotMerged
    root_number = standing(ticket.number)
    gone, root = lock_tickets(ticket.number, root_number)
    made = Merge.objects.select_for_update(no_key=True).filter(source=gone.number, undone_at=None).first()
    if made is None or not gone.is_merged:
        raise NotMerged
    if standing(gone.number) != root.number:
        raise NotMerged(_("Somebody merged these tickets otherwise meanwhile. Look at them again."))
    leaving = thread_of(gone.number).numbers
    made.undone_at = timezone.now()
    made.save(update_fields=["undone_at"])
    gone.merged_into, gone.status = None, Status(made.source_status)
    gone.save(update_fields=["merged_into", "status"])
    if made.source_snoozed_until and made.source_snoozed_until > timezone.now():
        gone.snoozed_until = made.source_snoozed_until
    set_lane(gone, Lane.WRITE if made.source_waited else Lane.NONE)
    if not made.other_customer:
        _give_back(root, made, leaving, by=by)
    record(TicketUnmerged(out_of=made.target.ref), by=by, subject=gone.ref, thread=gone.ref, ticket=gone)
    record(
        TicketGaveBack(other=gone.ref),
        by=by,
        subject=root.ref,
        thread=root.ref,
        ticket=root,
        same=not made.other_customer,
    )
    return gone


def lock_tickets(*numbers: int) -> list[Ticket]:
    """Their customers (shared) and they, in the order of locks; as they are now, in the order asked for."""
    write(
        "SELECT 1 FROM tickets_customer WHERE id IN (SELECT customer_id FROM tickets_ticket WHERE number = ANY (%s)) "
        "ORDER BY id FOR SHARE",
        [list(numbers)],
    )
    write("SELECT 1 FROM tickets_ticket WHERE number = ANY (%s) ORDER BY number FOR NO KEY UPDATE", [list(numbers)])
    rows = Ticket.objects.select_related("customer", "team", "last_inbound").in_bulk(numbers)
    return [rows[number] for number in numbers]


def latest(messages: Iterable[Message | None]) -> Message | None:
    """The message that was written last."""
    return max(
        (each for each in messages if each is not None), key=lambda each: (each.created_at, each.pk), default=None
    )


def _may(gone: Ticket, kept: Ticket, *, other_customer: bool) -> None:
    """Raises what stands against merging these locked tickets."""
    for each in (gone, kept):
        if each.is_merged:
            raise IsMerged.of(each)
        if each.is_spam:
            raise IsSpam(
                _("Ticket %(number)s is marked as spam. Say first that it is no spam.") % {"number": each.number}
            )
    if gone.open_concerns or gone.lane == Lane.TROUBLE or unsettled(gone):
        raise Unsettled(
            _(
                "In ticket %(number)s a reply is in trouble, or the customer says that something is wrong. "
                "Settle that, then merge it."
            )
            % {"number": gone.number}
        )
    if Sending.objects.filter(message__ticket=gone, state=SendingState.SENDING).exists():
        raise CannotMerge(_("A reply is just being handed to the mail server. Try again in a moment."))
    if gone.customer_id != kept.customer_id and not other_customer:
        raise OtherCustomer(
            gettext(
                "Ticket %(gone)s is of %(one)s and ticket %(kept)s of %(other)s. Merge them only if both are the same person."
            )
            % {
                "gone": gone.number,
                "kept": kept.number,
                "one": gone.customer.email,
                "other": kept.customer.email,
            }
        )


def _take_in(gone: Ticket, kept: Ticket, *, waits: bool) -> None:
    """The locked ticket that stays is about what the customer wrote last in either, and waits as long as either did."""
    kept.last_inbound = latest([gone.last_inbound, kept.last_inbound])
    if waits:
        kept.snoozed_until = None
        kept.waiting_since = min(when for when in (gone.waiting_since, kept.waiting_since) if when)
        kept.due_at = min(when for when in (gone.due_at, kept.due_at) if when)
        kept.breaching_at = None
    kept.save(update_fields=["last_inbound", "waiting_since", "due_at", "breaching_at", "snoozed_until"])
    if waits:
        kept.status = Status.NEW if kept.status == Status.NEW else Status.OPEN
        # What rests on the thread as it was is ended by a reaction; until then nothing of it can be decided.
        set_lane(kept, Lane.WRITE)


def _give_back(root: Ticket, made: Merge, leaving: tuple[int, ...], *, by: Actor) -> None:
    """The locked ticket that stays is again about its own."""
    if root.last_inbound is not None and root.last_inbound.ticket_id in leaving:
        before = made.target_last_inbound
        if root.number != made.target_id or before is None:
            inbound = thread_of(root.number).about().filter(direction=Message.Direction.IN)
            before = inbound.order_by("-created_at", "-pk").first()
        root.last_inbound = before
        root.save(update_fields=["last_inbound"])
    if made.kept_target and root.kept_for_people and root.number == made.target_id:
        release_to_model(root, by=by)
        root.kept_for_people = ""
    if root.lane in {Lane.NONE, Lane.TROUBLE}:
        return
    as_before = root.number == made.target_id and root.last_inbound_id == made.target_last_inbound_id
    if as_before and made.target_status in _ENDED:
        root.status = Status(made.target_status)
        set_lane(root, Lane.NONE)
    elif is_unanswered(root):
        set_lane(root, Lane.WRITE)
    else:
        answered(root)
