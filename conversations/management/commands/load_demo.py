"""`manage.py load_demo`: a web shop with people, help pages and two weeks of tickets."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from conversations.demo.load import load
from desk import hints


class Command(BaseCommand):
    help = "Load the demo shop. Safe to run again: it adds what is missing, and nothing once it is complete."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="leave a desk that has people of its own alone")

    def handle(self, *args: Any, if_empty: bool = False, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo's people all have one known password: set DEMO=1, and not in production.")
        done = load(if_empty=if_empty)
        hints.flushed(timeout=1)
        self.stdout.write("The demo is loaded." if done else "There was nothing to load.")
