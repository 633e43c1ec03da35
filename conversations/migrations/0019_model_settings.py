from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from desk.guards import guard, steps

SQL = Path(__file__).with_name("0019_model_settings.sql").read_text()
UNDO = """
DROP TRIGGER drafting_contract_kept ON drafting_contract;
DROP TRIGGER drafting_activation_allowed ON drafting_activation;
DROP TRIGGER drafting_model_settings_kept ON drafting_model_settings;
DROP FUNCTION drafting_contract_kept();
DROP FUNCTION drafting_activation_allowed();
DROP FUNCTION drafting_model_settings_kept();
DROP FUNCTION drafting_overtaken(bigint, bigint);
DROP FUNCTION drafting_in_force(bigint);
"""


class Migration(migrations.Migration):
    """Versions of the model settings, who is asked under what terms and for how much; what is there stays the first version."""

    dependencies = [
        ("conversations", "0018_lookups"),
        ("accounts", "0005_erasure"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="draft",
            name="stale_because",
            field=models.CharField(blank=True, db_default="", default="", max_length=24),
        ),
        migrations.AddField(
            model_name="modelcall",
            name="reserved_money",
            field=models.DecimalField(decimal_places=6, max_digits=12, null=True),
        ),
        migrations.AddField(
            model_name="modelcall",
            name="reserved_tokens",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(model_name="modelcall", name="reserved_team", field=models.BigIntegerField(null=True)),
        migrations.CreateModel(
            name="Case",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject_sealed", models.BinaryField()),
                ("question_sealed", models.BinaryField()),
                ("language", models.CharField(max_length=8)),
                (
                    "expects",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=120), default=list, size=None
                    ),
                ),
                ("from_demo", models.CharField(blank=True, default="", max_length=40)),
                ("kept_at", models.DateTimeField()),
                ("retired_at", models.DateTimeField(null=True)),
                (
                    "kept_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "drafting_case",
            },
        ),
        migrations.CreateModel(
            name="Contract",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address", models.CharField(max_length=300)),
                ("provider", models.CharField(max_length=120)),
                ("contract", models.TextField()),
                ("region", models.CharField(max_length=200)),
                ("retention", models.TextField()),
                ("training", models.TextField()),
                ("limits", models.TextField()),
                ("owner", models.CharField(max_length=200)),
                ("allows_fallback", models.BooleanField(default=False)),
                ("key_sealed", models.BinaryField(default=bytes)),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "began_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "drafting_contract",
            },
        ),
        migrations.CreateModel(
            name="Endpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address", models.CharField(max_length=300)),
                ("model", models.CharField(max_length=120)),
                ("form", models.CharField(blank=True, default="", max_length=8)),
                (
                    "without",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), default=list, size=None
                    ),
                ),
                ("learned_at", models.DateTimeField(null=True)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("opened_until", models.DateTimeField(null=True)),
                ("trial_until", models.DateTimeField(null=True)),
                ("last_error", models.CharField(blank=True, default="", max_length=40)),
                ("failed_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "drafting_endpoint",
                "constraints": [models.UniqueConstraint(fields=("address", "model"), name="drafting_endpoint_once")],
            },
        ),
        migrations.CreateModel(
            name="Limit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("tokens", models.PositiveBigIntegerField(null=True)),
                ("money", models.DecimalField(decimal_places=2, max_digits=12, null=True)),
                ("set_at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
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
                "db_table": "drafting_limit",
            },
        ),
        migrations.CreateModel(
            name="ModelSettings",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("reason", models.TextField()),
                ("address", models.CharField(blank=True, default="", max_length=300)),
                ("model", models.CharField(max_length=120)),
                ("fallback", models.CharField(blank=True, default="", max_length=120)),
                ("guidance", models.TextField(blank=True, default="")),
                (
                    "tone",
                    models.CharField(
                        choices=[
                            ("friendly", "Friendly and personal"),
                            ("neutral", "Neutral and brief"),
                            ("formal", "Formal"),
                        ],
                        default="friendly",
                        max_length=12,
                    ),
                ),
                (
                    "form_of_address",
                    models.CharField(
                        choices=[("formal", "Formal (Sie, usted, vous)"), ("informal", "Informal (du, tú, tu)")],
                        default="formal",
                        max_length=12,
                    ),
                ),
                ("temperature", models.PositiveSmallIntegerField(default=20, null=True)),
                ("most_passages", models.PositiveSmallIntegerField(default=5)),
                ("least_sourced", models.PositiveSmallIntegerField(default=0)),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=8), blank=True, default=list, size=None
                    ),
                ),
                (
                    "left_out",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), blank=True, default=list, size=None
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Being written"), ("finished", "Finished"), ("discarded", "Discarded")],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "made_from",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="conversations.modelsettings",
                    ),
                ),
            ],
            options={
                "db_table": "drafting_model_settings",
            },
        ),
        migrations.CreateModel(
            name="Evaluation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Being evaluated"),
                            ("done", "Evaluated"),
                            ("cancelled", "Cancelled"),
                            ("failed", "Could not be finished"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("cases", models.PositiveIntegerField(default=0)),
                ("asked_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "against",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="conversations.modelsettings",
                    ),
                ),
                (
                    "settings",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evaluations",
                        to="conversations.modelsettings",
                    ),
                ),
            ],
            options={
                "db_table": "drafting_evaluation",
            },
        ),
        migrations.CreateModel(
            name="Activation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Waits for a second person"),
                            ("active", "Active"),
                            ("ended", "Ended"),
                            ("declined", "Declined"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.TextField(blank=True, default="")),
                ("asked_at", models.DateTimeField()),
                ("alone", models.BooleanField(default=False)),
                (
                    "before",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="conversations.activation",
                    ),
                ),
                ("rolled_back", models.BooleanField(default=False)),
                ("began_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
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
                (
                    "settings",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="activations",
                        to="conversations.modelsettings",
                    ),
                ),
            ],
            options={
                "db_table": "drafting_activation",
            },
        ),
        migrations.AddField(
            model_name="settingsversion",
            name="made_from",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="conversations.modelsettings",
            ),
        ),
        migrations.CreateModel(
            name="Outcome",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "side",
                    models.CharField(choices=[("new", "New version"), ("running", "Running version")], max_length=8),
                ),
                ("request_sealed", models.BinaryField(default=bytes)),
                ("text_sealed", models.BinaryField(default=bytes)),
                ("error", models.CharField(blank=True, default="", max_length=40)),
                ("accepted", models.BooleanField(default=False)),
                ("blockers", models.PositiveSmallIntegerField(default=0)),
                (
                    "flagged",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16), default=list, size=None
                    ),
                ),
                ("claims", models.PositiveSmallIntegerField(default=0)),
                ("sourced", models.PositiveSmallIntegerField(default=0)),
                ("found_source", models.BooleanField(default=False)),
                ("replaced", models.PositiveSmallIntegerField(default=0)),
                ("leaked", models.PositiveSmallIntegerField(default=0)),
                ("words", models.PositiveIntegerField(default=0)),
                ("tokens", models.PositiveIntegerField(default=0)),
                ("cost", models.DecimalField(decimal_places=6, max_digits=12, null=True)),
                ("seconds", models.FloatField(default=0)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="conversations.case"
                    ),
                ),
                (
                    "evaluation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outcomes",
                        to="conversations.evaluation",
                    ),
                ),
            ],
            options={
                "db_table": "drafting_outcome",
            },
        ),
        migrations.CreateModel(
            name="Slot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address", models.CharField(max_length=300)),
                ("until", models.DateTimeField()),
            ],
            options={
                "db_table": "drafting_slot",
                "indexes": [models.Index(fields=["address"], name="drafting_slot_at")],
            },
        ),
        migrations.CreateModel(
            name="Spent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("tokens", models.BigIntegerField(default=0)),
                ("money", models.DecimalField(decimal_places=6, default=0, max_digits=16)),
                (
                    "team",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.team"
                    ),
                ),
            ],
            options={
                "db_table": "drafting_spent",
            },
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                condition=models.Q(("from_demo", ""), _negated=True),
                fields=("from_demo",),
                name="drafting_case_of_demo",
            ),
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)), fields=("address",), name="drafting_contract_one"
            ),
        ),
        migrations.AddIndex(
            model_name="limit",
            index=models.Index(fields=["team", "-id"], name="drafting_limit_of"),
        ),
        migrations.AddConstraint(
            model_name="modelsettings",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("least_sourced__range", (0, 100)),
                    ("most_passages__range", (1, 12)),
                    models.Q(("temperature", None), ("temperature__lte", 200), _connector="OR"),
                ),
                name="drafting_model_settings_bounds",
            ),
        ),
        migrations.AddConstraint(
            model_name="modelsettings",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("finished_at__isnull", False), ("state", "finished")),
                    models.Q(("state", "finished"), _negated=True),
                    _connector="OR",
                ),
                name="drafting_model_settings_finished",
            ),
        ),
        migrations.AddConstraint(
            model_name="evaluation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")), fields=("state",), name="drafting_evaluation_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="activation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "active")),
                fields=("team",),
                name="drafting_activation_one_active",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="activation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "asked")),
                fields=("team",),
                name="drafting_activation_one_asked",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="activation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by", None),
                    ("state", "declined"),
                    ("alone", True),
                    ("rolled_back", True),
                    models.Q(("decided_by", models.F("asked_by")), _negated=True),
                    _connector="OR",
                ),
                name="drafting_activation_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="activation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("began_at__isnull", False), ("decided_by__isnull", False), ("state", "active")),
                    models.Q(("began_at__isnull", False), ("ended_at__isnull", False), ("state", "ended")),
                    models.Q(("began_at", None), ("state__in", ["asked", "declined"])),
                    _connector="OR",
                ),
                name="drafting_activation_began",
            ),
        ),
        migrations.AddConstraint(
            model_name="outcome",
            constraint=models.UniqueConstraint(fields=("evaluation", "case", "side"), name="drafting_outcome_once"),
        ),
        migrations.AddConstraint(
            model_name="spent",
            constraint=models.UniqueConstraint(fields=("day", "team"), name="drafting_spent_of", nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name="spent",
            constraint=models.CheckConstraint(
                condition=models.Q(("money__gte", 0), ("tokens__gte", 0)), name="drafting_spent_positive"
            ),
        ),
        guard(
            "drafting_model_settings",
            "drafting_activation",
            "drafting_contract",
            "drafting_case",
            "drafting_evaluation",
            "drafting_limit",
            "drafting_spent",
        ),
        steps(SQL, undo=[UNDO]),
    ]
