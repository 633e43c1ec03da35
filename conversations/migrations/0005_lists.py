from pathlib import Path
from typing import ClassVar

import django.contrib.postgres.search
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from desk.guards import guard, steps

SQL = Path(__file__).with_name("0005_lists.sql").read_text()
UNDO = """
DROP TRIGGER tickets_words_customer_changed ON tickets_customer;
DROP TRIGGER tickets_words_ticket_changed ON tickets_ticket;
DROP TRIGGER tickets_words_message_gone ON tickets_message;
DROP TRIGGER tickets_words_message_changed ON tickets_message;
DROP TRIGGER tickets_words_message_imported ON tickets_sending;
DROP TRIGGER tickets_words_message_sent ON tickets_sending;
DROP TRIGGER tickets_words_message_added ON tickets_message;
DROP FUNCTION tickets_words_customer_changed();
DROP FUNCTION tickets_words_ticket_changed();
DROP FUNCTION tickets_words_message_changed();
DROP FUNCTION tickets_words_message_sent();
DROP FUNCTION tickets_words_message_added();
DROP FUNCTION tickets_words_add(bigint, text);
DROP FUNCTION tickets_words_refresh(bigint);
DROP FUNCTION tickets_words_in(text, text);
"""


class Migration(migrations.Migration):
    """Saved views, and what tickets are found by from now on; 0006 brings the words of those that are there."""

    dependencies: ClassVar = [("conversations", "0004_ticket_work"), ("accounts", "0002_walls")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Words",
            fields=[
                (
                    "ticket",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="words",
                        serialize=False,
                        to="conversations.ticket",
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("words", django.contrib.postgres.search.SearchVectorField()),
                ("taken", models.PositiveIntegerField(default=0)),
            ],
            options={"db_table": "tickets_words"},
        ),
        steps(SQL, undo=[UNDO]),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("everyone", models.BooleanField(default=False)),
                ("view", models.CharField(max_length=20)),
                ("parameters", models.JSONField(default=dict)),
                ("position", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.team"
                    ),
                ),
            ],
            options={"db_table": "tickets_saved_view"},
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.CheckConstraint(
                name="tickets_saved_view_for",
                condition=models.Q(team__isnull=True) | models.Q(everyone=False),
            ),
        ),
        guard("tickets_words", "tickets_saved_view"),
    ]
