"""Who may be named on a ticket, who follows it, and what a person was told."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from functools import lru_cache
from typing import Any, Protocol, TypeVar
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Sight, sight_of
from accounts.models import Person, Role, Team
from conversations.teamwork.models import Claim, Follower, Notice
from conversations.tickets.access import visible
from conversations.tickets.models import Ticket
from desk.feed.registry import Team as TeamRef
from desk.problems import Invalid
from desk.rows import written_out
from desk.statements import run

SEES_ALL = [Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR]
WORKS = [Role.AGENT, Role.SUPERVISOR]
MOST_COUNTED = 99
AWAY_AFTER = timedelta(minutes=10)
"""Unread for so long: its person is not at the desk."""
BETWEEN_MAILS = timedelta(hours=1)


def colleagues(ticket: Ticket) -> QuerySet[Person]:
    """Active people who see the ticket, by name; the same as accounts.access says of each."""
    active = Person.objects.filter(is_active=True).exclude(roles=[])
    if ticket.team_id is not None:
        active = active.filter(Q(roles__overlap=SEES_ALL) | Q(memberships__team=ticket.team_id)).distinct()
    return active.order_by("name", "email")


def may_take(ticket: Ticket) -> QuerySet[Person]:
    """Those of them who work on tickets."""
    return colleagues(ticket).filter(roles__overlap=WORKS)


def teams() -> QuerySet[Team]:
    return Team.objects.order_by("name")


def taker(ticket: Ticket, ref: str) -> Person | Team:
    """Whom a ticket shall go to: `person:<id>` of a colleague who may take it, or `team:<id>`. Raises Invalid."""
    noun, _colon, key = ref.partition(":")
    found: Person | Team | None = None
    with suppress(ValueError):
        if noun == "person":
            found = may_take(ticket).filter(pk=UUID(key)).first()
        elif noun == "team":
            found = teams().filter(pk=int(key[:9])).first()
    if found is None:
        raise Invalid(
            _("Choose a colleague who sees this ticket, or a team."), errors={"to": ["not to be chosen here"]}
        )
    return found


def mentioned(text: str, people: Iterable[Person]) -> list[Person]:
    """Those whose whole name stands behind an `@`, upper or lower case; of two who begin alike the longer name counts."""
    return _named(text, people)


def mentioned_teams(text: str, ticket: Ticket) -> list[Team]:
    """The teams whose whole name stands behind an `@`. Who has a person's name as well is taken for the person."""
    people = {" ".join(person.name.split()).casefold() for person in colleagues(ticket)}
    return [team for team in _named(text, teams()) if " ".join(team.name.split()).casefold() not in people]


def members(team: Team, ticket: Ticket) -> QuerySet[Person]:
    """Those of a team who see the ticket."""
    return colleagues(ticket).filter(memberships__team=team).distinct()


class _Named(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def pk(self) -> Any: ...


N = TypeVar("N", bound=_Named)


def _named(text: str, some: Iterable[N]) -> list[N]:
    named: dict[str, list[N]] = {}
    for each in some:
        named.setdefault(" ".join(each.name.split()).casefold(), []).append(each)
    if not named or "@" not in text:
        return []
    longest_first = sorted(named, key=len, reverse=True)
    names = "|".join(r"\s+".join(map(re.escape, name.split())) for name in longest_first)
    found = re.findall(rf"(?<![\w@.+-])@({names})(?!\w)", text.casefold())
    return list({each.pk: each for name in found for each in named[" ".join(name.split())]}.values())


def follows(person: Person, ticket: Ticket) -> bool:
    return Follower.objects.filter(ticket=ticket, person=person).exists()


def followers(ticket: Ticket) -> QuerySet[Person]:
    return Person.objects.filter(pk__in=Follower.objects.filter(ticket=ticket).values("person")).order_by("name")


def notices_of(person: Person) -> QuerySet[Notice]:
    """What a person was told of tickets that they still see, the newest first."""
    return _notices(sight_of(person), person.pk).order_by("-id")


def _notices(sight: Sight, person_id: UUID) -> QuerySet[Notice]:
    return Notice.objects.filter(person=person_id, ticket__in=Ticket.objects.filter(visible(sight)))


def unseen_count(person: Person) -> int:
    """Up to 99: more is not counted."""
    sight = sight_of(person)
    return 0 if sight.none else int(run(_unseen(sight, person.pk)).fetchone()[0])


@lru_cache(maxsize=500)
def _unseen(sight: Sight, person_id: UUID) -> str:
    """The statement of `unseen_count`, which every page asks."""
    some = _notices(sight, person_id).filter(seen_at=None).values_list(Value(1))[:MOST_COUNTED]
    return f"SELECT count(*) FROM ({written_out(some)}) AS counted"  # noqa: S608 - Django's own statement


def unseen_counts() -> dict[str, dict[TeamRef, int]]:
    """How many notices wait for each person, by the team of their ticket: what one may no longer see is not counted."""
    found: dict[str, dict[TeamRef, int]] = {}
    waiting = Notice.objects.filter(seen_at=None).values("person", "ticket__team").annotate(n=Count("id")).order_by()
    for person, team, number in waiting.values_list("person", "ticket__team", "n"):
        found.setdefault(f"bell:{person}", {})[f"team:{team}" if team else None] = number
    return found


def held_claims() -> dict[str, tuple[str, str]]:
    """Who has which ticket now: id and name of the person, by the ticket's reference."""
    held = Claim.objects.filter(until__gt=timezone.now()).values_list("ticket_id", "person_id", "person__name")
    return {f"ticket:{ticket}": (str(person), name) for ticket, person, name in held}


def held_by_others(person: Person) -> list[int]:
    """The numbers of the tickets that colleagues of this person have now."""
    held = Claim.objects.filter(until__gt=timezone.now()).exclude(person=person)
    return list(held.values_list("ticket_id", flat=True))


def away_with_notices() -> list[Person]:
    """People with something unread for so long that a mail is due, and who had none lately."""
    now = timezone.now()
    waiting = Notice.objects.filter(seen_at=None, mailed_at=None, created_at__lte=now - AWAY_AFTER)
    lately = Notice.objects.filter(person=OuterRef("pk"), mailed_at__gt=now - BETWEEN_MAILS)
    people = Person.objects.filter(pk__in=waiting.values("person"), is_active=True)
    return list(people.exclude(Exists(lately))[:100])
