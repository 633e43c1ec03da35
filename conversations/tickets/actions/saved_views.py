"""Saved views: everybody keeps their own; members keep those of their team; supervisors and admins those of everyone."""

from __future__ import annotations

from typing import Any, Literal

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import teams_of
from accounts.models import Person, Team
from accounts.rights import Right, person_has
from conversations.tickets import texts
from conversations.tickets.kinds import ViewChanged, ViewDeleted, ViewMoved, ViewSaved
from conversations.tickets.listing import Listing
from conversations.tickets.models import SavedView
from desk.actions import Actor, action, record
from desk.ledger.append import Text, canonical
from desk.problems import Invalid, NotAllowed

MOST = 50  # of one person
LONGEST_NAME = 60


def may_save_for(person: Person, team: Team | None, *, everyone: bool) -> bool:
    """Whether a new view may be for these people."""
    if not person.is_active or not person.roles:
        return False
    if team is None and not everyone:
        return True
    if person_has(person, Right.OVERSEE) or person_has(person, Right.ADMINISTER):
        return True
    return team is not None and person_has(person, Right.WORK) and team.pk in teams_of(person.pk)


def may_change(person: Person, view: SavedView) -> bool:
    """Whoever made a view, and for a view of others besides them the lead of its team, supervisors and admins."""
    if not may_save_for(person, view.team, everyone=view.everyone):
        return False
    leads = view.team is not None and view.team.lead_id == person.pk
    return view.person_id == person.pk or leads or _keeps_everyones(person)


def _keeps_everyones(person: Person) -> bool:
    return person_has(person, Right.OVERSEE) or person_has(person, Right.ADMINISTER)


@action("view.saved")
def save_view(listing: Listing, *, name: str, audience: str, by: Actor) -> SavedView:
    """Keep a list under a name. `audience` is `private`, `everyone` or `team:<id>`."""
    person = _person(by)
    team, everyone = _audience(audience)
    if not may_save_for(person, team, everyone=everyone):
        raise NotAllowed
    if SavedView.objects.filter(person=person).count() >= MOST:
        raise Invalid(
            _("You have %(most)d views. Delete one that you no longer need.") % {"most": MOST},
            errors={"name": ["too many"]},
        )
    view = SavedView.objects.create(
        name=_name(name),
        person=person,
        team=team,
        everyone=everyone,
        view=listing.view.name,
        parameters=_sensible(listing, person),
        position=SavedView.objects.count() + 1,
        created_at=timezone.now(),
    )
    record(
        ViewSaved(audience=view.audience, base=view.view, narrowed_by=len(view.parameters)),
        by=by,
        subject=view.ref,
        commits=_words(view),
    )
    return view


@action("view.changed")
def change_view(
    view: SavedView, *, name: str | None = None, audience: str | None = None, listing: Listing | None = None, by: Actor
) -> SavedView:
    """Another name, other people or another list under the same address; what is left out stays."""
    person, locked = _locked(view, by)
    fields = []
    if name is not None and _name(name) != locked.name:
        locked.name = _name(name)
        fields.append("name")
    if audience is not None and audience != locked.audience:
        locked.team, locked.everyone = _audience(audience)
        if not may_save_for(person, locked.team, everyone=locked.everyone) or (
            audience == "private" and locked.person_id != person.pk
        ):
            raise NotAllowed(_("This view can be for its maker alone only if you made it."))
        fields.append("audience")
    if listing is not None:
        locked.view, locked.parameters = listing.view.name, _sensible(listing, person)
        fields.append("list")
    locked.save()
    facts = ViewChanged(fields=fields, audience=locked.audience)
    record(facts, by=by, subject=locked.ref, commits=_words(locked))
    return locked


@action("view.moved")
def move_view(view: SavedView, *, by: Actor, towards: Literal["up", "down"]) -> SavedView:
    """One place up or down among those that are for the same people."""
    person, locked = _locked(view, by)
    same: dict[str, Any] = {"team": locked.team, "everyone": locked.everyone}
    if locked.audience == "private":
        same["person"] = person
    beside = list(SavedView.objects.select_for_update(no_key=True).filter(**same).order_by("position", "pk"))
    at = next(place for place, each in enumerate(beside) if each.pk == locked.pk)
    to = max(0, min(len(beside) - 1, at + (1 if towards == "down" else -1)))
    beside.insert(to, beside.pop(at))
    positions = sorted(each.position for each in beside)
    for place, each in enumerate(beside):
        # Places may be taken twice by views that were saved at the same moment.
        each.position = positions[0] + place
        each.save(update_fields=["position"])
    record(ViewMoved(place=to + 1), by=by, subject=locked.ref)
    return locked


@action("view.deleted")
def delete_view(view: SavedView, *, by: Actor) -> None:
    """Nobody has it any more; its address leads nowhere."""
    locked = _locked(view, by)[1]
    audience, ref = locked.audience, locked.ref
    locked.delete()
    record(ViewDeleted(audience=audience), by=by, subject=ref)


def _locked(view: SavedView, by: Actor) -> tuple[Person, SavedView]:
    person = _person(by)
    locked = SavedView.objects.select_for_update(no_key=True, of=("self",)).select_related("team").filter(pk=view.pk)
    found = locked.first()
    if found is None:
        raise Invalid(_("Somebody has deleted this view."), errors={"view": ["is gone"]})
    if not may_change(person, found):
        raise NotAllowed
    return person, found


def _person(by: Actor) -> Person:
    if by.kind != "person":
        raise NotAllowed
    return Person.objects.get(pk=by.id)


def _audience(audience: str) -> tuple[Team | None, bool]:
    noun, _colon, key = audience.partition(":")
    team = Team.objects.filter(pk=int(key)).first() if noun == "team" and key.isdecimal() and len(key) < 19 else None
    if team is None and audience not in {"private", "everyone"}:
        raise Invalid(_("Choose who shall have the view."), errors={"audience": ["private, everyone or a team"]})
    return team, audience == "everyone"


def _name(name: str) -> str:
    kept = texts.name(name)
    if not kept or len(kept) > LONGEST_NAME:
        sentence = _("A view needs a name of at most %(most)d characters.") % {"most": LONGEST_NAME}
        raise Invalid(sentence, errors={"name": [sentence]})
    return kept


def _sensible(listing: Listing, person: Person) -> dict[str, str]:
    """What the view keeps. Raises Invalid for what cannot be shown."""
    listing.count(person, most=1)
    return listing.narrowing()


def _words(view: SavedView) -> dict[str, Text]:
    """What people typed is committed to, not told."""
    return {
        "name": Text(view.name, f"{view.ref}:name"),
        "list": Text(canonical(view.parameters), f"{view.ref}:narrowed"),
    }
