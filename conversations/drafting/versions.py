"""Which model, prompt and redactor a draft is made with; a new combination is a new version, recorded once."""

from __future__ import annotations

import hashlib
import json
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from conversations.drafting.kinds import SettingsRecorded
from conversations.drafting.models import SettingsVersion
from conversations.drafting.prompt import ANSWER_SCHEMA, PROMPT_VERSION
from conversations.redaction.redact import REDACTOR_VERSION
from desk.actions import SYSTEM, Actor, action, record


def fingerprint() -> str:
    """SHA-256 over everything that shapes a draft, except the key."""
    shape = {
        "model": settings.ENV.openai_model,
        "provider": provider_name(),
        "prompt": PROMPT_VERSION,
        "redactor": REDACTOR_VERSION,
        "schema": ANSWER_SCHEMA,
    }
    return hashlib.sha256(json.dumps(shape, sort_keys=True).encode()).hexdigest()


def provider_name() -> str:
    """The provider's host, as people may read it; a server of this machine has no name beyond `local`."""
    host = urlsplit(settings.ENV.openai_base_url).hostname or ""
    return "local" if settings.ENV.is_loopback(host) else host


def current() -> SettingsVersion:
    """The version in force, inside an action; recorded when it is new."""
    mark = fingerprint()
    return SettingsVersion.objects.filter(fingerprint=mark).first() or record_settings(mark, by=SYSTEM)


@action("settings.recorded")
def record_settings(mark: str, *, by: Actor) -> SettingsVersion:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('settings_version'))")
    version, _ = SettingsVersion.objects.get_or_create(
        fingerprint=mark,
        defaults={
            "model": settings.ENV.openai_model,
            "provider": provider_name(),
            "prompt_version": PROMPT_VERSION,
            "redactor_version": REDACTOR_VERSION,
        },
    )
    record(
        SettingsRecorded(fingerprint=mark, prompt=PROMPT_VERSION, redactor=REDACTOR_VERSION), by=by, subject=version.ref
    )
    return version
