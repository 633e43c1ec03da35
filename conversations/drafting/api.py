"""Drafts over the API: the list, and one with what the model saw."""

from __future__ import annotations

from typing import ClassVar

from django.db.models import QuerySet
from pydantic import Field
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import TokenView, token_of
from accounts.models import Scope, Token
from accounts.tokens import Scopes
from conversations.drafting.access import drafts_for
from conversations.drafting.actions import read_receipt
from conversations.drafting.models import Draft
from conversations.drafting.representations import DraftPage, WholeDraft, listed_draft, whole_draft, with_flags
from conversations.drafting.states import DraftState
from conversations.tickets.access import MAX_NUMBER
from desk.api import Wanted, page, wanted
from desk.api_schema import described
from desk.problems import NotFound


def drafts_of(token: Token) -> QuerySet[Draft]:
    """The drafts that a token opens the door to."""
    return Draft.objects.all() if token.service else drafts_for(token.user)


def draft_of(token: Token, draft_id: int) -> Draft:
    """One draft, or NotFound."""
    found = with_flags(drafts_of(token).filter(pk=draft_id)).first() if 0 < draft_id <= MAX_NUMBER else None
    if found is None:
        raise NotFound
    return found


class WantedDrafts(Wanted):
    state: DraftState | None = Field(default=None, description="Only drafts in this state.")


class Drafts(TokenView):
    scopes: ClassVar[Scopes] = {"GET": Scope.TICKETS_READ}

    @described("List drafts", tag="Drafts", wants=WantedDrafts, tells={200: DraftPage})
    def get(self, request: Request) -> Response:
        """Drafts of the tickets that you see, newest first."""
        wish = wanted(request, WantedDrafts)
        drafts = drafts_of(token_of(request))
        if wish.state is not None:
            drafts = drafts.filter(state=wish.state)
        found, links = page(request, with_flags(drafts), size=wish.page_size)
        return Response(DraftPage(**links, results=[listed_draft(draft) for draft in found]).as_json())


class OneDraft(TokenView):
    scopes: ClassVar[Scopes] = {"GET": Scope.TICKETS_READ}

    @described("Read a draft", tag="Drafts", tells={200: WholeDraft}, found=True)
    def get(self, request: Request, draft_id: int) -> Response:
        """A draft with what the model saw: the request as it left, the passages, versions, tokens, cost and time.

        That you looked is an entry of the ledger.
        """
        token = token_of(request)
        draft = draft_of(token, draft_id)
        told = whole_draft(draft)
        if told.model_saw is not None:
            read_receipt(draft, by=token.actor())
        return Response(told.as_json())
