"""How a program shows who it is: `Authorization: Bearer <token>`, and which scopes a view asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from knox.auth import TokenAuthentication as KnoxAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.models import Scope, Token
from desk.problems import Problem

if TYPE_CHECKING:
    from rest_framework.views import APIView


class ScopeMissing(Problem):
    code, status, title = "scope_missing", 403, "This token does not allow that"

    def __init__(self, scope: str) -> None:
        super().__init__(f"The call wants the scope {scope}; make a token that has it.", scope=scope)


class PersonRequired(Problem):
    code, status, title = "person_required", 403, "Only a person can do this"
    detail = "A service's token cannot decide. Use a token that belongs to a person."


class TokenAuthentication(KnoxAuthentication):
    """Tokens that ended stay in their table, for the ledger's readers: they are refused, not deleted."""

    def _cleanup_token(self, token: Token) -> bool:
        return bool(token.revoked_at or (token.expiry and token.expiry < timezone.now()))


class HasScope(BasePermission):
    """Wants the scope which the view names for the method in `scopes = {"GET": ..., "POST": ...}`."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        scopes: dict[str, Scope] = getattr(view, "scopes", {})
        wanted = scopes.get(request.method or "", scopes.get("*"))
        if wanted is None or request.auth is None:
            return request.method == "OPTIONS"
        if wanted not in request.auth.scopes:
            raise ScopeMissing(wanted)
        return True


def require_person(auth: Any) -> None:
    """Refuse a service's own token: a decision needs somebody who answers for it."""
    if auth is None or auth.service:
        raise PersonRequired
