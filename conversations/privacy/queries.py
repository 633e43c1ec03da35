"""What a customer has chosen, what holds while they have not, and what is asked of their data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import QuerySet

from accounts.models import Person
from accounts.rights import Right, person_has
from conversations.privacy.models import ERASE, WAIT, Erasure, Hold
from conversations.tickets.models import Customer, Policy, Ticket
from desk.jobs import Job


class Choice(StrEnum):
    """What a customer's choice comes to under the policy of the organisation."""

    PEOPLE_ONLY = "people_only"
    ALLOWED = "allowed"
    INFORMED = "informed"  # never chose; was told, and a model may draft
    NOT_ASKED = "not_asked"  # never chose; no model until they say yes


def asks_first() -> bool:
    """Whether no model drafts for a customer before they have said yes."""
    return Policy.objects.get(pk=1).ai_consent == Policy.AiConsent.CONSENT


def choice_of(customer: Customer) -> Choice:
    if customer.ai_consent is None:
        return Choice.NOT_ASKED if asks_first() else Choice.INFORMED
    return Choice.ALLOWED if customer.ai_consent else Choice.PEOPLE_ONLY


@dataclass(frozen=True, slots=True)
class Request:
    """An erasure as those see it who answer for data: how far it is, what holds it up, whether its job gave up."""

    erasure: Erasure
    tickets: int
    holds: Sequence[Hold]
    wrote_since: bool
    stuck: Job | None

    @property
    def held(self) -> bool:
        return any(hold.approved_at for hold in self.holds)

    @property
    def begun(self) -> bool:
        return self.erasure.tickets_erased > 0


def open_erasure(customer: Customer) -> Erasure | None:
    return Erasure.objects.filter(customer=customer, state=Erasure.State.OPEN).first()


def tickets_left(customer: Customer) -> QuerySet[Ticket]:
    """Those of their tickets that still say something: one that was erased has no subject any more."""
    return Ticket.objects.filter(customer=customer).exclude(subject="").order_by("number")


def open_requests(*, most: int = 200) -> list[Request]:
    """Erasures that wait, the one that is due first in front."""
    waiting = Erasure.objects.filter(state=Erasure.State.OPEN).select_related("customer").order_by("due_at")[:most]
    return [request_of(erasure) for erasure in waiting]


def ended_requests(*, most: int = 20) -> list[Erasure]:
    """Those that ended last, done or taken back."""
    ended = Erasure.objects.exclude(state=Erasure.State.OPEN).select_related("customer")
    return list(ended.order_by("-ended_at")[:most])


def request_of(erasure: Erasure) -> Request:
    tickets = Ticket.objects.filter(customer=erasure.customer_id)
    holds = Hold.objects.unfinished().filter(ticket__customer=erasure.customer_id)
    return Request(
        erasure=erasure,
        tickets=tickets.count(),
        holds=list(holds.select_related("placed_by", "approved_by").order_by("pk")),
        wrote_since=tickets.filter(last_inbound__created_at__gt=erasure.requested_at).exists(),
        stuck=Job.objects.filter(key=f"{ERASE}:{erasure.pk}", state=Job.State.DEAD).first(),
    )


@dataclass(frozen=True, slots=True)
class Data:
    """What a customer's page says of their data. `request` is open; `tickets` are theirs, which can be kept."""

    customer: Customer
    request: Request | None
    tickets: Sequence[Ticket]
    may_ask: bool
    may_answer: bool
    grounds: Sequence[tuple[str, str]]
    days: int


def data_of(customer: Customer, person: Person) -> Data:
    """For the part `privacy/_data.html` of a customer's page, as this person may see and do it."""
    erasure = open_erasure(customer)
    may_answer = person_has(person, Right.ANSWER_FOR_DATA)
    tickets = Ticket.objects.filter(customer=customer).only("number", "subject").order_by("-number")[:100]
    return Data(
        customer=customer,
        request=request_of(erasure) if erasure else None,
        tickets=list(tickets) if may_answer else [],
        may_ask=not customer.erased_at and erasure is None and (may_answer or person_has(person, Right.WORK)),
        may_answer=may_answer,
        grounds=[(value, str(label)) for value, label in Hold.Ground.choices],
        days=WAIT.days,
    )
