from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from desk.guards import guard


class Migration(migrations.Migration):
    """Verifications and searches in the ledger: new tables, so nothing waits for them."""

    dependencies: ClassVar = [
        ("conversations", "0015_list_speed"),
        ("desk", "0006_explorer"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Verification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Being verified"),
                            ("done", "Verified"),
                            ("cancelled", "Cancelled"),
                            ("failed", "Could not be finished"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("entries", models.BigIntegerField(default=0)),
                ("checkpoints", models.BigIntegerField(default=0)),
                ("broken", models.BigIntegerField(default=0)),
                ("first_bad", models.BigIntegerField(null=True)),
                ("milliseconds", models.BigIntegerField(default=0)),
                ("findings", models.JSONField(default=list)),
                ("said", models.JSONField(default=list)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "oversight_verification",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["state"], name="oversight_verification_one", condition=Q(state="open")
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Progress",
            fields=[
                (
                    "verification",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="progress",
                        serialize=False,
                        to="conversations.verification",
                    ),
                ),
                ("what", models.CharField(default="", max_length=20)),
                ("done", models.BigIntegerField(default=0)),
                ("whole", models.BigIntegerField(default=0)),
            ],
            options={"db_table": "oversight_progress"},
        ),
        migrations.CreateModel(
            name="SavedSearch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("query", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "oversight_search",
                "indexes": [models.Index(fields=["person", "id"], name="oversight_search_of")],
            },
        ),
        guard("oversight_verification", "oversight_search"),
    ]
