"""How a person likes the desk: kept with the person, so that it is the same in every browser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

STAFF_LANGUAGES = ("en", "de")
"""The languages that the pages of staff are written in, the first for everybody who reads none of them."""


class Preferences(BaseModel):
    """What a person chose; what they never touched is as it is for everybody."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    # After deciding, open the next ticket of the view that nobody else has claimed.
    open_next: bool = False
    density: Literal["comfortable", "compact"] = "comfortable"
    theme: Literal["system", "light", "dark"] = "system"
    keys: bool = True
    # Desktop notices of new tickets; each browser asks by itself whether it may show them.
    notices: bool = False
    # Empty: what the browser asks for.
    language: Literal["", "en", "de"] = ""


def preferences_of(kept: Mapping[str, Any]) -> Preferences:
    """Those of a row. What an older or newer desk wrote and this one does not know counts as never chosen."""
    try:
        return Preferences.model_validate(kept)
    except ValueError:
        return Preferences()
