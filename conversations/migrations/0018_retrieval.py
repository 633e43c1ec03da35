from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

from desk.guards import steps


class Migration(migrations.Migration):
    """Passages as vectors. Those that are there get theirs by a job, while the desk works."""

    dependencies: ClassVar = [("conversations", "0017_redaction"), ("desk", "0006_explorer")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="PassageVector",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("model", models.CharField(max_length=40)),
                ("whole", models.BinaryField()),
                ("headings", models.BinaryField()),
                (
                    "passage",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="vector",
                        to="conversations.passage",
                    ),
                ),
            ],
            options={"db_table": "knowledge_vector"},
        ),
        steps(
            "INSERT INTO desk_job (kind, key, thread, state, attempts, run_after, fence, last_error, created_at) "
            "SELECT 'passages.index', 'passages.index:all', '', 'queued', 0, now(), 0, '', now() "
            "WHERE EXISTS (SELECT 1 FROM knowledge_passage WHERE current) ON CONFLICT (key) DO NOTHING",
            undo=["DELETE FROM desk_job WHERE kind = 'passages.index'"],
        ),
    ]
