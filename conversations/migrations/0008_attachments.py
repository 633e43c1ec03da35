import uuid
from pathlib import Path
from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

from desk.guards import guard, steps

SQL = Path(__file__).with_name("0008_attachments.sql").read_text()
UNDO = Path(__file__).with_name("0008_attachments_undo.sql").read_text()


class Migration(migrations.Migration):
    """Files of messages. The two new columns have constant defaults, so that no table is rewritten."""

    dependencies: ClassVar = [
        ("conversations", "0007_palette"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Content",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveIntegerField()),
                ("data", models.BinaryField()),
            ],
            options={
                "db_table": "attachments_content",
            },
        ),
        migrations.AddField(
            model_name="decision",
            name="files_digest",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AddField(
            model_name="message",
            name="files_digest",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.CreateModel(
            name="Preview",
            fields=[
                (
                    "content",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="preview",
                        serialize=False,
                        to="conversations.content",
                    ),
                ),
                ("width", models.PositiveSmallIntegerField()),
                ("height", models.PositiveSmallIntegerField()),
                ("data", models.BinaryField()),
            ],
            options={
                "db_table": "attachments_preview",
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("name", models.CharField(max_length=200)),
                ("type", models.CharField(max_length=100)),
                ("size", models.PositiveBigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                (
                    "missing",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", ""),
                            ("too_large", "not kept: larger than 10 MB"),
                            ("too_much", "not kept: more than 25 MB or 20 files in one message"),
                            ("refused", "not kept: programs are not taken in"),
                            ("empty", "not kept: it was empty"),
                            ("erased", "erased"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="conversations.message",
                    ),
                ),
                (
                    "content",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachment",
                        to="conversations.content",
                    ),
                ),
            ],
            options={
                "db_table": "attachments_attachment",
                "ordering": ["message", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("message", "position"), name="attachments_one_place"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("content__isnull", False), ("missing", "")),
                            models.Q(("content__isnull", True), models.Q(("missing", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="attachments_content_or_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("owner", models.CharField(max_length=80)),
                ("what", models.CharField(blank=True, default="", max_length=16)),
                ("name", models.CharField(max_length=200)),
                ("type", models.CharField(max_length=100)),
                ("created_at", models.DateTimeField()),
                (
                    "content",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="upload", to="conversations.content"
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="conversations.ticket",
                    ),
                ),
            ],
            options={
                "db_table": "attachments_upload",
                "indexes": [
                    models.Index(fields=["owner", "ticket", "what"], name="attachments_upload_of"),
                    models.Index(fields=["created_at"], name="attachments_upload_old"),
                ],
            },
        ),
        guard("attachments_attachment", "attachments_preview"),
        steps(SQL, undo=[UNDO]),
    ]
