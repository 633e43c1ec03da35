"""What the live feed knows of people: who is behind a session, what they see, and which entries may change that."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.access import Sight, sights_of
from accounts.models import Person, Token
from desk.feed import registry
from desk.feed.registry import Heard, Team, Viewer


@registry.viewers
def viewers(sessions: Collection[str]) -> dict[str, Viewer]:
    """The people behind these keys of sessions; none for one that is over, or of an earlier password."""
    found = Session.objects.filter(session_key__in=sessions, expire_date__gt=timezone.now())
    signed_in = {row.session_key: _opened(row.session_data) for row in found}
    people = Person.objects.filter(is_active=True).in_bulk(
        {UUID(content[SESSION_KEY]) for content in signed_in.values() if SESSION_KEY in content}
    )
    sights = sights_of(people.values())
    looks = {key: viewer_of(person, sights[key]) for key, person in people.items()}
    return {
        session: looks[person.pk]
        for session, content in signed_in.items()
        if SESSION_KEY in content
        and content.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
        and (person := people.get(UUID(content[SESSION_KEY])))
        and _still_holds(person, content.get(HASH_SESSION_KEY, ""))
    }


def viewer_of(person: Person, sight: Sight) -> Viewer:
    def sees(team: Team) -> bool:
        return sight.sees(int(team.partition(":")[2]) if team else None)

    return Viewer(
        id=str(person.pk),
        name=person.name,
        sight=sight,
        sees=sees,
        stamp=(sight, person.name, tuple(sorted(person.roles))),
        own={"queue:mine": f"queue:mine:{person.pk}", "bell": f"bell:{person.pk}"},
    )


@registry.rechecks("person.changed", "person.signed_out", "person.password_set")
def the_person(heard: Heard) -> set[str]:
    return {_id(heard.subject)}


@registry.rechecks("team.joined", "team.left")
def the_member(heard: Heard) -> set[str]:
    return {_id(heard.facts["person"])}


@registry.rechecks("token.revoked")
def the_owner(heard: Heard) -> set[str]:
    """Sockets come in by session only; whoever takes a token away in a hurry wants to be sure all the same."""
    found = Token.objects.filter(public_id=_id(heard.subject)).values_list("user_id", flat=True)
    return {str(owner) for owner in found}


def _id(ref: str) -> str:
    return ref.partition(":")[2]


@lru_cache(maxsize=2_000)
def _opened(session: str) -> dict[str, Any]:
    """What a session says, whose signature is checked: once, as the same pages come again and again."""
    return Session(session_data=session).get_decoded()


def _still_holds(person: Person, said: str) -> bool:
    """A session is signed in with the password of its time; django.contrib.auth asks the same on every request."""
    return _is_of(person.password, said)


@lru_cache(maxsize=2_000)
def _is_of(password: str, said: str) -> bool:
    person = Person(password=password)
    hashes = (person.get_session_auth_hash(), *person.get_session_auth_fallback_hash())
    return any(constant_time_compare(said, each) for each in hashes)
