from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from desk.guards import guard


class Migration(migrations.Migration):
    """Macros: a new table, so nothing waits for it. The states of a draft have words of their own: no change to the table."""

    dependencies: ClassVar = [
        ("accounts", "0002_walls"),
        ("conversations", "0006_lists_in_full"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Macro",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("shortcut", models.CharField(max_length=30)),
                ("body", models.TextField()),
                ("language", models.CharField(blank=True, default="", max_length=8)),
                ("version", models.PositiveIntegerField(default=1)),
                ("updated_at", models.DateTimeField()),
                ("retired_at", models.DateTimeField(null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.team"
                    ),
                ),
            ],
            options={
                "db_table": "knowledge_macro",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("retired_at__isnull", True)),
                        fields=("shortcut", "language", "team", "owner"),
                        name="knowledge_macro_shortcut",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("team__isnull", True), ("owner__isnull", True), _connector="OR"),
                        name="knowledge_macro_one_audience",
                    ),
                ],
            },
        ),
        guard("knowledge_macro"),
        migrations.AlterField(
            model_name="draft",
            name="state",
            field=models.CharField(
                choices=[
                    ("queued", "Waits for a model"),
                    ("generating", "Is being written"),
                    ("pending_review", "Waits for a decision"),
                    ("approved", "Approved"),
                    ("edited", "Changed and approved"),
                    ("rejected", "Rejected"),
                    ("stale", "Overtaken by a newer message"),
                    ("superseded", "Replaced"),
                    ("quarantined", "Held back by a stop"),
                    ("withdrawn", "Withdrawn: people only"),
                    ("failed", "Failed"),
                ],
                default="queued",
                max_length=16,
            ),
        ),
    ]
