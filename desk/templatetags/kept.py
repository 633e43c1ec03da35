"""`{% kept "components/footer.html" demo=demo %}`: a part of a page that is made once for the same values.

The part is given these values and nothing else, so that they, the language and the time zone decide alone how it looks. The
token of forms, which is another one in each answer, is put in afterwards.
"""

from __future__ import annotations

import secrets
from collections.abc import Hashable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from django import template
from django.template.context import Context
from django.template.loader import get_template
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

register = template.Library()

KEPT = 500  # parts, of up to 20 kB each
TOKEN = secrets.token_hex(16)
"""Stands where the token goes."""


class Given:
    """Values for a template, equal to others by what is in them."""

    __slots__ = ("_key", "values")

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values
        self._key = frozen(values)

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Given) and self._key == other._key


def frozen(value: Any) -> Hashable:
    """The value as something to look up by. Rows of the database are refused: they are equal by their keys alone."""
    if value is None or isinstance(value, str | int | float | date | UUID):
        # 1, 1.0 and True are equal, and look different; so do a string and the same one marked as safe.
        return value if type(value) is str else (type(value), value)
    if isinstance(value, Promise):
        return str(value)
    if isinstance(value, Mapping):
        return tuple((key, frozen(each)) for key, each in value.items())
    if isinstance(value, list | tuple):
        return tuple(map(frozen, value))
    raise TypeError(f"{type(value).__name__} cannot decide how a kept part looks.")


@register.simple_tag(takes_context=True)
def kept(context: Context, part: str, **values: Any) -> SafeString:
    made = _made(part, get_language() or "", timezone.get_current_timezone_name(), Given(values))
    if TOKEN in made:
        made = made.replace(TOKEN, str(context.get("csrf_token") or ""))
    return mark_safe(made)  # noqa: S308 - rendered by a template


@lru_cache(maxsize=KEPT)
def _made(part: str, language: str, zone: str, given: Given) -> str:
    return str(get_template(part).render({**given.values, "csrf_token": TOKEN}))
