"""Reading drafts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.db.models import BooleanField, Exists, Func, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from conversations.drafting.checks import BY_DEFAULT
from conversations.drafting.evaluations import Case, Evaluation, Outcome
from conversations.drafting.models import Draft, Flag, FlagRule, ModelCall, ReceiptRule, Stop
from conversations.drafting.states import OPEN, DraftState
from conversations.drafting.versions import in_force, recorded, shape_of
from conversations.tickets.models import Policy, Ticket
from conversations.tickets.states import NO_DRAFT_CODES, Why
from conversations.tickets.threads import thread_of
from desk.rows import Asked, Reading
from desk.statements import ask, write

BARRED = frozenset({Why.OPTED_OUT, Why.NOT_ASKED, Why.ASKED_FOR_PERSON, Why.PEOPLE_ONLY, Why.STOPPED, Why.RESTRICTED})
"""Reasons of the gate, which may end."""

SENSITIVE = frozenset({"legal", "privacy", "safety", "complaint", "accident", "health", "fraud", "chargeback", "press"})
"""Tags of tickets whose drafts are never of low risk."""

CARE = timedelta(days=90)
"""So long a draft that was refused makes the same customer's next ones worth more care."""


def current_draft(ticket_number: int) -> Draft | None:
    """The draft that a person should look at now, or the one on its way."""
    return (
        Draft.objects.filter(ticket=ticket_number, state__in=OPEN)
        .select_related("ticket__customer", "ticket__team", "settings__made_from")
        .order_by("-id")
        .first()
    )


def drafts_of_thread(ticket_number: int) -> QuerySet[Draft]:
    """Every draft that was ever before people of what is read as one with this ticket: their words may be in a reply to it."""
    thread = thread_of(ticket_number)
    return Draft.objects.filter(ticket__in=thread.numbers + thread.of_others, ready_at__isnull=False).order_by("id")


def shown_drafts(ticket_number: int) -> QuerySet[Draft]:
    """Every draft of a ticket that was ever before people, whatever became of it."""
    return Draft.objects.filter(ticket=ticket_number, ready_at__isnull=False).order_by("id")


def ended_with_ticket(ticket: Ticket) -> Draft | None:
    """The draft that was before people when somebody ended the ticket, and still answers what the customer wrote last."""
    last = shown_drafts(ticket.number).exclude(decisions__standing=True).last()
    fits = last is not None and last.state == DraftState.SUPERSEDED and last.last_message_id == ticket.last_inbound_id
    return last if fits else None


def under(stop: Stop) -> Q:
    """Drafts that a stop is about, as a filter; the same rule as drafting_barred in the database."""
    return {
        Stop.Scope.ALL: Q(),
        Stop.Scope.TEAM: Q(ticket__team_id=int(stop.value) if stop.value.isdecimal() else -1),
        Stop.Scope.TOPIC: Q(ticket__tags__contains=[stop.value]),
        Stop.Scope.LANGUAGE: Q(ticket__language=stop.value),
        Stop.Scope.SETTINGS_VERSION: Q(settings_id=int(stop.value) if stop.value.isdecimal() else -1),
    }[Stop.Scope(stop.scope)]


def barred_at_sight(ticket: Ticket) -> str:
    """Why a model may not draft for a ticket as things are now: what `gate.barred` answers, without its locks, for pages."""
    customer = ticket.customer
    never_asked = customer.ai_consent is None and Policy.objects.filter(ai_consent=Policy.AiConsent.CONSENT).exists()
    reasons = (
        (ticket.restricted, Why.RESTRICTED),
        (customer.ai_consent is False, Why.OPTED_OUT),
        (bool(ticket.kept_for_people), ticket.kept_for_people),
        (ticket.is_spam, Why.SPAM),
        (never_asked, Why.NOT_ASKED),
    )
    return next((why for holds, why in reasons if holds), "") or (Why.STOPPED if _stopped(ticket) else "")


def _stopped(ticket: Ticket) -> bool:
    holds = in_force(ticket.team_id)
    if shape_of(holds).leaves_out(ticket):
        return True
    version = recorded(holds)
    about = {
        Stop.Scope.ALL: [""],
        Stop.Scope.TEAM: [str(ticket.team_id)],
        Stop.Scope.TOPIC: ticket.tags,
        Stop.Scope.LANGUAGE: [ticket.language],
        Stop.Scope.SETTINGS_VERSION: [str(version.pk)] if version else [],
    }
    stops = Stop.objects.filter(ended_at=None).values_list("scope", "value")
    return any(scope == Stop.Scope.ALL or value in about[Stop.Scope(scope)] for scope, value in stops)


