"""What drafts are made with: the active model settings or the environment's, and what the program adds to them.

The environment is the first version of every installation, and what holds until people have activated another.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from conversations.drafting.kinds import SettingsRecorded
from conversations.drafting.manner import Address, Manner, Tone
from conversations.drafting.model_settings import SHAPING, ModelSettings
from conversations.drafting.models import SettingsVersion
from conversations.drafting.prompt import ANSWER_SCHEMA, PROMPT_VERSION
from conversations.redaction.redact import REDACTOR_VERSION
from conversations.tickets.models import Ticket
from desk.actions import SYSTEM, Actor, action, record
from desk.statements import run, write


@dataclass(frozen=True, slots=True)
class Shape:
    """All that shapes a draft and that people set. `made_from` is the version that says so; None is the environment."""

    address: str
    model: str
    fallback: str = ""
    manner: Manner | None = None
    temperature: float | None = 0.2
    most_passages: int = 5
    least_sourced: int = 0
    languages: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    made_from: ModelSettings | None = None

    @property
    def provider(self) -> str:
        return provider_name(self.address)

    def leaves_out(self, ticket: Ticket) -> bool:
        """Whether these settings keep a ticket for people, by its language or one of its tags."""
        language = bool(self.languages) and ticket.language[:2] not in self.languages
        return language or any(tag in self.left_out for tag in ticket.tags)


def shape_of(made_from: ModelSettings | None) -> Shape:
    """What a version comes to; what it leaves open is the environment's."""
    env = settings.ENV
    if made_from is None:
        return Shape(env.openai_base_url, env.openai_model)
    return Shape(
        address=made_from.address or env.openai_base_url,
        model=made_from.model,
        fallback=made_from.fallback,
        manner=Manner(cast("Tone", made_from.tone), cast("Address", made_from.form_of_address), made_from.guidance),
        temperature=None if made_from.temperature is None else made_from.temperature / 100,
        most_passages=made_from.most_passages,
        least_sourced=made_from.least_sourced,
        languages=tuple(made_from.languages),
        left_out=tuple(made_from.left_out),
        made_from=made_from,
    )


def fingerprint(made_from: ModelSettings | None = None) -> str:
    """SHA-256 over everything that shapes a draft, except the key."""
    shape = shape_of(made_from)
    parts: dict[str, Any] = {
        "model": shape.model,
        "provider": shape.provider,
        "prompt": PROMPT_VERSION,
        "redactor": REDACTOR_VERSION,
        "schema": ANSWER_SCHEMA,
    }
    if made_from is not None:
        parts["version"] = made_from.pk
        parts |= {name: getattr(made_from, name) for name in SHAPING}
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def provider_name(address: str) -> str:
    """The provider's host, as people may read it; a server of this machine has no name beyond `local`."""
    host = urlsplit(address).hostname or ""
    return host if is_external(address) else "local"


def is_external(address: str) -> bool:
    """Whether a call to this address leaves the machine."""
    return not settings.ENV.is_loopback(urlsplit(address).hostname or "no-host.invalid")


def in_force(team_id: int | None, *, held: bool = False) -> ModelSettings | None:
    """The version that holds for a team's tickets; None while the environment does.

    `held`, inside an action: no activation can begin or end until its commit.
    """
    if held:
        write("SELECT pg_advisory_xact_lock_shared(hashtext('drafting_activation'))")
    (key,) = run("SELECT drafting_in_force(%s)", [team_id]).fetchone()
    return ModelSettings.objects.get(pk=key) if key is not None else None


def recorded(made_from: ModelSettings | None) -> SettingsVersion | None:
    """What drafts of a version are marked with, if there was one yet."""
    return SettingsVersion.objects.filter(fingerprint=fingerprint(made_from)).first()


def current(team_id: int | None = None) -> SettingsVersion:
    """What holds for a team's tickets, inside an action; recorded when it is new."""
    made_from = in_force(team_id, held=True)
    found = recorded(made_from) or record_settings(fingerprint(made_from), made_from, by=SYSTEM)
    found.made_from = made_from
    return found


@action("settings.recorded")
def record_settings(mark: str, made_from: ModelSettings | None, *, by: Actor) -> SettingsVersion:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('settings_version'))")
    shape = shape_of(made_from)
    version, _ = SettingsVersion.objects.get_or_create(
        fingerprint=mark,
        defaults={
            "model": shape.model,
            "provider": shape.provider,
            "prompt_version": PROMPT_VERSION,
            "redactor_version": REDACTOR_VERSION,
            "made_from": made_from,
        },
    )
    record(
        SettingsRecorded(
            fingerprint=mark,
            prompt=PROMPT_VERSION,
            redactor=REDACTOR_VERSION,
            **({"made_from": made_from.ref} if made_from else {}),
        ),
        by=by,
        subject=version.ref,
    )
    return version
