"""Every write to people, teams and tokens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from knox.models import get_digest_token
from knox.settings import CONSTANTS
from pydantic import ValidationError

from accounts.kinds import (
    PersonAdded,
    PersonChanged,
    PersonErased,
    PersonLanguagesSet,
    PersonPasswordSet,
    PersonPreferencesSet,
    PersonSignedIn,
    PersonSignedOut,
    SignInFailed,
    TeamAdded,
    TeamJoined,
    TeamLeft,
    TokenIssued,
    TokenRevoked,
)
from accounts.languages import known_languages
from accounts.models import Membership, Person, Role, Scope, Team, Token
from accounts.preferences import Preferences
from accounts.rights import Right, allows
from desk.actions import Actor, action, record
from desk.erasing import erase
from desk.problems import Invalid, NotAllowed


@action("person.added", needs=Right.ADMINISTER)
def add_person(
    *, email: str, name: str, roles: Sequence[str], password: str | None, languages: Sequence[str] = (), by: Actor
) -> Person:
    """Add a member of the staff. `password` None: they cannot sign in until one is set."""
    if Person.objects.filter(email__iexact=email).exists():
        raise Invalid(f"{email} is already a person here.", errors={"email": ["already used"]})
    person = Person(
        email=email.lower(),
        name=name,
        roles=[Role(role) for role in roles],
        languages=known_languages(languages),
        password=make_password(password),
    )
    person.save(force_insert=True)
    record(
        PersonAdded(roles=sorted(person.roles), languages=person.languages), by=by, subject=person.ref, person=person
    )
    return person


@action("person.changed", needs=Right.ADMINISTER)
def change_person(
    person: Person, *, roles: Sequence[str] | None = None, active: bool | None = None, by: Actor
) -> Person:
    """Change what a person may do. Open pages of theirs are closed by the feed, which reads the entry."""
    locked = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    locked.roles = [Role(role) for role in roles] if roles is not None else locked.roles
    locked.is_active = locked.is_active if active is None else active
    locked.save(update_fields=["roles", "is_active"])
    record(PersonChanged(roles=sorted(locked.roles), active=locked.is_active), by=by, subject=locked.ref, person=locked)
    return locked


@action("person.erased", needs=Right.ADMINISTER)
def erase_person(person: Person, *, by: Actor) -> Person:
    """Erase who a person was (GDPR article 17): their random id stays in entries and on what they decided, nothing else.

    They have left: who is active, or erases themselves, is refused.
    """
    locked = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    if locked.is_active or by.id == str(locked.pk):
        raise Invalid(
            _("Only somebody who has left can be erased. Deactivate them first."), errors={"person": ["active"]}
        )
    if locked.erased_at is None:
        erase("person", locked.pk)
        Token.objects.filter(user=locked, service="", revoked_at=None).update(revoked_at=timezone.now())
        locked.refresh_from_db()
        locked.roles, locked.languages, locked.preferences = [], [], {}
        locked.password, locked.erased_at = make_password(None), timezone.now()
        locked.save(update_fields=["roles", "languages", "preferences", "password", "erased_at"])
    record(PersonErased(), by=by, subject=locked.ref, person=locked)
    return locked


@action("person.password_set")
def set_password(person: Person, password: str, *, by: Actor) -> None:
    """Set a password; sessions signed in with the old one end, since their hash no longer fits."""
    person.set_password(password)
    Person.objects.filter(pk=person.pk).update(password=person.password)
    record(PersonPasswordSet(), by=by, subject=person.ref)


@action("person.preferences_set")
def set_preferences(person: Person, wanted: Mapping[str, Any], *, by: Actor) -> Person:
    """Change how oneself likes the desk; what is not named in `wanted` stays. Raises Invalid for what is no choice."""
    if by.kind != "person" or by.id != str(person.pk):
        raise NotAllowed
    locked = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    try:
        chosen = Preferences.model_validate({**locked.prefers.model_dump(), **wanted})
    except ValidationError as error:
        wrong = {str(each["loc"][0]): [_("is not a choice")] for each in error.errors()}
        raise Invalid(_("This cannot be chosen. Nothing was changed."), errors=wrong) from None
    before, after = locked.prefers.model_dump(), chosen.model_dump()
    locked.preferences = chosen.model_dump(exclude_defaults=True)
    locked.save(update_fields=["preferences"])
    changed = sorted(name for name in after if after[name] != before[name])
    record(PersonPreferencesSet(changed=changed), by=by, subject=locked.ref, person=locked)
    return Person.objects.get(pk=locked.pk)


@action("person.languages_set")
def set_languages(person: Person, languages: Sequence[str], *, by: Actor) -> Person:
    """Say which languages a person reads; none means all. They say it themselves, or an administrator does."""
    if not (by.kind == "person" and by.id == str(person.pk)) and not allows(by, Right.ADMINISTER):
        raise NotAllowed
    wanted = known_languages(languages)
    locked = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    locked.languages = wanted
    locked.save(update_fields=["languages"])
    record(PersonLanguagesSet(languages=wanted or ["all"]), by=by, subject=locked.ref, person=locked)
    return locked


@action("person.signed_in")
def sign_in(person: Person, *, method: str, by: Actor) -> None:
    record(PersonSignedIn(method=method), by=by, subject=person.ref)


@action("person.signed_out")
def sign_out(person: Person, *, by: Actor) -> None:
    record(PersonSignedOut(), by=by, subject=person.ref)


@action("sign_in.failed")
def sign_in_failed(person: Person | None, *, by: Actor) -> None:
    """Recorded without the address that was typed: it may be anybody's."""
    record(SignInFailed(known=person is not None), by=by, subject=person.ref if person else "sign_in:unknown")


