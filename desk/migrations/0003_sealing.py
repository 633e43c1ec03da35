from typing import ClassVar

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from desk.guards import SEALING, UNSEAL, guard, keep, steps


class Migration(migrations.Migration):
    """Keys, checkpoints, nodes of the tree, cosignatures, and how far each anchor is. What is there is sealed after it."""

    dependencies: ClassVar = [("desk", "0002_walls")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Anchor",
            fields=[
                ("place", models.CharField(max_length=10, primary_key=True, serialize=False)),
                ("size", models.BigIntegerField(default=0)),
                ("at", models.DateTimeField(null=True)),
                ("tried_at", models.DateTimeField(null=True)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("error", models.CharField(default="", max_length=64)),
            ],
            options={
                "db_table": "ledger_anchor",
            },
        ),
        migrations.CreateModel(
            name="Key",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=200)),
                ("public", models.BinaryField(max_length=32, unique=True)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("first", "First"),
                            ("routine", "Routine"),
                            ("lost", "Lost"),
                            ("compromised", "Compromised"),
                        ],
                        max_length=12,
                    ),
                ),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "db_table": "ledger_key",
            },
        ),
        migrations.CreateModel(
            name="Node",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "level", "index", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("level", models.SmallIntegerField()),
                ("index", models.BigIntegerField()),
                ("hash", models.BinaryField(max_length=32)),
            ],
            options={
                "db_table": "ledger_node",
            },
        ),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("size", models.BigIntegerField(primary_key=True, serialize=False)),
                ("previous", models.BigIntegerField(unique=True)),
                ("root", models.BinaryField(max_length=32)),
                ("note", models.TextField()),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="checkpoints", to="desk.key"
                    ),
                ),
            ],
            options={
                "db_table": "ledger_checkpoint",
            },
        ),
        migrations.CreateModel(
            name="Sealer",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("refuses", models.CharField(default="", max_length=40)),
                ("seq", models.BigIntegerField(null=True)),
                ("since", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "ledger_sealer",
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="ledger_sealer_single")],
            },
        ),
        migrations.CreateModel(
            name="Cosignature",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("witness", models.CharField(max_length=200)),
                ("key", models.CharField(max_length=300)),
                ("line", models.TextField()),
                ("seen_at", models.DateTimeField()),
                ("received_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "checkpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="cosignatures", to="desk.checkpoint"
                    ),
                ),
            ],
            options={
                "db_table": "ledger_cosignature",
                "constraints": [models.UniqueConstraint(fields=("checkpoint", "key"), name="ledger_cosignature_once")],
            },
        ),
        migrations.AddIndex(
            model_name="checkpoint",
            index=models.Index(fields=["key", "size"], name="ledger_checkpoint_of_key"),
        ),
        migrations.AddConstraint(
            model_name="checkpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(("previous__gte", 0), ("size__gt", models.F("previous"))),
                name="ledger_checkpoint_grows",
            ),
        ),
        steps(SEALING, undo=[UNSEAL]),
        guard("ledger_key"),
        keep("ledger_key", "ledger_checkpoint", "ledger_node", "ledger_cosignature"),
    ]
