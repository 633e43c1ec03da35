"""Customers' rights over their data, for programs of the organisation and for those who answer for data."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from pydantic import Field
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import TokenView, require_right, token_of
from accounts.models import Scope
from accounts.rights import Right
from accounts.tokens import Scopes
from conversations.privacy.actions import AlreadyErased, AlreadyRequested, export_customer, request_erasure
from conversations.privacy.models import Erasure
from conversations.tickets.api import customer_of
from desk.api import Told
from desk.api_schema import described
from desk.once import Once, idempotent


class ErasureTold(Told):
    """An erasure that was asked for. From now on nothing is done with the customer's data."""

    customer: str
    state: Erasure.State
    requested_at: datetime
    due_at: datetime = Field(description="When it is carried out, unless it is taken back or a ticket has to be kept.")


class ExportTold(Told):
    """Everything that is kept of a customer, readable (GDPR articles 15 and 20)."""

    customer: dict[str, Any]
    tickets: list[dict[str, Any]]
    ledger: list[dict[str, Any]] = Field(description="What happened about them: entries by their pseudonymous id.")
    exported_at: datetime


class EraseCustomer(TokenView):
    scopes: ClassVar[Scopes] = {"POST": Scope.ADMIN}

    @described(
        "Erase a customer",
        tag="Customers",
        tells={202: ErasureTold},
        refuses=[AlreadyRequested(due_at="2026-12-11T09:30:00+00:00"), AlreadyErased],
        found=True,
        once=True,
    )
    @idempotent
    def post(self, request: Request, once: Once, customer_id: UUID) -> Response:
        """Restricted at once, erased after 14 days. Asking again is refused with the date that stands."""
        token, by = token_of(request), token_of(request).actor()
        customer = customer_of(token, customer_id)
        require_right(by, Right.ANSWER_FOR_DATA)
        return once.act(
            lambda: request_erasure(customer, source="api" if token.service else "staff", by=by),
            by=by,
            answer=lambda erasure: Response(_told(erasure).as_json(), status=202),
        )


class ExportCustomer(TokenView):
    scopes: ClassVar[Scopes] = {"POST": Scope.ADMIN}

    @described("Export a customer", tag="Customers", tells={200: ExportTold}, refuses=[AlreadyErased], found=True)
    def post(self, request: Request, customer_id: UUID) -> Response:
        """All that is kept of them in one JSON: messages, decisions, drafts, what models saw, and what happened.

        Takes no Idempotency-Key: an answer that is kept would be a second copy of everything.
        """
        token, by = token_of(request), token_of(request).actor()
        customer = customer_of(token, customer_id)
        require_right(by, Right.ANSWER_FOR_DATA)
        return Response(ExportTold.model_validate(export_customer(customer, by=by)).as_json())


def _told(erasure: Erasure) -> ErasureTold:
    return ErasureTold(
        customer=str(erasure.customer_id),
        state=Erasure.State(erasure.state),
        requested_at=erasure.requested_at,
        due_at=erasure.due_at,
    )
