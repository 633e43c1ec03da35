from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from desk.guards import guard, keep, steps


class Migration(migrations.Migration):
    """Who may read an article and who sees to it; every version of it; notes and macros that drafts may rest on.

    Of the articles that are there the version of now is kept; of earlier ones there are the passages alone.
    """

    dependencies: ClassVar = [
        ("conversations", "0018_retrieval"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.AddField(
            model_name="article",
            name="macro",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="source", to="conversations.macro"
            ),
        ),
        migrations.AddField(
            model_name="article",
            name="owner",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="article",
            name="review_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="article",
            name="usable",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name="article",
            name="visibility",
            field=models.CharField(
                choices=[("public", "Everybody, in the help centre"), ("internal", "The staff alone")],
                db_default="public",
                default="public",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="article",
            name="withdrawn_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="macro",
            name="usable",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="passage",
            name="public",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name="passage",
            name="usable",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.CreateModel(
            name="UsableNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField()),
                (
                    "message",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="usable", to="conversations.message"
                    ),
                ),
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
                "db_table": "knowledge_note",
            },
        ),
        migrations.CreateModel(
            name="ArticleVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField()),
                ("title", models.CharField(max_length=200)),
                ("body", models.TextField()),
                (
                    "visibility",
                    models.CharField(
                        choices=[("public", "Everybody, in the help centre"), ("internal", "The staff alone")],
                        max_length=10,
                    ),
                ),
                ("usable", models.BooleanField()),
                ("created_at", models.DateTimeField()),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="conversations.article"
                    ),
                ),
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
                "db_table": "knowledge_version",
                "constraints": [models.UniqueConstraint(fields=("article", "version"), name="knowledge_version_once")],
            },
        ),
        steps(
            "INSERT INTO knowledge_version (article_id, version, title, body, visibility, usable, created_at) "
            "SELECT id, version, title, body, visibility, usable, updated_at FROM knowledge_article",
            undo=["SELECT 1"],
        ),
        guard("knowledge_version", "knowledge_note"),
        keep("knowledge_version"),
    ]
