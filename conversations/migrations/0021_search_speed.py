from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Indexes of a big table, made while the desk works: nothing is locked, so not in one transaction."""

    atomic = False
    dependencies: ClassVar = [("conversations", "0020_draft_risks")]
    operations: ClassVar = [
        AddIndexConcurrently(
            "ticket",
            models.Index(
                fields=["-created_at", "-number", "status", "team", "assignee"],
                name="tickets_unsolved_opened",
                condition=Q(restricted=False) & ~Q(status__in=["solved", "closed"]),
            ),
        ),
        AddIndexConcurrently(
            "ticket",
            models.Index(
                fields=["-created_at", "-number", "lane", "team", "assignee"],
                name="tickets_waits_opened",
                condition=~Q(lane="") & Q(snoozed_until__isnull=True, restricted=False),
            ),
        ),
    ]
