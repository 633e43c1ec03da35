"""Lookups: which systems are asked, and what they answered."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rights import Right
from conversations.knowledge import calls
from conversations.knowledge.calls import Answer
from conversations.knowledge.kinds import LookupAnswered, LookupSaved
from conversations.knowledge.models import LookedUp, Lookup
from conversations.knowledge.problems import LookupChanged
from conversations.tickets import texts
from conversations.tickets.models import Ticket
from desk.actions import Actor, action, record
from desk.data_keys import sealed
from desk.problems import Invalid

LOOK_UP = "lookup.fetch"
"""The job that asks for what a ticket is about."""

MOST_FIELDS = 20
MOST_SECONDS = 5.0
SECRET = "knowledge_lookup|secret|{}"  # noqa: S105 - where it is kept


@dataclass(frozen=True, slots=True)
class Wanted:
    """A lookup as an administrator wants it. `fields` are (name in the answer, label for people)."""

    name: str
    address: str
    fields: Sequence[tuple[str, str]]
    shape: str = ""
    seconds: float = 2.0
    cache_minutes: int = 10
    enabled: bool = True


@action("lookup.saved", needs=Right.ADMINISTER)
def save_lookup(
    wanted: Wanted, *, by: Actor, lookup: Lookup | None = None, seen: int | None = None, secret: str = ""
) -> tuple[Lookup, str]:
    """Keep a lookup. Of a new one, or of one that is given another, the key that its calls are signed with is returned, once.

    Raises Invalid with a sentence for each field, and LookupChanged when somebody else was faster.
    """
    kept = _checked(wanted)
    row = Lookup.objects.select_for_update(no_key=True).get(pk=lookup.pk) if lookup else Lookup()
    if lookup and seen != row.version:
        raise LookupChanged
    row.name, row.address, row.shape = kept.name, kept.address, kept.shape
    row.fields = [{"name": name, "label": label} for name, label in kept.fields]
    row.seconds, row.cache_minutes, row.enabled = kept.seconds, kept.cache_minutes, kept.enabled
    row.version = row.version + 1 if lookup else 1
    row.updated_at = timezone.now()
    row.save()
    told = secret or ("" if lookup else secrets.token_urlsafe(32))
    if told:
        row.secret_sealed = sealed(owner_of(row), told, SECRET.format(row.pk))
        row.save(update_fields=["secret_sealed"])
    record(
        LookupSaved(
            version=row.version,
            use="in_use" if row.enabled else "not_in_use",
            address=hashlib.sha256(row.address.encode()).hexdigest(),
        ),
        by=by,
        subject=row.ref,
    )
    return row, told


@action("lookup.answered")
def store_answer(lookup: Lookup, ticket: Ticket, key: str, answer: Answer, *, by: Actor) -> None:
    """Keep what was answered. One that failed leaves the facts that were there before, with the time that they are of."""
    now = timezone.now()
    row = LookedUp.objects.select_for_update(no_key=True).filter(lookup=lookup, ticket=ticket, key=key).first()
    if row is None:
        LookedUp.objects.create(lookup=lookup, ticket=ticket, key=key, state=answer.state, values=answer.values, at=now)
    else:
        row.state, row.values, row.at = answer.state, answer.values, now
        row.save(update_fields=["state", "values", "at"])
    record(
        LookupAnswered(state="no_answer" if answer.state == "failed" else answer.state, values=len(answer.values)),
        by=by,
        subject=lookup.ref,
        thread=ticket.ref,
        ticket=ticket,
    )


def owner_of(lookup: Lookup) -> str:
    """Whose key a lookup's secret is kept with."""
    return lookup.ref


def _checked(wanted: Wanted) -> Wanted:
    named = ((texts.name(name), texts.name(label)) for name, label in wanted.fields)
    fields = [(name, label or name) for name, label in named if name]
    kept = replace(
        wanted,
        name=texts.name(wanted.name)[:40],
        address=wanted.address.strip(),
        shape=texts.name(wanted.shape),
        fields=fields,
    )
    wrong = {field: sentence for field, check in _CHECKS.items() if (sentence := check(kept))}
    if wrong:
        raise Invalid(" ".join(wrong.values()), errors={field: [sentence] for field, sentence in wrong.items()})
    return kept


def _shape_is_wrong(wanted: Wanted) -> str:
    signs = sum(sign in "#@" for sign in wanted.shape)
    if not wanted.shape or (signs >= 3 and len(wanted.shape) <= 40):
        return ""
    return _("A shape has at least three digits (#) or letters (@), such as NO-#####.")


_CHECKS: dict[str, Callable[[Wanted], str]] = {
    "name": lambda wanted: "" if wanted.name else _("A lookup needs a name, such as Order."),
    "address": lambda wanted: (
        ""
        if len(wanted.address) <= 300 and calls.is_allowed(wanted.address)
        else _("An address starts with https:// and holds no password.")
    ),
    "shape": _shape_is_wrong,
    "fields": lambda wanted: (
        ""
        if 1 <= len(wanted.fields) <= MOST_FIELDS and all(len(label) <= 60 for _name, label in wanted.fields)
        else _("Name between 1 and %(most)s fields of the answer.") % {"most": MOST_FIELDS}
    ),
    "seconds": lambda wanted: "" if 0.1 <= wanted.seconds <= MOST_SECONDS else _("Wait between 0.1 and 5 seconds."),
    "cache_minutes": lambda wanted: (
        "" if 0 <= wanted.cache_minutes <= 10_080 else _("Keep an answer for at most a week.")
    ),
}
