"""What of the staff a person may see: which teams' tickets are theirs to look at."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from accounts.models import Membership, Person, Role
from desk.kept import Moment, furniture


@dataclass(frozen=True, slots=True)
class Sight:
    """Which tickets somebody sees: all, or those of `teams` and those without a team. `none` sees nothing at all."""

    everything: bool = False
    teams: frozenset[int] = frozenset()
    none: bool = False

    def sees(self, team_id: int | None) -> bool:
        return not self.none and (self.everything or team_id is None or team_id in self.teams)


NOTHING = Sight(none=True)


def sight_of(person: Person | None) -> Sight:
    """Supervisors, admins and auditors see all tickets, agents those of their teams and those without one."""
    if person is None:
        return NOTHING
    return person.sight or sights_of([person])[person.pk]


def sight_at(moment: Moment, person: Person) -> Sight:
    """The same as it was at this moment or later. A page that asks for it often leaves it with its person (`Person.sight`)."""
    return furniture.one(("sight", person.pk), moment, lambda: sights_of([person])[person.pk])  # type: ignore[no-any-return]


def sights_of(people: Collection[Person]) -> dict[UUID, Sight]:
    """The same for many, with at most one statement."""
    sights = {person.pk: NOTHING for person in people if not (person.is_active and person.roles)}
    seeing = [person for person in people if person.pk not in sights]
    over_all = [person for person in seeing if person.has_role(Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR)]
    sights |= {person.pk: Sight(everything=True) for person in over_all}
    of_teams: dict[UUID, set[int]] = {person.pk: set() for person in seeing if person.pk not in sights}
    if of_teams:
        for pk, team in Membership.objects.filter(person__in=of_teams).values_list("person", "team"):
            of_teams[pk].add(team)
    return sights | {pk: Sight(teams=frozenset(teams)) for pk, teams in of_teams.items()}


def teams_of(person_id: UUID) -> frozenset[int]:
    return frozenset(Membership.objects.filter(person_id=person_id).values_list("team_id", flat=True))
