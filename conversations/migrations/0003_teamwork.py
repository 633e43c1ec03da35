import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from desk.guards import guard


class Migration(migrations.Migration):
    """What people write, claim, follow and are told. New tables only; followers are written by actions."""

    dependencies = [
        ("conversations", "0002_walls"),
        ("desk", "0002_walls"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Claim",
            fields=[
                (
                    "ticket",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="conversations.ticket",
                    ),
                ),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "db_table": "teamwork_claim",
                "indexes": [models.Index(fields=["until"], name="teamwork_claim_until")],
            },
        ),
        migrations.CreateModel(
            name="Follower",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="conversations.ticket"
                    ),
                ),
            ],
            options={
                "db_table": "teamwork_follower",
                "constraints": [models.UniqueConstraint(fields=("ticket", "person"), name="teamwork_follower_once")],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("mentioned", "Mentioned"),
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
                ("created_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField(null=True)),
                ("mailed_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="conversations.message",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="conversations.ticket"
                    ),
                ),
            ],
            options={
                "db_table": "teamwork_notice",
                "indexes": [
                    models.Index(fields=["person", "-id"], name="teamwork_notice_of"),
                    models.Index(
                        condition=models.Q(("seen_at__isnull", True)),
                        fields=["person", "ticket"],
                        name="teamwork_notice_unseen",
                    ),
                    models.Index(
                        condition=models.Q(("mailed_at__isnull", True), ("seen_at__isnull", True)),
                        fields=["created_at"],
                        name="teamwork_notice_unmailed",
                    ),
                    models.Index(fields=["created_at"], name="teamwork_notice_old"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Unsent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("what", models.CharField(max_length=32)),
                ("text", models.TextField()),
                ("revision", models.PositiveIntegerField(default=1)),
                ("aside", models.BooleanField(default=False)),
                ("saved_at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="conversations.ticket"
                    ),
                ),
            ],
            options={
                "db_table": "teamwork_unsent",
                "indexes": [
                    models.Index(fields=["person", "ticket", "what"], name="teamwork_unsent_of"),
                    models.Index(fields=["saved_at"], name="teamwork_unsent_old"),
                ],
            },
        ),
        guard("teamwork_follower"),
    ]
