"""Values of rows: what goes to the server is what Django would send, of the same type, whichever way it was prepared."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection, models

from accounts.models import Person
from conversations.tickets.models import Message
from desk import rows

SAMPLES: tuple[object, ...] = (
    None,
    "words",
    Message.Direction.OUT,
    "",
    True,
    7,
    2**40,
    UUID(int=7),
    str(UUID(int=7)),
    datetime(2026, 11, 28, tzinfo=UTC),
    ["a", "b"],
    {"a": 1},
    Decimal("1.5"),
    b"bytes",
)


def fields() -> Iterator[Any]:
    for model in apps.get_models():
        if model.__module__.startswith(("accounts.", "conversations.", "desk.")):
            yield from model._meta.concrete_fields


def prepared(ask: Any) -> tuple[type, object]:
    """The type and the value, or the error: a JSON adapter is compared by what it wraps."""
    try:
        value = ask()
    except Exception as error:
        return type(error), str(error)
    return type(value), getattr(value, "obj", value)


@pytest.mark.parametrize("sample", SAMPLES, ids=repr)
def test_each_fields_value_is_what_django_sends(sample: object) -> None:
    for field in fields():
        row = field.model()
        row.__dict__[field.attname] = sample
        for adding in (True, False):
            ours = prepared(lambda: rows._Saved(field).value(row, adding, connection))
            theirs = prepared(lambda: field.get_db_prep_save(field.pre_save(row, adding), connection))
            if getattr(field, "auto_now", False) or (getattr(field, "auto_now_add", False) and adding):
                assert ours[0] is theirs[0] is datetime
            else:
                assert ours == theirs, field


def test_a_field_that_makes_its_value_when_saved_is_asked() -> None:
    class Stamped(models.TextField):
        def pre_save(self, model_instance: models.Model, add: bool) -> str:
            return "stamped"

    field = Stamped()
    field.set_attributes_from_name("name")
    assert rows._Saved(field).value(Person(name="before"), True, connection) == "stamped"
