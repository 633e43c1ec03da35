"""Making versions of the model settings: begun from one that there is, changed while they are drafts, then finished."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right
from conversations.drafting.kinds_of_settings import (
    ENVIRONMENT,
    ModelSettingsChanged,
    ModelSettingsDiscarded,
    ModelSettingsFinished,
    ModelSettingsMade,
)
from conversations.drafting.model_settings import SHAPING, ModelSettings
from conversations.tickets import texts
from desk.actions import Actor, action, record
from desk.ledger.append import Text
from desk.problems import Invalid, NotAllowed, NotFound, Problem

LONGEST_GUIDANCE = 4_000
_MODEL = re.compile(r"[\w.:/@+-]{1,120}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


class Finished(Problem):
    code, status, title = "finished", 409, _("This version is finished")
    detail = _("What was evaluated is not changed any more. Begin a new version from it; nothing was changed.")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a version shall be. Numbers in the units of `ModelSettings`."""

    name: str
    reason: str
    model: str
    address: str = ""
    fallback: str = ""
    guidance: str = ""
    tone: str = ModelSettings.Tone.FRIENDLY
    form_of_address: str = ModelSettings.Address.FORMAL
    temperature: int | None = 20
    most_passages: int = 5
    least_sourced: int = 0
    languages: Sequence[str] = ()
    left_out: Sequence[str] = ()


@action("model_settings.made", needs=Right.ADMINISTER)
def make_version(wish: Wish, *, made_from: ModelSettings | None, by: Actor) -> ModelSettings:
    """Begin a version; nothing is drafted with it before it is evaluated and activated."""
    if by.kind != "person":
        raise NotAllowed
    version = ModelSettings.objects.create(
        **_valid(wish), made_from=made_from, made_by_id=UUID(by.id), made_at=timezone.now()
    )
    record(
        ModelSettingsMade(made_from=made_from.ref if made_from else ENVIRONMENT),
        by=by,
        subject=version.ref,
        commits=_committed(version),
    )
    return version


@action("model_settings.changed", needs=Right.ADMINISTER)
def change_version(version: ModelSettings, wish: Wish, *, by: Actor) -> ModelSettings:
    """Change a draft of a version. Raises Finished."""
    locked = _locked(version)
    fresh = _valid(wish)
    changed = [name for name, value in fresh.items() if getattr(locked, name) != value]
    if not changed:
        raise Invalid(_("Nothing is different from what is kept."))
    for name in changed:
        setattr(locked, name, fresh[name])
    locked.save(update_fields=changed)
    record(ModelSettingsChanged(changed=sorted(changed)), by=by, subject=locked.ref, commits=_committed(locked))
    return locked


@action("model_settings.discarded", needs=Right.ADMINISTER)
def discard_version(version: ModelSettings, *, by: Actor) -> None:
    """A draft that came to nothing. Raises Finished."""
    locked = _locked(version)
    locked.state = ModelSettings.State.DISCARDED
    locked.save(update_fields=["state"])
    record(ModelSettingsDiscarded(), by=by, subject=locked.ref)


@action("model_settings.finished", needs=Right.ADMINISTER)
def finish_version(version: ModelSettings, *, by: Actor) -> ModelSettings:
    """From here on it stays as it is, so that what is evaluated is what is activated. Raises Finished."""
    locked = _locked(version)
    locked.state, locked.finished_at = ModelSettings.State.FINISHED, timezone.now()
    locked.save(update_fields=["state", "finished_at"])
    content = json.dumps({name: getattr(locked, name) for name in SHAPING}, sort_keys=True)
    record(
        ModelSettingsFinished(content=hashlib.sha256(content.encode()).hexdigest()),
        by=by,
        subject=locked.ref,
        commits=_committed(locked),
    )
    return locked


def _locked(version: ModelSettings) -> ModelSettings:
    locked = ModelSettings.objects.select_for_update(no_key=True).filter(pk=version.pk).first()
    if locked is None:
        raise NotFound
    if locked.state != ModelSettings.State.DRAFT:
        raise Finished
    return locked


def _committed(version: ModelSettings) -> dict[str, Text]:
    return {
        name: Text(getattr(version, name), f"{version.ref}:{name}")
        for name in ("name", "reason", "guidance")
        if getattr(version, name)
    }


def _valid(wish: Wish) -> dict[str, Any]:
    """The fields as they are kept. Raises Invalid with a sentence for each that is wrong."""
    given: dict[str, Any] = {
        **asdict(wish),
        "name": texts.name(wish.name)[:80],
        "reason": texts.remark(wish.reason, limit=2000),
        "guidance": texts.remark(wish.guidance, limit=LONGEST_GUIDANCE + 1),
        "address": wish.address.strip().rstrip("/"),
        "model": wish.model.strip(),
        "fallback": wish.fallback.strip(),
        "languages": sorted({code.strip().lower() for code in wish.languages if code.strip()}),
        "left_out": sorted({tag.strip().lower() for tag in wish.left_out if tag.strip()}),
    }
    faults = {field: sentence for field, sentence, fits in _rules(given) if not fits}
    if faults:
        raise Invalid(
            " ".join(str(sentence) for sentence in faults.values()),
            errors={field: [str(sentence)] for field, sentence in faults.items()},
        )
    return given


def _rules(given: dict[str, Any]) -> list[tuple[str, str | Promise, bool]]:
    """Field, what is wanted of it, and whether it is so."""
    temperature = given["temperature"]
    return [
        ("name", _("A version needs a name."), bool(given["name"])),
        ("reason", _("Say what the version is for."), bool(given["reason"])),
        ("model", _("A model is named without spaces."), bool(_MODEL.fullmatch(given["model"]))),
        (
            "fallback",
            _("The other model is named without spaces, and is another one."),
            not given["fallback"]
            or (bool(_MODEL.fullmatch(given["fallback"])) and given["fallback"] != given["model"]),
        ),
        ("address", _("The address begins with http:// or https://."), not given["address"] or _asks(given["address"])),
        ("guidance", _("The organisation’s words are too long."), len(given["guidance"]) <= LONGEST_GUIDANCE),
        ("tone", _("Choose a tone."), given["tone"] in ModelSettings.Tone.values),
        ("form_of_address", _("Choose a form of address."), given["form_of_address"] in ModelSettings.Address.values),
        ("temperature", _("The temperature is between 0 and 2."), temperature is None or 0 <= temperature <= 200),
        ("most_passages", _("Between 1 and 12 passages are read."), 1 <= given["most_passages"] <= 12),
        ("least_sourced", _("A share is between 0 and 100 percent."), 0 <= given["least_sourced"] <= 100),
        (
            "languages",
            _("Languages are given by their codes, such as en or de."),
            all(_LANGUAGE.fullmatch(code) for code in given["languages"]),
        ),
        ("left_out", _("A tag has at most 60 characters."), all(len(tag) <= 60 for tag in given["left_out"])),
    ]


def _asks(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and len(address) <= 300 and "@" not in address
    except ValueError:
        return False
