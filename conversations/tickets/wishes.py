"""What a form wishes for tickets, and how it went: done ticket by ticket, refusals named, and taken back as one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.core import signing
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Person
from conversations.tickets.access import ticket_for, tickets_for
from conversations.tickets.actions import AlreadySo, Change, ChangedSince, change, undo_change
from conversations.tickets.actions.work import clean_tags
from conversations.tickets.models import Ticket
from conversations.tickets.queries import times, worker_named
from conversations.tickets.states import Priority, Status
from desk.actions import Actor
from desk.problems import Invalid, NotFound, Problem

MOST = 100  # tickets in one request
SALT = "tickets.outcome"
UNDO_FOR = 3600  # seconds


@dataclass(frozen=True, slots=True)
class Wish:
    """One field, and the value that it shall have, as `actions.change` takes it."""

    field: str
    value: str


def wish_of(form: Mapping[str, Any], person: Person) -> Wish:
    """Read `set`, as "status:solved"; ":typed" means that the field of this name was written in. Raises Invalid."""
    name, _colon, value = str(form.get("set", "")).partition(":")
    if name == "typed":
        name, value = _written(form), "typed"
    typed = str(form.get(name, "")).strip() if value == "typed" else ""
    if name not in _READ or (value == "typed" and not typed):
        raise Invalid(_("Choose what shall be done."), errors={"set": ["status:solved, for one"]})
    return Wish(name, _READ[name](typed or value, person))


def _written(form: Mapping[str, Any]) -> str:
    """The one field that somebody wrote in and then pressed Enter."""
    filled = [name for name in ("assignee", "tags", "snooze") if str(form.get(name, "")).strip()]
    return filled[0] if len(filled) == 1 else ""


def _status(value: str, _person: Person) -> str:
    if value not in Status.values or value == Status.NEW:
        raise Invalid(_("There is no such status."), errors={"status": ["another"]})
    return value


def _priority(value: str, _person: Person) -> str:
    if value not in Priority.values:
        raise Invalid(_("There is no such priority."), errors={"priority": ["another"]})
    return value


def _team(value: str, _person: Person) -> str:
    if value != "none" and not (value.isascii() and value.isdecimal() and len(value) < 10):
        raise Invalid(_("There is no such team."), errors={"team": ["another"]})
    return "" if value == "none" else value


def _assignee(value: str, person: Person) -> str:
    if value == "nobody":
        return ""
    return str(person.pk if value == "me" else worker_named(value).pk)


def _tags(value: str, _person: Person) -> str:
    return ",".join(clean_tags(value.split(",")))


def _snooze(value: str, _person: Person) -> str:
    if value == "wake":
        return ""
    if (found := times().get(value)) is not None:
        return _moment(found)
    try:
        until = datetime.fromisoformat(value)
    except ValueError:
        raise Invalid(_("Choose a date and a time."), errors={"until": ["a date and a time"]}) from None
    return _moment(until if timezone.is_aware(until) else timezone.make_aware(until))


def _moment(when: datetime) -> str:
    return when.astimezone(UTC).isoformat()


def _spam(value: str, _person: Person) -> str:
    return "yes" if value == "yes" else ""


_READ: dict[str, Callable[[str, Person], str]] = {
    "status": _status,
    "priority": _priority,
    "team": _team,
    "assignee": _assignee,
    "tags": _tags,
    "untag": _tags,
    "snooze": _snooze,
    "spam": _spam,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it went, ticket by ticket: what was changed, what was so already, and what was refused, with the reason."""

    done: tuple[Change, ...] = ()
    already: int = 0
    refused: tuple[tuple[int, str], ...] = ()
    undoing: bool = False

    def and_then(self, later: Outcome) -> Outcome:
        return replace(
            self,
            done=self.done + later.done,
            already=self.already + later.already,
            refused=self.refused + later.refused,
        )

    @property
    def words(self) -> str:
        number = len(self.done)
        if self.undoing:
            return ngettext("%(n)s ticket is as before.", "%(n)s tickets are as before.", number) % {"n": number}
        if number == 1 and not self.already and not self.refused:
            return _("Ticket %(number)s: done.") % {"number": self.done[0].number}
        told = ngettext("%(n)s ticket changed.", "%(n)s tickets changed.", number) % {"n": number}
        if self.already:
            told += " " + ngettext("%(n)s was so already.", "%(n)s were so already.", self.already) % {
                "n": self.already
            }
        return told

    @property
    def refused_words(self) -> str:
        number = len(self.refused)
        if self.undoing:
            return ngettext("%(n)s stays as it is:", "%(n)s stay as they are:", number) % {"n": number}
        return ngettext("%(n)s stays as it was:", "%(n)s stay as they were:", number) % {"n": number}

    def signed(self, person: Person) -> str:
        """To be handed back by this person's browser, to go on from here or to take it back."""
        kept = {"by": str(person.pk), "done": [asdict(one) for one in self.done], "already": self.already}
        return signing.dumps({**kept, "refused": self.refused}, salt=SALT, compress=True)


def outcome_of(token: str, person: Person) -> Outcome:
    """What `signed` gave this person within the last hour. Raises Invalid."""
    try:
        kept = signing.loads(token, salt=SALT, max_age=UNDO_FOR)
    except signing.SignatureExpired:
        raise Invalid(_("That is over an hour ago and can no longer be taken back as one.")) from None
    except signing.BadSignature:
        raise Invalid(_("The form is not complete. Load the page again.")) from None
    if kept["by"] != str(person.pk):
        raise Invalid(_("Somebody else did this; only they can take it back as one."))
    done = tuple(Change(**one) for one in kept["done"])
    return Outcome(done, kept["already"], tuple((number, why) for number, why in kept["refused"]))


def fulfil(wish: Wish, numbers: Iterable[int], person: Person, *, by: Actor) -> Outcome:
    """Do to each ticket what is wished, each by itself: what is refused for one is done for the others."""

    def act(number: int) -> Change:
        return change(ticket_for(person, number), wish.field, wish.value, by=by)

    outcome = Outcome()
    for number in dict.fromkeys(numbers):
        outcome = outcome.and_then(_one(number, partial(act, number)))
    return outcome


def take_back(made: Outcome, person: Person, *, by: Actor) -> Outcome:
    """Undo each change that nobody has touched since; the rest stays, and who changed it is said."""
    outcome = Outcome()
    for one in made.done:
        outcome = outcome.and_then(_one(one.number, partial(_undo, one, person, by=by)))
    return replace(outcome, undoing=True)


def _undo(made: Change, person: Person, *, by: Actor) -> Change:
    seen = tickets_for(person).filter(pk=made.number).first()
    # Who gave a ticket to a team whose tickets they do not see may take just that back, and learns nothing else of it.
    found = seen or (Ticket.objects.filter(pk=made.number).first() if made.field == "team" else None)
    if found is None:
        raise NotFound
    try:
        undo_change(found, made, by=by)
    except ChangedSince:
        if seen is None:
            raise NotFound from None
        raise
    return made


def _one(number: int, act: Callable[[], Change]) -> Outcome:
    try:
        return Outcome(done=(act(),))
    except AlreadySo:
        return Outcome(already=1)
    except Problem as problem:
        return Outcome(refused=((number, str(problem.detail)),))