def no_draft_because(ticket: Ticket) -> str:
    """Why no model drafts for a ticket, as the API gives it; "" when nothing stands against it any more.

    What was met when a draft was wanted stays with the ticket, but a stop may have ended and a customer said yes since.
    """
    if ticket.lane_why in BARRED or ticket.customer.ai_consent is False or ticket.kept_for_people:
        return barred_at_sight(ticket)
    return ticket.lane_why if ticket.lane_why in NO_DRAFT_CODES else ""


def overtaken(settings_id: str, team_id: str) -> Func:
    """Whether other model settings hold by now than these, as an expression; both are names of columns."""
    return Func(settings_id, team_id, function="drafting_overtaken", output_field=BooleanField())


def overtaken_drafts() -> QuerySet[Draft]:
    """Undecided drafts that were made with model settings which no longer hold for their tickets."""
    found = Draft.objects.filter(overtaken("settings_id", "ticket__team_id"), state__in=OPEN)
    return found.order_by("ticket_id", "id")


def made_already(evaluation: Evaluation, case: Case, side: str) -> bool:
    """Whether an earlier attempt came to an outcome here; a receipt alone is none."""
    made = Outcome.objects.filter(evaluation=evaluation, case=case, side=side)
    return made.exclude(error="", text_sealed=b"").exists()


def live_under(stop: Stop) -> QuerySet[Draft]:
    """Undecided drafts under a stop."""
    return Draft.objects.filter(under(stop), state__in=OPEN).order_by("ticket_id", "id")


def decided_and_waiting(ticket_number: int) -> QuerySet[Draft]:
    """Drafts whose reply waits to be sent."""
    return Draft.objects.filter(
        ticket=ticket_number,
        state__in=[DraftState.APPROVED, DraftState.EDITED],
        decisions__standing=True,
        decisions__sending__state="queued",
    )


def severities(*, held: bool = False) -> dict[str, str]:
    """How much each kind of flag matters now: as the table of checks has it, unless an administrator said otherwise since.

    `held`, inside an action that stores flags: no rule can be set until its commit, so that none is missed.
    """
    if held:
        write(_HOLD_RULES)
    return {**BY_DEFAULT, **{rule.kind: rule.severity for rule in _rules.all()}}


def foresee_severities() -> None:
    """Hold the rules, as above, and have `severities` asked along with the next statement of the action."""
    ask(_HOLD_RULES)
    _rules.foresee()


_HOLD_RULES = "SELECT pg_advisory_xact_lock_shared(hashtext('drafting_flag_rule'))"


_rules = Reading(FlagRule.objects.order_by("kind", "-id").distinct("kind"))


def is_sensitive(draft: Draft) -> bool:
    """Whether topic, urgency or customer ask for care, whatever the draft says: then it is of no low risk.

    So do a model that names a risk, and a customer who lately had a draft refused or truly tried to steer a model.
    """
    ticket = draft.ticket
    if draft.risks or ticket.priority == "urgent" or not SENSITIVE.isdisjoint(ticket.tags):
        return True
    return _cared_for.exists(customer=ticket.customer_id, draft=draft.pk)


def foresee_sensitive(draft: Draft) -> None:
    """Have what `is_sensitive` reads asked along with the next statement of the action."""
    _cared_for.foresee_any(customer=draft.ticket.customer_id, draft=draft.pk)


_steered = Flag.objects.filter(draft=OuterRef("pk"), kind=Flag.Kind.INJECTION, answer="true")
_cared_for = Reading(
    Draft.objects.filter(Q(state=DraftState.REJECTED) | Exists(_steered))
    .filter(ticket__customer=Asked("customer"), ready_at__gte=Now() - CARE)
    .exclude(pk=Asked("draft"))
)


def judged_otherwise(rules: Mapping[str, str]) -> QuerySet[Draft]:
    """Drafts before people with a flag that matters more or less by now than it says."""
    otherwise = Q()
    for kind, severity in rules.items():
        otherwise |= Q(kind=kind) & ~Q(severity=severity)
    return Draft.objects.filter(state=DraftState.PENDING_REVIEW, pk__in=Flag.objects.filter(otherwise).values("draft"))


def days_kept() -> int:
    """For how many days receipts are kept; the same rule as drafting_receipt_is_old in the database."""
    rule = ReceiptRule.objects.order_by("-id").values_list("days", flat=True).first()
    return rule or ReceiptRule.DEFAULT_DAYS


def old_receipts(days: int) -> QuerySet[ModelCall]:
    """Receipts with words in them that were kept for so many days, those of one ticket beside each other; none that is held."""
    before = timezone.now() - timedelta(days=days)
    held = Func("ticket_id", function="drafting_receipt_held", output_field=BooleanField())
    return (
        ModelCall.objects.filter(created_at__lt=before, emptied_at=None)
        .exclude(request_sealed=b"")
        .annotate(held=held)
        .filter(held=False)
        .select_related("ticket")
        .order_by("ticket_id", "id")
    )
