"""What a list can be narrowed to. Each filter is a parameter of the list's address, so that any link can carry it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import sight_of
from accounts.models import Person, Role, Team
from conversations.tickets.models import Ticket
from conversations.tickets.states import Priority
from desk.problems import Invalid

NONE = "none"
ME = "me"
LONGEST = 60  # characters of a value
Choices = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One way to narrow a list. `which` gets the value from the address and who asks, and returns None for nonsense.

    Without `choices` the value is typed.
    """

    name: str
    label: str | Promise
    which: Callable[[str, UUID | None], Q | None]
    choices: Callable[[Person], Choices] | None = None

    def words(self, value: str, person: Person) -> str:
        """The value as people say it."""
        return dict(self.choices(person)).get(value, value) if self.choices else value

    def must(self, value: str, person_id: UUID | None) -> Q:
        """The tickets that are left. Raises Invalid for a value that is none."""
        found = self.which(value, person_id) if len(value) <= LONGEST else None
        if found is None:
            sentence = _("%(label)s: there is no “%(value)s”.") % {"label": self.label, "value": value[:LONGEST]}
            raise Invalid(sentence, errors={self.name: [sentence]})
        return found


def one_of(field: str, values: Sequence[str]) -> Callable[[str, UUID | None], Q | None]:
    return lambda value, _person: Q(**{field: value}) if value in values else None


def whole(value: str) -> int | None:
    """A key from an address."""
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 19 else None


def _team(value: str, person_id: UUID | None) -> Q | None:
    if value == NONE:
        return Q(team__isnull=True)
    return Q(team=key) if (key := whole(value)) is not None else None


def _assignee(value: str, person_id: UUID | None) -> Q | None:
    if value == NONE:
        return Q(assignee__isnull=True)
    if value == ME:
        return Q(assignee=person_id, assignee__isnull=False)
    try:
        return Q(assignee=UUID(value))
    except ValueError:
        return None


def _teams(person: Person) -> Choices:
    sight = sight_of(person)
    found = Team.objects.order_by("name").values_list("pk", "name")
    return [*((str(pk), name) for pk, name in found if sight.sees(pk)), (NONE, _("No team"))]


def _people(person: Person) -> Choices:
    working = Person.objects.filter(is_active=True, roles__overlap=[Role.AGENT, Role.SUPERVISOR])
    others = working.exclude(pk=person.pk).order_by("name")[:200]
    return [(ME, _("Me")), (NONE, _("Nobody")), *((str(pk), name) for pk, name in others.values_list("pk", "name"))]


def _reads(value: str, person_id: UUID | None) -> Q | None:
    """Tickets in languages that one reads; who stated none reads all."""
    if value != ME or person_id is None:
        return None
    stated = Person.objects.filter(pk=person_id).values_list("languages", flat=True).first()
    return Q(language__in=stated) if stated else Q()


_CHANNELS = [str(name) for name, _label in Ticket._meta.get_field("channel").choices or ()]  # noqa: SLF001

FILTERS: dict[str, Filter] = {
    each.name: each
    for each in (
        Filter(name="team", label=gettext_lazy("Team"), which=_team, choices=_teams),
        Filter(name="assignee", label=gettext_lazy("Assigned to"), which=_assignee, choices=_people),
        Filter(
            name="priority",
            label=gettext_lazy("Priority"),
            which=one_of("priority", Priority.values),
            choices=lambda _person: [(value, str(label)) for value, label in Priority.choices],
        ),
        Filter(
            name="tag",
            label=gettext_lazy("Tag"),
            which=lambda value, _person: Q(tags__contains=[value.lower().replace(" ", "-")]),
        ),
        Filter(
            name="language",
            label=gettext_lazy("Language"),
            which=lambda value, _person: Q(language=value) if value.isascii() and value.isalpha() else None,
            choices=lambda _person: [(code, str(name)) for code, name in settings.LANGUAGES],
        ),
        Filter(
            name="reads",
            label=gettext_lazy("Read by me"),
            which=_reads,
            choices=lambda _person: [(ME, _("Languages I read"))],
        ),
        Filter(
            name="channel",
            label=gettext_lazy("Came by"),
            which=one_of("channel", _CHANNELS),
            choices=lambda _person: [("form", _("Form")), ("mail", _("Mail")), ("api", _("API"))],
        ),
    )
}
"""All filters by name, in the order shown; upper rooms add theirs."""


def adds_filter(new: Filter) -> None:
    """Register by what of an upper room lists can be narrowed."""
    FILTERS[new.name] = new


def narrowed(values: Mapping[str, str], person_id: UUID | None) -> Q:
    """The tickets that all of these filters leave. Raises Invalid."""
    left = Q()
    for name, value in values.items():
        left &= FILTERS[name].must(value, person_id)
    return left
