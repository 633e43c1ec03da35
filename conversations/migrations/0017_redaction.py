from pathlib import Path
from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from desk.guards import guard, steps

SQL = Path(__file__).with_name("0017_redaction.sql").read_text()
UNDO = Path(__file__).with_name("0017_redaction_undo.sql").read_text()
KINDS = [("order", "Order number"), ("account", "Account or customer number")]


def _id() -> models.BigAutoField:
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def _person() -> models.ForeignKey:
    return models.ForeignKey(
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
    )


class Migration(migrations.Migration):
    """Patterns of the organisation's own numbers, and how long receipts are kept: new tables, and a column that may be empty."""

    dependencies: ClassVar = [
        ("conversations", "0016_list_speed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="NumberPattern",
            fields=[
                ("id", _id()),
                ("kind", models.CharField(choices=KINDS, max_length=8)),
                ("pattern", models.CharField(max_length=120)),
                ("example", models.CharField(max_length=80)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("person", _person()),
            ],
            options={
                "db_table": "drafting_number_pattern",
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(ended_at__isnull=True), fields=["pattern"], name="drafting_number_pattern_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReceiptRule",
            fields=[
                ("id", _id()),
                ("days", models.PositiveIntegerField()),
                ("reason", models.TextField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("person", _person()),
            ],
            options={
                "db_table": "drafting_receipt_rule",
                "constraints": [
                    models.CheckConstraint(condition=Q(days__gte=7, days__lte=3650), name="drafting_receipt_rule_days")
                ],
            },
        ),
        guard("drafting_number_pattern", "drafting_receipt_rule"),
        migrations.AddField("modelcall", "emptied_at", models.DateTimeField(null=True)),
        steps(SQL, undo=[UNDO]),
    ]
