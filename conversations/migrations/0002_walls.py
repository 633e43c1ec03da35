from pathlib import Path
from typing import ClassVar

from django.db import migrations

from desk.guards import guard, steps

SQL = Path(__file__).with_name("0002_walls.sql").read_text()


class Migration(migrations.Migration):
    """The invariants of the desk, held by the database. Not reversible: a desk without them is another product."""

    dependencies: ClassVar = [("conversations", "0001_initial"), ("desk", "0002_walls"), ("accounts", "0002_walls")]
    operations: ClassVar = [
        steps(SQL),
        guard(
            "tickets_policy",
            "tickets_customer",
            "tickets_ticket",
            "tickets_message",
            "tickets_sending",
            "knowledge_article",
            "knowledge_passage",
            "drafting_settings",
            "drafting_stop",
            "drafting_draft",
            "drafting_flag",
            "drafting_model_call",
            "review_decision",
            "review_concern",
        ),
    ]
