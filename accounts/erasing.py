"""What is kept of the staff, and how it goes; and what third parties' tables here hold."""

from __future__ import annotations

from uuid import UUID

from allauth.account.models import EmailAddress, EmailConfirmation
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session

from accounts.models import Membership, Person, Team, Token
from desk.erasing import accounts_for, erases

accounts_for(Person, erased=("email", "name", "password", "roles", "languages", "preferences"))
accounts_for(Team, ours=("name",))
accounts_for(Membership)
# The name of a service is a program's.
accounts_for(Token, erased=("label",), ours=("digest", "token_key", "scopes", "service"))

accounts_for(EmailAddress, erased=("email",))
accounts_for(EmailConfirmation, erased=("key",))
accounts_for(Session, erased=("session_key", "session_data"))
accounts_for(ContentType, ours=("app_label", "model"))
accounts_for(Permission, ours=("name", "codename"))
accounts_for(Group, ours=("name",))


@erases("person")
def forget_ways_in(pk: UUID) -> None:
    """Mail addresses of sign-in, teams and tokens. Sessions end with the password, and are deleted when they expire."""
    EmailAddress.objects.filter(user=pk).delete()
    Membership.objects.filter(person=pk).delete()
    Team.objects.filter(lead=pk).update(lead=None)
    Token.objects.filter(user=pk, service="").update(label="")
    Person.objects.filter(pk=pk).update(email=f"{pk}@erased.invalid", name=f"person {str(pk)[:8]}")
