"""People, teams and tokens. Ids are random: the ledger names people by them alone."""

from __future__ import annotations

import uuid
from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken

from accounts.preferences import Preferences, preferences_of
from desk.actions import Actor


class Role(models.TextChoices):
    AGENT = "agent", _("Agent")
    SUPERVISOR = "supervisor", _("Supervisor")
    ADMIN = "admin", _("Admin")
    AUDITOR = "auditor", _("Auditor")


class PersonManager(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email__iexact=username)


class Person(AbstractBaseUser):  # type: ignore[django-manager-missing]
    """A member of the staff. Roles add up. There is no superuser: every right comes from a role."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    roles = ArrayField(models.CharField(max_length=12, choices=Role.choices), default=list)
    languages = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # Name and address are gone; the random id stays in entries, and says nothing any more.
    erased_at = models.DateTimeField(null=True)
    # Read as `prefers`; see accounts.preferences for what is in it.
    preferences = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    # What they may see, for the one page that has looked it up (accounts.access.sight_at).
    sight: Any = None
    # No last_login column: a sign-in is a ledger entry.
    last_login = None

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects: ClassVar[PersonManager] = PersonManager()

    class Meta:
        db_table = "accounts_person"
        constraints = [models.UniqueConstraint(Lower("email"), name="accounts_person_email")]

    def __str__(self) -> str:
        return self.name

    @property
    def ref(self) -> str:
        return f"person:{self.pk}"

    @property
    def initials(self) -> str:
        words = self.name.split() or [self.email]
        return (words[0][:1] + (words[-1][:1] if len(words) > 1 else words[0][1:2])).upper()

    @cached_property
    def prefers(self) -> Preferences:
        return preferences_of(self.preferences)

    def reads(self, language: str) -> bool:
        """Whether a text in this language can be decided by them; who states no language reads all of the desk's."""
        return not self.languages or language in self.languages

    def has_role(self, *roles: str) -> bool:
        return any(role in self.roles for role in roles)

    def actor(self, **more: Any) -> Actor:
        return Actor("person", str(self.pk), **more)


class Team(models.Model):
    """People who answer for a part of the tickets."""

    name = models.CharField(max_length=60, unique=True)
    lead = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="leads")

    class Meta:
        db_table = "accounts_team"

    def __str__(self) -> str:
        return self.name

    @property
    def ref(self) -> str:
        return f"team:{self.pk}"


class Membership(models.Model):
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")

    class Meta:
        db_table = "accounts_membership"
        constraints = [models.UniqueConstraint(fields=["team", "person"], name="accounts_membership_once")]


class Scope(models.TextChoices):
    TICKETS_READ = "tickets:read", _("Read tickets")
    TICKETS_WRITE = "tickets:write", _("Open tickets, write messages")
    DECIDE = "decide", _("Decide drafts")
    LEDGER_READ = "ledger:read", _("Read the ledger")
    ADMIN = "admin", _("Administer")


class Token(AbstractAuthToken):  # type: ignore[misc]
    """A key for a program. One with a `service` name is the program's own; one without acts as its person."""

    user = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="tokens")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope.choices))
    service = models.CharField(max_length=60, default="", blank=True)
    label = models.CharField(max_length=60, default="", blank=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "accounts_token"

    @property
    def ref(self) -> str:
        return f"token:{self.public_id}"

    def actor(self) -> Actor:
        if self.service:
            return Actor("service", str(self.public_id), via="api")
        return Actor("person", str(self.user_id), session=f"token:{self.public_id}", via="api")
