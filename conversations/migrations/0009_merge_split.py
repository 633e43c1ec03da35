from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import Q

from desk.guards import guard, steps

ENDS_SOMEWHERE = """
-- A ticket that was merged is no place to merge another into, so that what is merged always ends in one that is not.
CREATE FUNCTION tickets_merge_ends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM tickets_ticket WHERE number = NEW.merged_into_id AND number <> NEW.number AND merged_into_id IS NULL
        FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'ticket % is no place to merge another into', NEW.merged_into_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER tickets_merge_ends BEFORE UPDATE OF merged_into_id ON tickets_ticket
    FOR EACH ROW WHEN (NEW.merged_into_id IS NOT NULL AND NEW.merged_into_id IS DISTINCT FROM OLD.merged_into_id)
    EXECUTE FUNCTION tickets_merge_ends();
"""
UNDO = "DROP TRIGGER tickets_merge_ends ON tickets_ticket; DROP FUNCTION tickets_merge_ends();"


class Migration(migrations.Migration):
    """Merging, splitting, and bulk changes: new tables, and columns without a value, so that no table is rewritten or read.

    0010 has what takes a look at every ticket.
    """

    dependencies: ClassVar = [
        ("accounts", "0003_palette"),
        ("conversations", "0008_attachments"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Bulk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("view", models.CharField(max_length=40)),
                ("query", models.CharField(blank=True, default="", max_length=1000)),
                ("field", models.CharField(max_length=20)),
                ("value", models.CharField(blank=True, default="", max_length=1000)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "At work"),
                            ("done", "Done"),
                            ("stopped", "Stopped"),
                            ("undoing", "Taking it back"),
                            ("undone", "Taken back"),
                        ],
                        default="running",
                        max_length=8,
                    ),
                ),
                ("total", models.PositiveIntegerField()),
                ("after", models.BigIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "tickets_bulk",
            },
        ),
        migrations.CreateModel(
            name="BulkTicket",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("done", "Done"),
                            ("already", "Already"),
                            ("skipped", "Skipped"),
                            ("undone", "Undone"),
                            ("kept", "Kept"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("why", models.CharField(blank=True, default="", max_length=40)),
                ("before", models.CharField(blank=True, default="", max_length=1000)),
                ("became", models.CharField(blank=True, default="", max_length=1000)),
            ],
            options={
                "db_table": "tickets_bulk_ticket",
            },
        ),
        migrations.CreateModel(
            name="Merge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("other_customer", models.BooleanField(default=False)),
                (
                    "source_status",
                    models.CharField(
                        choices=[
                            ("new", "New"),
                            ("open", "Open"),
                            ("pending", "Waiting for customer"),
                            ("on_hold", "On hold"),
                            ("solved", "Solved"),
                            ("closed", "Closed"),
                        ],
                        max_length=8,
                    ),
                ),
                ("source_waited", models.BooleanField()),
                ("source_snoozed_until", models.DateTimeField(null=True)),
                (
                    "target_status",
                    models.CharField(
                        choices=[
                            ("new", "New"),
                            ("open", "Open"),
                            ("pending", "Waiting for customer"),
                            ("on_hold", "On hold"),
                            ("solved", "Solved"),
                            ("closed", "Closed"),
                        ],
                        max_length=8,
                    ),
                ),
                ("kept_target", models.BooleanField(default=False)),
                ("made_at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "tickets_merge",
            },
        ),
        migrations.AddField(
            model_name="ticket",
            name="merged_into",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="conversations.ticket",
            ),
        ),
        migrations.AddField(
            model_name="ticket",
            name="split_from",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="conversations.message",
            ),
        ),
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("mentioned", "Mentioned"),
                    ("team_mentioned", "Team Mentioned"),
                    ("noted", "Noted"),
                    ("assigned", "Assigned"),
                    ("handed_over", "Handed Over"),
                    ("taken_over", "Taken Over"),
                    ("customer_wrote", "Customer Wrote"),
                    ("replied", "Replied"),
                ],
                max_length=16,
            ),
        ),
        migrations.AddField(
            model_name="bulk",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="bulkticket",
            name="bulk",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="tickets", to="conversations.bulk"
            ),
        ),
        migrations.AddField(
            model_name="bulkticket",
            name="ticket",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="conversations.ticket"
            ),
        ),
        migrations.AddField(
            model_name="merge",
            name="person",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="merge",
            name="source",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="conversations.ticket"
            ),
        ),
        migrations.AddField(
            model_name="merge",
            name="target",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="conversations.ticket"
            ),
        ),
        migrations.AddField(
            model_name="merge",
            name="target_last_inbound",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="conversations.message"
            ),
        ),
        migrations.AddIndex(
            model_name="bulk",
            index=models.Index(fields=["person", "-id"], name="tickets_bulk_of"),
        ),
        migrations.AddIndex(
            model_name="bulkticket",
            index=models.Index(fields=["bulk", "outcome", "ticket"], name="tickets_bulk_ticket_next"),
        ),
        migrations.AddConstraint(
            model_name="bulkticket",
            constraint=models.UniqueConstraint(fields=("bulk", "ticket"), name="tickets_bulk_ticket_once"),
        ),
        migrations.AddIndex(
            model_name="merge",
            index=models.Index(
                condition=models.Q(("undone_at__isnull", True)), fields=["target"], name="tickets_merge_target"
            ),
        ),
        migrations.AddConstraint(
            model_name="merge",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undone_at__isnull", True)), fields=("source",), name="tickets_merge_one_standing"
            ),
        ),
        AddConstraintNotValid(
            model_name="ticket",
            constraint=models.CheckConstraint(
                name="tickets_merged_is_closed",
                condition=Q(merged_into__isnull=True) | Q(status="closed", lane="", snoozed_until__isnull=True),
            ),
        ),
        steps(ENDS_SOMEWHERE, undo=[UNDO]),
        guard("tickets_merge", "tickets_bulk"),
    ]
