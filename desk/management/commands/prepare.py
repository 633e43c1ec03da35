"""`manage.py prepare`: what `make run` does before the desk starts, in one process to save a start."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from desk.delivery import collect


class Command(BaseCommand):
    help = "Collect the front-end files, bring the database up to date and, with DEMO on, load the demo into an empty desk."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        collect(Path(settings.STATIC_ROOT))
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0, interactive=False)
        if settings.DEMO:
            call_command("load_demo", if_empty=True)
