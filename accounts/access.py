"""What of the staff a person may see: which teams' tickets are theirs to look at."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from accounts.models import Membership, Person, Role


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
    if person is None or not person.is_active or not person.roles:
        return NOTHING
    if person.has_role(Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR):
        return Sight(everything=True)
    return Sight(teams=teams_of(person.pk))


def teams_of(person_id: UUID) -> frozenset[int]:
    return frozenset(Membership.objects.filter(person_id=person_id).values_list("team_id", flat=True))
