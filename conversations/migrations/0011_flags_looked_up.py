from typing import ClassVar

from django.db import migrations

from desk.guards import steps


class Migration(migrations.Migration):
    """Looks through flags and customers while the desk works: nothing is locked against writing, so not in one transaction."""

    atomic = False
    dependencies: ClassVar = [("conversations", "0011_flags")]
    operations: ClassVar = [
        # No desk before this one made flags of that kind.
        steps("ALTER TABLE drafting_flag VALIDATE CONSTRAINT drafting_flag_other_customer", undo=["SELECT 1"]),
        # By its last seven digits a telephone number is looked up however it is spelled.
        steps(
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS tickets_customer_phone ON tickets_customer "
            "(right(regexp_replace(phone, '[^0-9]', '', 'g'), 7)) WHERE phone <> ''",
            undo=["DROP INDEX CONCURRENTLY IF EXISTS tickets_customer_phone"],
        ),
    ]
