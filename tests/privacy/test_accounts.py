"""Of each column that can hold a text somebody has said what becomes of it."""

from __future__ import annotations

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from desk.erasing import accounted

TEXTS = (
    models.CharField,
    models.TextField,
    models.JSONField,
    models.BinaryField,
    models.FileField,
    models.GenericIPAddressField,
    ArrayField,
    SearchVectorField,
)


def text_columns(model: type[models.Model]) -> set[str]:
    """Columns that can hold what somebody wrote: of any text, unless it is one of a list of choices."""
    return {
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, TEXTS) and not (field.choices and not isinstance(field, ArrayField))
    }


def test_every_text_column_of_every_table_is_accounted_for() -> None:
    said = accounted()
    for model in apps.get_models(include_auto_created=True):
        columns = text_columns(model)
        kept = said.get(model._meta.label_lower)
        if kept is None:
            assert not columns, f"{model._meta.label}: say in the room's erasing.py what becomes of {sorted(columns)}"
            continue
        named = kept.erased | kept.ours
        assert columns <= named, f"{model._meta.label}: nobody accounts for {sorted(columns - named)}"
        assert not kept.erased & kept.ours, model._meta.label
        strangers = named - {field.name for field in model._meta.concrete_fields}
        assert not strangers, f"{model._meta.label} has no {sorted(strangers)}"
    labels = {model._meta.label_lower for model in apps.get_models(include_auto_created=True)}
    assert set(said) <= labels, "tables that are no more"


def test_a_column_that_nobody_accounts_for_is_found() -> None:
    from conversations.models import Message

    assert {"text", "text_hash", "mail_id", "in_reply_to", "notice", "disclosure_text"} <= text_columns(Message)
    assert "direction" not in text_columns(Message), "choices are no text"
