from pathlib import Path
from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

from desk.guards import guard, steps

SQL = Path(__file__).with_name("0013_erasure.sql").read_text()
CUSTOMER = models.ForeignKey(
    null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="conversations.customer"
)


def person(**more: bool) -> models.ForeignKey:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, **more
    )


class Migration(migrations.Migration):
    """Erasure and holds: new tables, columns with constant defaults, and the one door through the walls that keep texts.

    Not reversible: without the door nobody could be erased.
    """

    dependencies: ClassVar = [
        ("conversations", "0011_flags_looked_up"),
        ("desk", "0005_erasure"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations: ClassVar = [
        migrations.AddField("customer", "restricted_at", models.DateTimeField(null=True)),
        migrations.AddField("customer", "erased_at", models.DateTimeField(null=True)),
        migrations.AddField("ticket", "restricted", models.BooleanField(default=False, db_default=False)),
        migrations.AlterField(
            "ticket",
            "lane_why",
            models.CharField(
                blank=True,
                choices=[
                    ("", ""),
                    ("opted_out", "The customer chose people only"),
                    ("not_asked", "The customer was not asked yet whether a model may draft"),
                    ("asked_for_person", "The customer asked for a person"),
                    ("people_only", "This ticket is kept for people"),
                    ("stopped", "Drafting is stopped here"),
                    ("provider", "The model could not be reached or gave no usable answer"),
                    ("budget", "The budget for drafts is used up"),
                    ("redaction", "Personal data could not be replaced, so nothing was sent to a model"),
                    ("no_sources", "Nothing in the knowledge base answers this"),
                    ("rejected", "A draft was rejected, a person writes"),
                    ("set_aside", "Somebody set the draft aside to write"),
                    ("escalated", "Escalated to the team's lead"),
                    ("concern", "The customer says that a reply is wrong"),
                    ("withdrawn", "A reply was taken back before it went out"),
                    ("sending_unknown", "Nobody knows whether the last reply arrived"),
                    ("sending_failed", "The last reply could not be delivered"),
                    ("spam", "This ticket is marked as spam"),
                    ("restricted", "The customer wants their data erased: nothing is done with it until then"),
                    ("job_dead", "A background job gave up"),
                ],
                default="",
                max_length=20,
            ),
        ),
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Waits until it is due"),
                            ("cancelled", "Taken back"),
                            ("done", "Erased"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("customer", "The customer, on their own page"),
                            ("mail", "The customer, by mail"),
                            ("staff", "The customer, through a member of the staff"),
                            ("api", "A program of the organisation"),
                        ],
                        max_length=10,
                    ),
                ),
                ("requested_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("tickets_erased", models.PositiveIntegerField(default=0)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="erasures",
                        to="conversations.customer",
                    ),
                ),
            ],
            options={
                "db_table": "privacy_erasure",
                "indexes": [models.Index(condition=Q(state="open"), fields=["due_at"], name="privacy_erasure_due")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(state="open"), fields=("customer",), name="privacy_erasure_one_open"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("legal_claim", "A legal claim: made, defended or prepared"),
                            ("legal_duty", "A law demands that it is kept"),
                            ("authority", "An authority has asked for it"),
                            ("safety", "The safety of people"),
                        ],
                        max_length=16,
                    ),
                ),
                ("note", models.TextField(blank=True, default="")),
                ("expires_at", models.DateTimeField()),
                ("placed_at", models.DateTimeField()),
                ("approved_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("approved_by", person(null=True)),
                ("ended_by", person(null=True)),
                ("placed_by", person()),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="holds", to="conversations.ticket"
                    ),
                ),
            ],
            options={
                "db_table": "privacy_hold",
                "indexes": [
                    models.Index(condition=Q(ended_at__isnull=True), fields=["ticket"], name="privacy_hold_open")
                ],
                "constraints": [
                    models.CheckConstraint(
                        name="privacy_hold_second_person",
                        condition=Q(approved_at__isnull=True, approved_by__isnull=True)
                        | (Q(approved_at__isnull=False, approved_by__isnull=False) & ~Q(approved_by=F("placed_by"))),
                    )
                ],
            },
        ),
        guard("privacy_erasure", "privacy_hold"),
        migrations.AddField("modelcall", "customer", CUSTOMER),
        migrations.AddField("modelcall", "request_sealed", models.BinaryField(null=True)),
        migrations.AddField("modelcall", "placeholders_sealed", models.BinaryField(default=bytes)),
        migrations.AddField("modelcall", "response_sealed", models.BinaryField(default=bytes)),
        steps(SQL),
    ]
