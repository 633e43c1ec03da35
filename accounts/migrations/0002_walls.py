from typing import ClassVar

from django.db import migrations

from desk.guards import guard


class Migration(migrations.Migration):
    """People, teams and tokens are written by actions only."""

    dependencies: ClassVar = [("accounts", "0001_initial"), ("desk", "0002_walls")]
    operations: ClassVar = [guard("accounts_person", "accounts_team", "accounts_membership", "accounts_token")]
