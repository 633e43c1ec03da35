"""What happens below that makes or unmakes drafts."""

from __future__ import annotations

import uuid

from conversations.drafting.actions import bring_back, outdate, request_draft, stale, supersede, withdraw
from conversations.drafting.actions.stops import APPLY_POLICY
from conversations.drafting.gate import barred
from conversations.drafting.models import Draft
from conversations.drafting.queries import decided_and_waiting, ended_with_ticket, overtaken_drafts
from conversations.drafting.sources import APPLY_ARTICLE
from conversations.drafting.states import OPEN, DraftState
from conversations.drafting.versions import in_force, shape_of
from conversations.knowledge.kinds import ArticleWithdrawn
from conversations.knowledge.models import Article
from conversations.tickets.actions import set_lane
from conversations.tickets.kinds import TicketUnmarkedSpam, TicketUnmerged
from conversations.tickets.models import Policy, Ticket
from conversations.tickets.states import Lane, Status, Why
from desk.actions import SYSTEM, reacts_to
from desk.jobs import enqueue
from desk.ledger.append import Record


@reacts_to("message.received")
def draft_for_message(what: Record) -> None:
    """The customer wrote: what was drafted before no longer fits, and a new draft is asked for.

    A reply that is decided and still waits is taken back into review instead; that is the review room's reaction.
    """
    if what.about["automatic"]:
        return
    ticket = what.about["ticket"]
    if ticket.is_spam:
        return
    for draft in Draft.objects.filter(ticket=ticket, state__in=OPEN).exclude(last_message=ticket.last_inbound_id):
        stale(draft, because="customer_wrote", by=SYSTEM)
    if not decided_and_waiting(ticket.number).exists():
        request_draft(ticket, by=SYSTEM)


@reacts_to("customer.consent_set")
def follow_the_customers_choice(what: Record) -> None:
    """A no: nothing of a model is offered in any of their tickets. A yes: where one of them waits for want of it, it is."""
    customer = what.about["customer"]
    if customer.ai_consent is False:
        for draft in Draft.objects.filter(ticket__customer=customer, state__in=OPEN).order_by("ticket_id"):
            withdraw(draft, because="opted_out", by=SYSTEM)
    elif customer.ai_consent:
        waiting = Ticket.objects.filter(
            customer=customer, lane=Lane.WRITE, lane_why__in=[Why.OPTED_OUT, Why.NOT_ASKED], snoozed_until=None
        )
        for ticket in waiting.exclude(status__in=[Status.SOLVED, Status.CLOSED]).order_by("number"):
            request_draft(ticket, by=SYSTEM)


@reacts_to("customer.erasure_requested")
def withdraw_for_restricted(what: Record) -> None:
    """The customer wants to be erased: nothing of a model is offered in any of their tickets."""
    for draft in Draft.objects.filter(ticket__customer=what.about["customer"], state__in=OPEN).order_by("ticket_id"):
        withdraw(draft, because="restricted", by=SYSTEM)


@reacts_to("customer.erasure_cancelled")
def draft_again(what: Record) -> None:
    """The customer stays after all: where a ticket of theirs waited because of it, a draft is asked for."""
    waiting = Ticket.objects.filter(
        customer=what.about["customer"], lane=Lane.WRITE, lane_why=Why.RESTRICTED, snoozed_until=None
    )
    for ticket in waiting.exclude(status__in=[Status.SOLVED, Status.CLOSED]).order_by("number"):
        request_draft(ticket, by=SYSTEM)


@reacts_to("ticket.kept_for_people")
def withdraw_for_ticket(what: Record) -> None:
    ticket = what.about["ticket"]
    for draft in Draft.objects.filter(ticket=ticket, state__in=OPEN):
        withdraw(draft, because=ticket.kept_for_people, by=SYSTEM)


@reacts_to("ticket.status_set", "ticket.marked_spam", "ticket.merged")
def end_with_ticket(what: Record) -> None:
    """A person set the ticket aside or ended it: its draft is not offered any more."""
    ticket = what.about["ticket"]
    if ticket.lane == Lane.NONE:
        for draft in Draft.objects.filter(ticket=ticket, state__in=OPEN):
            supersede(draft, by=what.about["by"])


