"""The door to macros: everybody's, those of the teams whose tickets a person sees, and their own."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accounts.access import sight_of
from accounts.models import Person
from accounts.rights import Right, person_has
from conversations.knowledge.models import Macro
from desk.problems import NotFound


def macros_for(person: Person) -> QuerySet[Macro]:
    """Those in use that this person sees."""
    sight = sight_of(person)
    others = Q(owner__isnull=True)
    if not sight.everything:
        others &= Q(team__isnull=True) | Q(team__in=sight.teams)
    in_use = Macro.objects.filter(retired_at=None).select_related("team", "owner")
    return in_use.filter(others | Q(owner=person))


def macro_for(person: Person, macro_id: int) -> Macro:
    """One that this person sees and may keep, or NotFound."""
    found = macros_for(person).filter(pk=macro_id).first()
    if found is None or not may_keep(person, found):
        raise NotFound
    return found


def may_keep(person: Person, macro: Macro) -> bool:
    return macro.owner_id == person.pk if macro.owner_id else person_has(person, Right.KEEP_TEXTS)
