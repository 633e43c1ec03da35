"""What may be stopped, by the names that people know."""

from __future__ import annotations

from itertools import chain

from django.conf import settings as environment
from django.utils.translation import gettext as _

from accounts.languages import name_of_language
from accounts.models import Team
from conversations.drafting.models import SettingsVersion, Stop
from conversations.tickets.models import Ticket

RECENT = 1_000  # tickets whose tags and languages are offered: what nobody writes about any more needs no stop

Choice = tuple[str, str]


def what_to_stop() -> list[tuple[str, list[Choice]]]:
    """Groups of choices for a menu. A choice's value is its scope and which one, such as `team:3` or `topic:refund`."""
    scope = Stop.Scope
    recent = list(Ticket.objects.order_by("-number").values_list("language", "tags")[:RECENT])
    languages = {code for code, _name in environment.LANGUAGES} | {language for language, _tags in recent if language}
    versions = SettingsVersion.objects.order_by("-pk")[:20]
    groups: dict[Stop.Scope, list[Choice]] = {
        scope.TEAM: [(str(team.pk), team.name) for team in Team.objects.order_by("name")],
        scope.TOPIC: [(tag, tag) for tag in sorted(set(chain.from_iterable(tags for _language, tags in recent)))],
        scope.LANGUAGE: sorted(((code, name_of_language(code)) for code in languages), key=lambda choice: choice[1]),
        scope.SETTINGS_VERSION: [(str(version.pk), version_name(version)) for version in versions],
    }
    everywhere = ("", [(f"{scope.ALL}:", str(scope.ALL.label))])
    return [everywhere, *((str(one.label), _of(one, choices)) for one, choices in groups.items() if choices)]


def _of(scope: Stop.Scope, choices: list[Choice]) -> list[Choice]:
    return [(f"{scope}:{value}", label) for value, label in choices]


def name_of(stop: Stop) -> str:
    """Which team, topic, language or version a stop is about, as people call it; "" for everywhere."""
    if stop.scope == Stop.Scope.TEAM:
        return str(Team.objects.filter(pk=stop.value).values_list("name", flat=True).first() or stop.value)
    if stop.scope == Stop.Scope.LANGUAGE:
        return name_of_language(stop.value)
    if stop.scope == Stop.Scope.SETTINGS_VERSION:
        version = SettingsVersion.objects.filter(pk=stop.value).first()
        return version_name(version) if version else stop.value
    return stop.value


def version_name(version: SettingsVersion) -> str:
    return _("%(number)s: %(model)s, prompt %(prompt)s") % {
        "number": version.pk,
        "model": version.model,
        "prompt": version.prompt_version,
    }
