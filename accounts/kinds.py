"""What happens to people and their ways in."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person, Team, Token
from desk.ledger.kinds import Code, Facts, Ref, because, kind, names, words


@kind("person.added", says="{actor} added {subject} with the roles {roles}")
class PersonAdded(Facts):
    roles: list[Code]
    languages: list[Code]


@kind("person.changed", says="{actor} changed roles or state of {subject}: {roles}, active: {active}")
class PersonChanged(Facts):
    roles: list[Code]
    active: bool


@kind("person.erased", says="{actor} erased the name and address of {subject}")
class PersonErased(Facts):
    pass


@kind("person.password_set", says="{actor} set a new password for {subject}")
class PersonPasswordSet(Facts):
    pass


@kind("person.preferences_set", says="{subject} changed how they like the desk: {changed}")
class PersonPreferencesSet(Facts):
    changed: list[Code]


@kind("person.languages_set", says="{actor} set the languages that {subject} reads: {languages}")
class PersonLanguagesSet(Facts):
    """None stated says `all`: who states none reads all."""

    languages: list[Code]


@kind("person.signed_in", says="{subject} signed in")
class PersonSignedIn(Facts):
    method: Code


@kind("person.signed_out", says="{subject} signed out")
class PersonSignedOut(Facts):
    pass


@kind("sign_in.failed", says="A sign-in failed")
class SignInFailed(Facts):
    known: bool


@kind("team.added", says="{actor} added {subject}")
class TeamAdded(Facts):
    pass


@kind("team.joined", says="{actor} put {person} into {subject}")
class TeamJoined(Facts):
    person: Ref


@kind("team.left", says="{actor} took {person} out of {subject}")
class TeamLeft(Facts):
    person: Ref


@kind("token.issued", says="{actor} issued {subject} for {owner} with {scopes}")
class TokenIssued(Facts):
    owner: Ref
    scopes: list[Code]
    holder: Literal["person", "service"]
    days: int


@kind("token.revoked", says="{actor} revoked {subject}")
class TokenRevoked(Facts):
    pass


@names("person")
def people(refs: set[str]) -> dict[str, str]:
    ids = [UUID(ref.partition(":")[2]) for ref in refs]
    return {person.ref: person.name for person in Person.objects.filter(pk__in=ids)}


@names("team")
def teams(refs: set[str]) -> dict[str, str]:
    ids = [int(ref.partition(":")[2]) for ref in refs]
    return {team.ref: _("the team %(name)s") % {"name": team.name} for team in Team.objects.filter(pk__in=ids)}


@names("service")
def services(refs: set[str]) -> dict[str, str]:
    ids = [UUID(ref.partition(":")[2]) for ref in refs]
    return {f"service:{token.public_id}": token.service for token in Token.objects.filter(public_id__in=ids)}


@names("token")
def tokens(refs: set[str]) -> dict[str, str]:
    return {ref: _("token %(start)s") % {"start": ref[6:14]} for ref in refs}


words({"all": gettext_lazy("all of them")})


because(
    {
        "person": gettext_lazy(
            "Rights come from roles. Who gave them to whom, and who was signed in when, is what every other entry rests on."
        ),
        "sign_in": gettext_lazy("Attempts that fail are how somebody finds out that an account is being tried."),
        "team": gettext_lazy("A team decides who sees which tickets."),
        "token": gettext_lazy(
            "A token lets a program act. Who made it, for what, and when it ended has to be known as it is of people."
        ),
    }
)
