from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

from desk.guards import guard


class Migration(migrations.Migration):
    """Systems that are asked for facts, and what they answered for a ticket."""

    dependencies: ClassVar = [("conversations", "0018_passages_used")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Lookup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40)),
                ("address", models.CharField(max_length=300)),
                ("shape", models.CharField(blank=True, default="", max_length=40)),
                ("fields", models.JSONField(default=list)),
                ("seconds", models.FloatField(default=2.0)),
                ("cache_minutes", models.PositiveIntegerField(default=10)),
                ("secret_sealed", models.BinaryField(default=bytes)),
                ("enabled", models.BooleanField(default=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("updated_at", models.DateTimeField()),
            ],
            options={
                "db_table": "knowledge_lookup",
            },
        ),
        migrations.CreateModel(
            name="LookedUp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=254)),
                (
                    "state",
                    models.CharField(
                        choices=[("found", "found"), ("nothing", "not known there"), ("failed", "no answer")],
                        max_length=8,
                    ),
                ),
                ("values", models.JSONField(default=list)),
                ("at", models.DateTimeField()),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="looked_up", to="conversations.ticket"
                    ),
                ),
                (
                    "lookup",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="conversations.lookup"
                    ),
                ),
            ],
            options={
                "db_table": "knowledge_looked_up",
                "constraints": [
                    models.UniqueConstraint(fields=("lookup", "ticket", "key"), name="knowledge_looked_up_once")
                ],
            },
        ),
        guard("knowledge_lookup", "knowledge_looked_up"),
    ]
