"""Which scopes a person may give to a token of their own."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import Person, Scope
from accounts.rights import Right, person_has

WANTS: dict[Scope, tuple[Right, ...]] = {
    Scope.TICKETS_READ: (),
    Scope.TICKETS_WRITE: (Right.WORK, Right.OPEN_TICKETS),
    Scope.DECIDE: (Right.DECIDE,),
    Scope.LEDGER_READ: (Right.READ_LEDGER,),
    Scope.ADMIN: (Right.ADMINISTER, Right.STOP),
}
"""For each scope the rights of which one is enough: a token never does more than its person, whatever its scopes."""


@dataclass(frozen=True, slots=True)
class Mintable:
    """A scope that goes with a person's roles; `why_not` is empty when they can give it here and now."""

    scope: Scope
    why_not: str = ""


def scopes_of(person: Person) -> list[Mintable]:
    return [
        Mintable(scope, _why_not(scope))
        for scope, rights in WANTS.items()
        if not rights or any(person_has(person, right) for right in rights)
    ]


def _why_not(scope: Scope) -> str:
    if scope == Scope.DECIDE and not settings.DEMO:
        return _("Deciding through a token asks for a fresh second factor, and this desk has none to ask for yet.")
    return ""
