"""What the calls of the API that want a token have in common."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.models import Scope, Token
from accounts.rights import Right, allows
from accounts.tokens import HasScope, ScopeMissing, Scopes
from desk.actions import Actor
from desk.api_schema import every_call_refuses
from desk.problems import NotAllowed

every_call_refuses(ScopeMissing(Scope.TICKETS_READ))


class TokenView(APIView):
    """A call for somebody with a token; `scopes` names what each method asks of it."""

    permission_classes = (IsAuthenticated, HasScope)
    scopes: ClassVar[Scopes] = {}


def token_of(request: Request) -> Token:
    return cast("Token", request.auth)


def require_right(by: Actor, *rights: Right) -> None:
    """Refuse an actor who has none of these rights, before a read or an action that asks for none by itself."""
    if not any(allows(by, right) for right in rights):
        raise NotAllowed(needs=rights[0])


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema tells of tokens, and of the scopes that a call asks for."""

    target_class = "accounts.tokens.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A token from the page /settings/tokens/, or from the command issue_token. It acts as its "
            "person, or as a service; what it may do is in its scopes.",
        }

    def get_security_requirement(self, auto_schema: AutoSchema) -> Any:
        view = cast("TokenView", auto_schema.view)
        named = view.scopes.get(auto_schema.method, ())
        return [{self.name: [scope.value]} for scope in ((named,) if isinstance(named, Scope) else named)]
