from typing import ClassVar

import django.contrib.postgres.indexes
import django.db.models.fields.json
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import F, Q

ABOUT_SOMEBODY = Q(subject__startswith="person:") | Q(subject__startswith="customer:")


class Migration(migrations.Migration):
    """Indexes for the explorer, made while entries are written: nothing is locked, so not in one transaction."""

    atomic = False
    dependencies: ClassVar = [("desk", "0005_erasure")]
    operations: ClassVar = [
        AddIndexConcurrently(
            "entry", models.Index(fields=["subject", "-seq"], name="ledger_entry_subject", condition=ABOUT_SOMEBODY)
        ),
        AddIndexConcurrently(
            "entry",
            models.Index(
                django.db.models.fields.json.KeyTransform("settings", "facts"),
                F("seq").desc(),
                name="ledger_entry_settings",
                condition=Q(facts__has_key="settings"),
            ),
        ),
        AddIndexConcurrently(
            "entry",
            django.contrib.postgres.indexes.BrinIndex(
                fields=["at"], name="ledger_entry_at", pages_per_range=32, autosummarize=True
            ),
        ),
    ]
