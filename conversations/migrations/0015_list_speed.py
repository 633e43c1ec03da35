from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models import Q

WAITS = ~Q(lane="") & Q(snoozed_until__isnull=True, restricted=False)
NARROWED_TO = ["lane", "team", "assignee", "priority", "language", "channel"]
NEW = [
    models.Index(fields=["due_at", "number", *NARROWED_TO], name="tickets_waits_due", condition=WAITS),
    models.Index(fields=["-updated_at", "-number", *NARROWED_TO], name="tickets_waits_updated", condition=WAITS),
    models.Index(fields=["lane", "due_at", "number", "team"], name="tickets_waits_lane", condition=WAITS),
    models.Index(
        fields=["due_at", "number", "team"],
        name="tickets_breaching_due",
        condition=WAITS & Q(breaching_at__isnull=False),
    ),
    models.Index(
        fields=["assignee", "-updated_at", "-number", "team"],
        name="tickets_mine_newest",
        condition=Q(assignee__isnull=False, restricted=False) & ~Q(status__in=["solved", "closed"]),
    ),
    models.Index(
        fields=["-updated_at", "-number", "team"],
        name="tickets_snoozed_updated",
        condition=Q(snoozed_until__isnull=False, restricted=False),
    ),
    models.Index(
        fields=["-updated_at", "-number", "team"],
        name="tickets_pending_updated",
        condition=Q(status="pending", restricted=False),
    ),
]
# What the new ones do as well.
OLD = [
    "tickets_lane",
    "tickets_team_todo",
    "tickets_mine",
    "tickets_unassigned",
    "tickets_snoozed_newest",
    "tickets_breaching",
    "tickets_waiting_newest",
]


class Migration(migrations.Migration):
    """Other indexes of a big table, made and dropped while the desk works: nothing is locked, so not in one transaction."""

    atomic = False
    dependencies: ClassVar = [("conversations", "0014_receipts")]
    operations: ClassVar = [
        *(AddIndexConcurrently("ticket", index) for index in NEW),
        *(RemoveIndexConcurrently("ticket", name) for name in OLD),
    ]
