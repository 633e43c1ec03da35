"""`manage.py prepare`: what is done before the desk starts, in one process to save a start.

Front-end files, migrations and rights by the owner of the tables, then the demo by the desk's own login.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from desk import roles, starting
from desk.delivery import collect
from desk.ledger import keys
from desk.ledger.commands.key import OPERATOR
from desk.ledger.models import Key


class Command(BaseCommand):
    help = (
        "Collect the front-end files, bring the database and its roles up to date, make the key of a new ledger and, with DEMO "
        "on, load the demo into an empty desk."
    )
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        starting.check()
        collect(Path(settings.STATIC_ROOT))
        with roles.as_owner():
            executor = MigrationExecutor(connection)
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                call_command("migrate", verbosity=0, interactive=False)
            if settings.OWNER_DATABASE:
                roles.hand_out()
        # The first time there was nothing to look at, and nobody to look.
        starting.check()
        if settings.ENV.ledger_key and not Key.objects.exists():
            self._make_key()
        if settings.DEMO:
            call_command("load_demo", if_empty=True)

    def _make_key(self) -> None:
        try:
            keys.make(by=OPERATOR)
        except keys.KeyTrouble as trouble:
            # The desk works without; that nothing is sealed is on /health/ready and on the page of the ledger.
            self.stderr.write(f"WARNING: the ledger has no key: {trouble}")
