"""`manage.py standin --port 8100`: the stand-in model, by itself."""

from __future__ import annotations

import sys
from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from conversations.drafting.standin.__main__ import options, serve


class Command(BaseCommand):
    help = "Serve the stand-in model, an OpenAI-compatible server on this machine, until it is stopped."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        options(parser)

    def handle(self, *, host: str, port: int, **_others: object) -> None:
        sys.exit(serve(host=host, port=port))
