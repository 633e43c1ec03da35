"""`manage.py data_keys`: which master key wraps the data keys of this desk, and the change to another one."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Count

from desk.actions import Actor
from desk.data_keys import DataKey, master_keys, missing_master_keys, rotate
from desk.encryption import new_key, written


class Command(BaseCommand):
    help = (
        "Master keys of encrypted personal data: `status`, `new` (prints a fresh one), `rotate` (wrap with the first)."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["status", "new", "rotate"])

    def handle(self, *args: Any, what: str, **options: Any) -> None:
        if what == "new":
            self.stdout.write(written(new_key()))
        elif what == "status":
            self._status()
        elif missing := missing_master_keys():
            raise CommandError(
                f"DATA_KEY lacks the key {' and '.join(missing)}; give it behind the new one. Nothing done."
            )
        else:
            count = rotate(by=Actor("system", via="command"))
            first = next(iter(master_keys()))
            self.stdout.write(
                f"{count} data keys wrapped anew; all of them are with {first}. Others may leave DATA_KEY."
            )

    def _status(self) -> None:
        used = dict(DataKey.objects.values_list("master").annotate(count=Count("pk")).order_by("master"))
        for place, name in enumerate(master_keys()):
            role = "wraps and opens" if place == 0 else "opens"
            self.stdout.write(f"{name}  given, {role}  {used.pop(name, 0)} data keys")
        for name, count in used.items():
            self.stdout.write(f"{name}  NOT GIVEN  {count} data keys")
