from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models
from django.db.models import Q

INDEXES = [
    models.Index(fields=["merged_into"], name="tickets_merged_into", condition=Q(merged_into__isnull=False)),
    models.Index(fields=["split_from"], name="tickets_split_from", condition=Q(split_from__isnull=False)),
    models.Index(fields=["customer", "-number"], name="tickets_of_customer"),
]


class Migration(migrations.Migration):
    """Looks at and indexes a big table while the desk works: nothing is locked for long, so not in one transaction."""

    atomic = False
    dependencies: ClassVar = [("conversations", "0009_merge_split")]
    operations: ClassVar = [
        ValidateConstraint("ticket", "tickets_merged_is_closed"),
        *(AddIndexConcurrently("ticket", index) for index in INDEXES),
    ]
