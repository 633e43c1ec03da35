"""What the menus for work on tickets offer: beside one ticket, with what it has now, or for those that are selected."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import Sight, sight_of
from accounts.models import Person
from conversations.tickets.access import tickets_for
from conversations.tickets.models import Ticket
from conversations.tickets.queries import teams, times, used_tags, workers
from conversations.tickets.states import Priority, Status
from desk.feed.registry import Heard
from desk.kept import Kept, Moment, furniture

TIMES = {
    "later": gettext_lazy("Later today"),
    "tomorrow": gettext_lazy("Tomorrow morning"),
    "monday": gettext_lazy("Next Monday morning"),
}


def choices(ticket: Ticket | None = None, *, moment: Moment | None = None) -> dict[str, Any]:
    """Statuses, priorities, teams and times, each with its value for `wishes.wish_of`, and what the ticket has now."""
    all_teams = furniture.one("teams", moment, teams) if moment else teams()
    return {
        "statuses": [_choice(one, str(one.label), ticket and ticket.status) for one in Status if one != Status.NEW],
        "priorities": [_choice(one, str(one.label), ticket and ticket.priority) for one in Priority],
        "teams": [
            _choice("none", _("No team"), ticket and (ticket.team_id or "none")),
            *(_choice(team.pk, team.name, ticket and ticket.team_id) for team in all_teams),
        ],
        "times": [{"value": name, "label": TIMES[name], "at": at} for name, at in times().items()],
        "wake": _choice("wake", _("Bring back now"), None),
        "zone": timezone.get_current_timezone_name(),
        "ticket": ticket and _now(ticket),
    }


def suggestions(person: Person, moment: Moment) -> dict[str, Any]:
    """What the fields for a colleague and for tags suggest while somebody types."""
    return {
        "workers": furniture.one(
            "workers", moment, lambda: [{"name": one.name, "email": one.email} for one in workers()]
        ),
        "tags": _tags.one(sight_of(person), moment, lambda: used_tags(tickets_for(person))),
    }


def _forget_tags(kept: dict[Sight, list[str]], entry: Heard) -> None:
    if entry.kind in {"ticket.tags_set", "ticket.opened", "ticket.change_undone"} or not entry.thread:
        kept.clear()


_tags: Kept[Sight, list[str]] = Kept(forget=_forget_tags, most=500)


def _choice(value: Any, label: str, has: Any) -> dict[str, Any]:
    return {"value": value, "label": label, "here": value == has}


def _now(ticket: Ticket) -> dict[str, Any]:
    return {
        "number": ticket.number,
        "status": ticket.get_status_display(),
        "priority": ticket.get_priority_display(),
        "pressing": ticket.priority in {Priority.HIGH, Priority.URGENT},
        "team": ticket.team.name if ticket.team else "",
        "assignee": ticket.assignee,
        "tags": ticket.tags,
        "snoozed_until": ticket.snoozed_until,
        "spam": ticket.is_spam,
        "kept_for_people": ticket.kept_for_people,
    }
