from typing import Any, ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models, transaction
from django.db.models import Q

AT_ONCE = 500  # tickets, which are locked for about 0.2 s


def fill(apps: Any, editor: Any) -> None:
    """The words of the tickets that are there, a few at a time. A second run goes on where the first one ended."""
    last = 0
    while True:
        with transaction.atomic(using=editor.connection.alias), editor.connection.cursor() as cursor:
            cursor.execute("SELECT set_config('countersign.action', 'words.filled', true)")
            # Whoever adds a message holds the ticket: no word can come between reading and writing.
            cursor.execute(
                "SELECT number FROM tickets_ticket t WHERE number > %s AND NOT EXISTS "
                "(SELECT 1 FROM tickets_words w WHERE w.ticket_id = t.number) "
                "ORDER BY number LIMIT %s FOR NO KEY UPDATE",
                [last, AT_ONCE],
            )
            numbers = [number for (number,) in cursor.fetchall()]
            if not numbers:
                return
            cursor.execute("SELECT tickets_words_refresh(number) FROM unnest(%s::bigint[]) AS number", [numbers])
            last = numbers[-1]


WAITING = ~Q(lane="") & Q(snoozed_until__isnull=True)
INDEXES = [
    models.Index(fields=["team", "due_at", "number"], name="tickets_team_todo", condition=~Q(lane="")),
    models.Index(
        fields=["assignee", "-updated_at", "-number"],
        name="tickets_mine",
        condition=Q(assignee__isnull=False) & ~Q(status__in=["solved", "closed"]),
    ),
    models.Index(
        fields=["-updated_at", "-number"],
        name="tickets_unassigned",
        condition=~Q(lane="") & Q(snoozed_until__isnull=True, assignee__isnull=True),
    ),
    models.Index(
        fields=["-updated_at", "-number"], name="tickets_snoozed_newest", condition=Q(snoozed_until__isnull=False)
    ),
    models.Index(
        fields=["due_at", "number"],
        name="tickets_breaching",
        condition=~Q(lane="") & Q(snoozed_until__isnull=True, breaching_at__isnull=False),
    ),
    models.Index(fields=["-updated_at", "-number"], name="tickets_waiting_newest", condition=WAITING),
]


class Migration(migrations.Migration):
    """Fills and indexes big tables while the desk works: nothing is locked for long, so not in one transaction."""

    atomic = False
    dependencies: ClassVar = [("conversations", "0005_lists")]
    operations: ClassVar = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        AddIndexConcurrently("words", models.Index(fields=["-opened_at", "-ticket"], name="tickets_words_newest")),
        AddIndexConcurrently(
            "words", GinIndex(fields=["words"], name="tickets_words_words", gin_pending_list_limit=512)
        ),
        *(AddIndexConcurrently("ticket", index) for index in INDEXES),
    ]
