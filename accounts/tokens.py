"""How a program shows who it is (`Authorization: Bearer <token>`), what it may call, and how often."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from django.core.cache import cache
from django.utils import timezone
from knox.auth import TokenAuthentication as KnoxAuthentication
from rest_framework.exceptions import AuthenticationFailed, MethodNotAllowed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts.models import Scope, Token
from desk.problems import Problem

if TYPE_CHECKING:
    from rest_framework.views import APIView

Scopes = Mapping[str, Scope | tuple[Scope, ...]]
"""For each method the scope that it asks for; of several, one is enough."""

_TOKEN = re.compile(r"[0-9a-f]{64}")


class ScopeMissing(Problem):
    code, status, title = "scope_missing", 403, "This token does not allow that"

    def __init__(self, *wanted: Scope) -> None:
        super().__init__(
            f"The call asks for the scope {' or '.join(wanted)}; make a token that has it.", scope=" ".join(wanted)
        )


class PersonRequired(Problem):
    code, status, title = "person_required", 403, "Only a person can do this"
    detail = "A service's token cannot decide. Use a token that belongs to a person."


class TokenAuthentication(KnoxAuthentication):  # type: ignore[misc]
    """Tokens that ended stay in their table, for the ledger's readers: they are refused, not deleted."""

    def authenticate_credentials(self, token: bytes) -> tuple[Any, Any]:
        text = token.decode("ascii", errors="replace")
        if not _TOKEN.fullmatch(text):
            raise AuthenticationFailed("This is no token of this desk.")
        user, found = super().authenticate_credentials(text.encode())
        return user, found

    def _cleanup_token(self, token: Token) -> bool:
        return bool(token.revoked_at or (token.expiry and token.expiry < timezone.now()))


class HasScope(BasePermission):
    """Wants what the view names for the method in `scopes`; a method that is not named there is nobody's to call."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        scopes: Scopes = getattr(view, "scopes", {})
        method = request.method or ""
        if method not in view.allowed_methods:
            raise MethodNotAllowed(method)
        if method == "OPTIONS":
            return True
        named = scopes.get("GET" if method == "HEAD" else method)
        wanted = (named,) if isinstance(named, Scope) else named or ()
        token = cast("Token | None", request.auth)
        if token is None or not wanted:
            return False
        if not any(scope in token.scopes for scope in wanted):
            raise ScopeMissing(*wanted)
        return True


def require_person(auth: Any) -> None:
    """Refuse a service's own token: a decision needs somebody who answers for it."""
    if auth is None or auth.service:
        raise PersonRequired


class TokenPace(BaseThrottle):
    """So many calls of one token in so many seconds, in each process: against a loop gone wild, not for billing.

    Counted in memory: no call waits for another server to learn whether it may be made.
    """

    calls, seconds = 4_000, 10

    def allow_request(self, request: Request, view: APIView) -> bool:
        token = cast("Token | None", request.auth)
        if token is None:
            return True
        key = f"pace:{token.public_id}:{int(time.time()) // self.seconds}"
        cache.add(key, 0, timeout=2 * self.seconds)
        try:
            return cache.incr(key) <= self.calls
        except ValueError:  # thrown out between the two lines, because the memory was full
            return True

    def wait(self) -> float:
        return self.seconds - time.time() % self.seconds
