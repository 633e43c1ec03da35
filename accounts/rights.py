"""Which role may do what. Rights are asked for inside the action's transaction; doors (access.py) decide what is seen."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from accounts.models import Person, Role, Token
from desk.actions import Actor, answers_rights, foresees_rights
from desk.statements import foresee, known


class Right(StrEnum):
    """What a person may do; the table below is the one in the interfaces, right by right."""

    WORK = "work"  # take part in tickets: notes, status, assignment
    DECIDE = "decide"  # approve, edit, reject, reply
    OVERSEE = "oversee"
    STOP = "stop"
    ADMINISTER = "administer"
    READ_LEDGER = "read_ledger"
    KEEP_TEXTS = "keep_texts"  # macros that others use
    ANSWER_FOR_DATA = "answer_for_data"  # erasure: taking it back, holding it up, seeing what is restricted
    OPEN_TICKETS = "open_tickets"  # put in what a customer wrote, as a person or a program


GRANTS: dict[Right, frozenset[Role]] = {
    Right.WORK: frozenset({Role.AGENT, Role.SUPERVISOR}),
    Right.DECIDE: frozenset({Role.AGENT, Role.SUPERVISOR}),
    Right.OVERSEE: frozenset({Role.SUPERVISOR}),
    Right.STOP: frozenset({Role.SUPERVISOR, Role.ADMIN}),
    Right.ADMINISTER: frozenset({Role.ADMIN}),
    Right.READ_LEDGER: frozenset({Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR}),
    Right.KEEP_TEXTS: frozenset({Role.SUPERVISOR, Role.ADMIN}),
    Right.ANSWER_FOR_DATA: frozenset({Role.SUPERVISOR, Role.ADMIN}),
    Right.OPEN_TICKETS: frozenset({Role.AGENT, Role.SUPERVISOR, Role.ADMIN}),
}

SERVICE_SCOPES: dict[Right, str] = {
    Right.OPEN_TICKETS: "tickets:write",
    Right.WORK: "tickets:write",
    Right.READ_LEDGER: "ledger:read",
    Right.STOP: "admin",
    Right.ADMINISTER: "admin",
    Right.ANSWER_FOR_DATA: "admin",
}
"""What a service's own token may do. Deciding is not among it: only people decide."""


def person_has(person: Person, right: Right) -> bool:
    return person.is_active and any(role in GRANTS[right] for role in person.roles)


@answers_rights
def allows(actor: Actor, right: str) -> bool:
    """Whether this actor has the right now; reads the person's row, so that a right taken away counts at once."""
    asked = Right(right)
    if actor.kind == "system":
        return True
    if actor.kind == "person":
        found = _who(actor)
        return found is not None and any(role in GRANTS[asked] for role in found[0])
    if actor.kind == "service":
        scope = SERVICE_SCOPES.get(asked)
        token = Token.objects.filter(public_id=UUID(actor.id), revoked_at=None, user__is_active=True).first()
        return bool(token and scope and scope in token.scopes)
    return False


@foresees_rights
def foresee_right(actor: Actor, right: str) -> bool:
    """Have what `allows` reads of a person asked along with the next statement."""
    if actor.kind == "person":
        foresee(_PERSON, [UUID(actor.id)])
    return actor.kind == "person"


def languages_of(actor: Actor) -> list[str]:
    """The languages that a person reads, none where they stated none; what was asked for their right says it too."""
    found = _who(actor)
    return list(found[1]) if found else []


def _who(actor: Actor) -> tuple[list[str], list[str]] | None:
    """Roles and languages of an active person, the same for all of one action."""
    found = known(_PERSON, [UUID(actor.id)])
    return found[0] if found else None


_PERSON = "SELECT roles, languages FROM accounts_person WHERE id = %s AND is_active"
