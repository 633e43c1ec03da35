"""What the pages of model settings show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.languages import name_of_language
from conversations.drafting.breaker import Circuit
from conversations.drafting.endpoints import Endpoint
from conversations.drafting.model_settings import SHAPING, Activation, ModelSettings
from conversations.drafting.reach import contract_with, key_of
from conversations.drafting.versions import Shape, in_force, is_external, provider_name, recorded, shape_of
from conversations.review.history import Piece, word_difference
from desk.api import BIGGEST
from desk.problems import NotFound


@dataclass(frozen=True, slots=True)
class Told:
    """One field of a version, as people read it."""

    name: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that two versions differ in, word by word."""

    label: str
    pieces: list[Piece]


def version_of(key: int) -> ModelSettings:
    """One version, or NotFound."""
    found = (
        ModelSettings.objects.select_related("made_by", "made_from").filter(pk=key).first() if key <= BIGGEST else None
    )
    if found is None:
        raise NotFound
    return found


def running_for(team_id: int | None) -> ModelSettings | None:
    return in_force(team_id)


def in_use() -> dict[str, Any]:
    """What holds for everybody and for teams, and whether its provider may and can be asked."""
    made_from = in_force(None)
    shape = shape_of(made_from)
    active = Activation.objects.filter(state="active").select_related(
        "settings", "team", "decided_by", "before__settings"
    )
    return {
        "shape": shape,
        "running": made_from,
        "version": recorded(made_from),
        "everybody": next((each for each in active if each.team_id is None), None),
        "for_teams": [each for each in active if each.team_id is not None],
        "provider": provider_name(shape.address),
        **reachable(shape),
        "circuits": circuits(),
    }


def reachable(shape: Shape) -> dict[str, Any]:
    """Whether a shape's provider may be asked: there is a key, and terms where it lies outside."""
    external = is_external(shape.address)
    contract = contract_with(shape.address) if external else None
    return {
        "external": external,
        "contract": contract,
        "has_key": bool(key_of(shape.address, contract)),
        "not_activated": external and contract is None,
    }


def circuits() -> list[Circuit]:
    """Every model that was asked, with those that are left alone first."""
    now = timezone.now()
    return [Circuit(each, now) for each in Endpoint.objects.order_by("-failures", "address", "model")[:50]]


def told(version: ModelSettings | None) -> list[Told]:
    """Every field that shapes drafts; None is what the environment gives."""
    made = version or ModelSettings(model=settings.ENV.openai_model)
    # The environment says nothing of how replies read.
    unsaid = {} if version else dict.fromkeys(("tone", "form_of_address"), _("as the template has it"))
    return [Told(name, _labels()[name], unsaid.get(name) or _value(made, name)) for name in SHAPING]


def differences(before: ModelSettings | None, after: ModelSettings | None) -> list[Difference]:
    """In what two versions differ, in the words of the page."""
    pairs = zip(told(before), told(after), strict=True)
    return [
        Difference(new.label, word_difference(old.value, new.value)) for old, new in pairs if old.value != new.value
    ]


def _labels() -> dict[str, str]:
    return {
        "address": _("Address of the provider"),
        "model": _("Model"),
        "fallback": _("Another model in its place"),
        "guidance": _("The organisation’s own words in the template"),
        "tone": _("Tone"),
        "form_of_address": _("Form of address"),
        "temperature": _("Temperature"),
        "most_passages": _("Passages that are read"),
        "least_sourced": _("Least share of statements with a source"),
        "languages": _("Languages"),
        "left_out": _("Topics for people"),
    }


def _value(version: ModelSettings, name: str) -> str:
    if name == "address":
        return version.address or settings.ENV.openai_base_url
    if name in {"tone", "form_of_address"}:
        return str(getattr(version, f"get_{name}_display")())
    if name == "temperature":
        return _("as the model has it") if version.temperature is None else f"{version.temperature / 100:.2f}"
    if name == "least_sourced":
        return f"{version.least_sourced} %"
    if name == "languages":
        return ", ".join(name_of_language(code) for code in version.languages) or _("all")
    value = getattr(version, name)
    return (", ".join(value) if isinstance(value, list) else str(value)) or _("none")