@action("team.added", needs=Right.ADMINISTER)
def add_team(*, name: str, lead: Person | None = None, by: Actor) -> Team:
    team = Team.objects.create(name=name, lead=lead)
    record(TeamAdded(), by=by, subject=team.ref)
    return team


@action("team.joined", needs=Right.ADMINISTER)
def join_team(team: Team, person: Person, *, by: Actor) -> None:
    Membership.objects.get_or_create(team=team, person=person)
    record(TeamJoined(person=person.ref), by=by, subject=team.ref)


@action("team.left", needs=Right.ADMINISTER)
def leave_team(team: Team, person: Person, *, by: Actor) -> None:
    Membership.objects.filter(team=team, person=person).delete()
    record(TeamLeft(person=person.ref), by=by, subject=team.ref)


@action("token.issued")
def issue_token(
    owner: Person, *, scopes: Sequence[str], by: Actor, service: str = "", label: str = "", days: int = 90
) -> tuple[Token, str]:
    """Make a token; its text is returned once and kept only as a hash. Callers check who may make which."""
    wanted = [Scope(scope) for scope in dict.fromkeys(scopes)]
    if not wanted:
        raise Invalid("A token needs at least one scope.", errors={"scopes": ["choose at least one"]})
    if not 1 <= days <= 366:
        raise Invalid("A token lives between 1 and 366 days.", errors={"days": ["1 to 366"]})
    digest, text = get_digest_token()
    token = Token(
        digest=digest,
        token_key=text[: CONSTANTS.TOKEN_KEY_LENGTH],
        user=owner,
        scopes=wanted,
        service=service,
        label=label,
        expiry=timezone.now() + timedelta(days=days),
    )
    token.save(force_insert=True)
    record(
        TokenIssued(owner=owner.ref, scopes=sorted(wanted), holder="service" if service else "person", days=days),
        by=by,
        subject=token.ref,
    )
    return token, text


@action("token.revoked")
def revoke_token(token: Token, *, by: Actor) -> None:
    """End a token now; one that has ended stays ended."""
    Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now(), expiry=F("expiry"))
    record(TokenRevoked(), by=by, subject=token.ref)
