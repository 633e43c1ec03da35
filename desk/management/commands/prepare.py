"""`manage.py prepare`: what is done to the database before the desk starts, in one process to save a start.

Migrations and rights by the owner of the tables, then the demo by the desk's own login.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from desk import roles


class Command(BaseCommand):
    help = "Bring the database and its roles up to date and, with DEMO on, load the demo into an empty desk."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        with roles.as_owner():
            executor = MigrationExecutor(connection)
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                call_command("migrate", verbosity=0, interactive=False)
            if settings.OWNER_DATABASE:
                roles.grant()
                roles.admit(settings.ENV.database_url, roles.APP)
                roles.admit(settings.ENV.sealer_database_url, roles.SEALER)
        roles.refuse_too_much_power()
        if settings.DEMO:
            call_command("load_demo", if_empty=True)
