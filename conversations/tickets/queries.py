"""What is offered where somebody works on tickets: colleagues, teams, tags in use, times to put a ticket off to."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, time, timedelta

from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Person, Team
from accounts.rights import GRANTS, Right
from conversations.tickets.merges import Merge
from conversations.tickets.models import Ticket
from desk.problems import Invalid

LATEST = 300  # tickets that tags are taken from
MORNING = time(9)
EVENING = 18  # o'clock: from then on "later today" is over


def workers() -> list[Person]:
    """Who can have a ticket, by name."""
    roles = [role.value for role in GRANTS[Right.WORK]]
    return list(Person.objects.filter(is_active=True, roles__overlap=roles).order_by("name", "email"))


def worker_named(text: str) -> Person:
    """The colleague with this name or mail address. Raises Invalid when there is none, or more than one."""
    wanted = " ".join(text.split()).casefold()
    found = [one for one in workers() if wanted in {one.name.casefold(), one.email.casefold()}]
    if len(found) == 1:
        return found[0]
    if found:
        raise Invalid(
            _("There are several people of this name. Type the mail address."), errors={"assignee": ["several"]}
        )
    raise Invalid(
        _("Nobody called “%(name)s” works on tickets.") % {"name": text.strip()[:120]}, errors={"assignee": ["a name"]}
    )


def last_merge(number: int) -> int:
    """The newest merge, standing or undone, that this ticket took something in by; 0 for none."""
    return Merge.objects.filter(target=number).aggregate(last=Max("pk"))["last"] or 0


def teams() -> list[Team]:
    return list(Team.objects.order_by("name"))


def used_tags(tickets: QuerySet[Ticket], *, most: int = 40) -> list[str]:
    """The tags that the latest of these tickets have, those that most of them have; by name."""
    latest = tickets.order_by("-updated_at").values_list("tags", flat=True)[:LATEST]
    uses = Counter(tag for tags in latest for tag in tags)
    return sorted(sorted(uses, key=lambda tag: (-uses[tag], tag))[:most])


def times(now: datetime | None = None) -> dict[str, datetime]:
    """Times to put a ticket off to, by name, in the desk's time zone: later today (unless it is evening), tomorrow, Monday."""
    here = timezone.localtime(now)
    today = here.date()
    morning = {
        "tomorrow": today + timedelta(days=1),
        "monday": today + timedelta(days=7 - today.weekday()),
    }
    found = {name: timezone.make_aware(datetime.combine(day, MORNING)) for name, day in morning.items()}
    later = (here + timedelta(hours=3)).replace(minute=0, second=0, microsecond=0)
    return {"later": later, **found} if later.date() == today and later.hour <= EVENING else found
