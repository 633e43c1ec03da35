"""Evidence over the API: what the ledger holds of a ticket, as a file that an outsider can check."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django.http import FileResponse, HttpResponse
from rest_framework.request import Request

from accounts.api import TokenView, require_right, token_of
from accounts.models import Scope
from accounts.rights import Right
from accounts.tokens import Scopes
from conversations.review.actions import export_evidence
from conversations.tickets.api import ticket_of
from desk.api_schema import File, described
from desk.ledger.evidence import Bundle, NothingSealed


class Evidence(TokenView):
    scopes: ClassVar[Scopes] = {"GET": Scope.LEDGER_READ}

    @described(
        "Download the evidence of a ticket",
        tag="Ledger",
        tells={200: File("application/zip")},
        refuses=[NothingSealed],
        found=True,
    )
    def get(self, request: Request, number: int) -> HttpResponse:
        """A ZIP with entries, proofs, texts, an account in plain words and the program that checks it all.

        For supervisors, admins and auditors. That you took it is an entry of the ledger.
        """
        token = token_of(request)
        require_right(token.actor(), Right.READ_LEDGER)
        return as_download(export_evidence(ticket_of(token, number), by=token.actor()), number)


def as_download(bundle: Bundle, number: int) -> HttpResponse:
    """The file, streamed. A streaming answer is one that views may give, too; their decorators are typed for the other."""
    name = f"ticket-{number}-evidence.zip"
    answer: Any = FileResponse(bundle.file, as_attachment=True, filename=name, content_type="application/zip")
    return cast("HttpResponse", answer)
