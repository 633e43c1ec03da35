from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    """Which drafts a passage was in; made while the desk works, so not in one transaction."""

    atomic = False
    dependencies: ClassVar = [("conversations", "0018_knowledge")]
    operations: ClassVar = [
        AddIndexConcurrently(
            model_name="draft",
            index=GinIndex(fields=["passages"], name="drafting_draft_passages", opclasses=["jsonb_path_ops"]),
        ),
    ]
