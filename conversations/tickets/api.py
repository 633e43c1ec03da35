"""Customers over the API, and the door from a token to tickets and customers."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db.models import QuerySet
from pydantic import ConfigDict, Field
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import TokenView, require_right, token_of
from accounts.models import Scope, Token
from accounts.rights import Right
from accounts.tokens import Scopes
from conversations.tickets.access import customer_for, ticket_for, ticket_for_service, tickets_for
from conversations.tickets.actions import change_customer, set_consent
from conversations.tickets.models import Customer, Ticket
from conversations.tickets.representations import WholeCustomer, whole_customer
from desk.actions import Actor, action
from desk.api import Asked, asked
from desk.api_schema import described
from desk.problems import Invalid, NotFound


def tickets_of(token: Token) -> QuerySet[Ticket]:
    """The tickets that a token opens the door to: those of its person, or all for a program of the organisation."""
    return Ticket.objects.filter(restricted=False) if token.service else tickets_for(token.user)


def ticket_of(token: Token, number: int) -> Ticket:
    """One ticket, or NotFound."""
    return ticket_for_service(number) if token.service else ticket_for(token.user, number)


def customer_of(token: Token, customer_id: UUID) -> Customer:
    """One customer, or NotFound."""
    if not token.service:
        return customer_for(token.user, customer_id)
    found = Customer.objects.filter(pk=customer_id).first()
    if found is None:
        raise NotFound
    return found


class CustomerChange(Asked):
    """What of a customer shall be different; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"ai_consent": False}, {"name": "Carla Jones"}]})

    name: str = Field(default="", max_length=200)
    phone: str = Field(default="", max_length=40)
    ai_consent: bool | None = Field(
        default=None,
        description="What the customer said: may a model draft for them? It cannot be unsaid, so null is refused.",
    )


class OneCustomer(TokenView):
    scopes: ClassVar[Scopes] = {"GET": Scope.TICKETS_READ, "PATCH": Scope.TICKETS_WRITE}

    @described("Read a customer", tag="Customers", tells={200: WholeCustomer}, found=True)
    def get(self, request: Request, customer_id: UUID) -> Response:
        """The person behind tickets, if you see one of these."""
        return Response(whole_customer(customer_of(token_of(request), customer_id)).as_json())

    @described("Change a customer", tag="Customers", asks=CustomerChange, tells={200: WholeCustomer}, found=True)
    def patch(self, request: Request, customer_id: UUID) -> Response:
        """Name, phone number, and what the customer said about models; that is kept with its source and time.

        After a no, drafts for this customer are withdrawn, and decided replies that a model had a part in and that
        still wait come back to people.
        """
        token, change = token_of(request), asked(request, CustomerChange)
        by, given = token.actor(), change.model_fields_set
        customer = customer_of(token, customer_id)
        require_right(by, Right.WORK)
        if "ai_consent" in given and change.ai_consent is None:
            raise Invalid(
                "ai_consent: true or false.", errors={"ai_consent": ["A customer cannot become one never asked."]}
            )
        details: dict[str, str] = {name: getattr(change, name) for name in ("name", "phone") if name in given}
        consent = None if change.ai_consent is customer.ai_consent else change.ai_consent
        if details or consent is not None:
            customer = _change(customer, details, consent=consent, by=by)
        return Response(whole_customer(customer).as_json())


@action("customer.changed")
def _change(customer: Customer, details: dict[str, str], *, consent: bool | None, by: Actor) -> Customer:
    """What one request says of a customer, all of it or nothing."""
    if details:
        customer = change_customer(customer, **details, by=by)
    if consent is not None:
        customer = set_consent(customer, consent=consent, source="api", by=by)
    return customer
