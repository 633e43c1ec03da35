from pathlib import Path
from typing import ClassVar

import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

from desk.guards import guard, steps

SQL = Path(__file__).with_name("0003_lists.sql").read_text()
UNDO = """
DROP TRIGGER tickets_words_customer_changed ON tickets_customer;
DROP TRIGGER tickets_words_ticket_changed ON tickets_ticket;
DROP TRIGGER tickets_words_message_gone ON tickets_message;
DROP TRIGGER tickets_words_message_changed ON tickets_message;
DROP TRIGGER tickets_words_message_added ON tickets_message;
DROP FUNCTION tickets_words_customer_changed();
DROP FUNCTION tickets_words_ticket_changed();
DROP FUNCTION tickets_words_message_changed();
DROP FUNCTION tickets_words_message_added();
DROP FUNCTION tickets_words_refresh(bigint);
DROP FUNCTION tickets_words_in(text, text);
"""


class Migration(migrations.Migration):
    """What tickets are found by, from now on; 0004 brings the words of those that are there."""

    dependencies: ClassVar = [("conversations", "0002_walls")]
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
        guard("tickets_words"),
    ]
