from typing import ClassVar

from django.db import migrations

from desk.guards import LEDGER, REQUIRE_ACTION, steps


class Migration(migrations.Migration):
    """The ledger is append-only, dense and counts forward; the function that guards the rooms' tables."""

    dependencies: ClassVar = [("desk", "0001_initial")]
    operations: ClassVar = [steps(REQUIRE_ACTION), steps(LEDGER)]
