from pathlib import Path
from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from desk.guards import guard, steps

SQL = Path(__file__).with_name("0011_flags.sql").read_text()
UNDO = """
ALTER TABLE drafting_flag DROP CONSTRAINT drafting_flag_other_customer;
DROP TRIGGER drafting_flag_judged ON drafting_flag;
CREATE OR REPLACE FUNCTION drafting_flag_versions() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE touched bigint;
BEGIN
    touched := CASE WHEN TG_OP = 'DELETE' THEN OLD.draft_id ELSE NEW.draft_id END;
    IF TG_OP <> 'UPDATE' AND EXISTS (SELECT 1 FROM drafting_draft WHERE id = touched AND state = 'pending_review') THEN
        UPDATE drafting_draft SET version = version + 1 WHERE id = touched;
    END IF;
    RETURN NULL;
END $$;
"""
KINDS = ["amount", "date", "link", "contact", "identifier", "other_customer", "promise", "injection", "placeholder"]
KINDS += ["language", "tone", "length"]


class Migration(migrations.Migration):
    """How much each kind of flag matters: a new table, and walls around the flags that are there; see 0011_flags_looked_up."""

    dependencies: ClassVar = [
        ("conversations", "0010_merge_split_in_full"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="FlagRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(choices=[(kind, kind.replace("_", " ").title()) for kind in KINDS], max_length=16),
                ),
                ("severity", models.CharField(choices=[("hint", "Hint"), ("blocker", "Blocker")], max_length=8)),
                ("reason", models.TextField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "drafting_flag_rule",
                "indexes": [models.Index(fields=["kind", "-id"], name="drafting_flag_rule_of")],
                "constraints": [
                    models.CheckConstraint(
                        condition=~Q(kind="other_customer", severity="hint"), name="drafting_flag_rule_other_customer"
                    )
                ],
            },
        ),
        guard("drafting_flag_rule"),
        migrations.SeparateDatabaseAndState(
            database_operations=[steps(SQL, undo=[UNDO])],
            state_operations=[
                migrations.AddConstraint(
                    model_name="flag",
                    constraint=models.CheckConstraint(
                        condition=~Q(kind="other_customer") | Q(severity="blocker", answer=""),
                        name="drafting_flag_other_customer",
                    ),
                )
            ],
        ),
    ]