@reacts_to("ticket.unmarked_spam", "ticket.change_undone", "ticket.unmerged")
def back_with_ticket(what: Record) -> None:
    """A ticket is back that should not have ended: so is the draft that ended with it, or else it may get one."""
    ticket = what.about["ticket"]
    if ticket.lane != Lane.WRITE or what.about.get("field", "status") != "status":
        return
    draft = ended_with_ticket(ticket)
    if draft is not None and not barred(ticket.number, draft.settings_id):
        bring_back(draft, because="ticket_is_back", by=what.about["by"])
    elif draft is None and what.kind in {TicketUnmarkedSpam.kind, TicketUnmerged.kind}:
        request_draft(ticket, by=SYSTEM)


@reacts_to("ticket.took_in", "ticket.gave_back", "ticket.split", "ticket.split_off")
def draft_for_the_thread(what: Record) -> None:
    """What is read as one conversation is more, or less, than what was drafted for; what still waits gets a new draft.

    A reply that is decided and still waits is the review room's to take back.
    """
    if not what.about.get("same", True):
        return
    ticket: Ticket = what.about["ticket"]
    drafts = list(Draft.objects.filter(ticket=ticket, state__in=OPEN))
    for draft in drafts:
        stale(draft, because=_THREAD_CHANGED[what.kind], by=SYSTEM)
    # Where somebody had set a draft aside to write, none is asked for unless the customer waits for more than before.
    wanted = bool(drafts) or what.about.get("waits", True)
    waits = ticket.lane not in {Lane.NONE, Lane.TROUBLE}
    if wanted and waits and not decided_and_waiting(ticket.number).exists():
        request_draft(ticket, by=SYSTEM)


_THREAD_CHANGED = {
    "ticket.took_in": "joined",
    "ticket.gave_back": "unmerged",
    "ticket.split": "split",
    "ticket.split_off": "split",
}


@reacts_to("ticket.tags_set")
def follow_the_topic(what: Record) -> None:
    """Topics may be people's alone: what waits goes with the tag that says so, and when that goes, a draft is asked for."""
    ticket: Ticket = what.about["ticket"]
    drafts = list(Draft.objects.filter(ticket=ticket, state__in=OPEN))
    stopped = ticket.lane == Lane.WRITE and ticket.lane_why == Why.STOPPED
    if not drafts and not stopped:
        return
    left_out = shape_of(in_force(ticket.team_id)).leaves_out(ticket)
    for draft in drafts:
        if because := barred(ticket.number, draft.settings_id) or (Why.STOPPED if left_out else ""):
            withdraw(draft, because=because, by=SYSTEM)
    if stopped and not left_out and not barred(ticket.number, None):
        request_draft(ticket, by=SYSTEM)


@reacts_to("ticket.team_set")
def renew_for_the_team(what: Record) -> None:
    """For another team other model settings may hold."""
    for draft in overtaken_drafts().filter(ticket=what.about["ticket"]):
        outdate(draft, because="settings_changed", by=SYSTEM)


@reacts_to("sending.resolved")
def back_to_the_draft(what: Record) -> None:
    """What was in trouble is settled: the ticket waits for what it would wait for without it."""
    ticket = what.about["ticket"]
    draft = Draft.objects.filter(ticket=ticket, state__in=OPEN).order_by("-id").first()
    if draft is not None and ticket.lane in {Lane.NONE, Lane.WRITE}:
        set_lane(ticket, Lane.REVIEW if draft.state == DraftState.PENDING_REVIEW else Lane.DRAFTING)


@reacts_to("article.saved", "article.withdrawn")
def end_what_rests_on_it(what: Record) -> None:
    """An article says something else, or nothing any more: drafts that rest on what it said are ended, by a job."""
    article: Article = what.about["article"]
    if what.kind == ArticleWithdrawn.kind or article.version > 1:
        enqueue(APPLY_ARTICLE, f"{article.pk}-{article.version}-{what.kind.rpartition('.')[2]}")


@reacts_to("policy.changed")
def withdraw_for_policy(what: Record) -> None:
    """Customers who were never asked may have to be: what was drafted for them is taken out of use, by a job."""
    if what.about["policy"].ai_consent == Policy.AiConsent.CONSENT:
        enqueue(APPLY_POLICY, uuid.uuid4().hex)
