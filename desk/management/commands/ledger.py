"""`manage.py ledger ...`: the ledger, for operators and auditors. Each word is a file in desk/ledger/commands/."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from desk.ledger.commands import parts


class Command(BaseCommand):
    help = "Read, prove and verify the ledger, and look after the keys that sign it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        words = parser.add_subparsers(dest="word", required=True, metavar=" | ".join(parts()))
        for name, part in parts().items():
            part.arguments(
                words.add_parser(name, help=part.HELP, description=f"{part.HELP[0].upper()}{part.HELP[1:]}.")
            )

    def handle(self, *args: Any, **options: Any) -> None:
        # What is printed here is bytes that are signed or hashed: no line end of ours behind it, no colours in it.
        self.stdout.ending = self.stderr.ending = ""
        self.stderr.style_func = str
        if code := parts()[options["word"]].run(options, self):
            sys.exit(code)
