"""`manage.py database_roles`: hand out the rights of the database's roles, or check those of a login."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from desk import roles


class Command(BaseCommand):
    help = (
        "grant: as the owner (OWNER_DATABASE_URL), make the roles and the logins of DATABASE_URL and SEALER_DATABASE_URL. "
        "check: say what the login of DATABASE_URL may do beyond what the desk needs, or not do; exit code 1 when anything."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        commands = parser.add_subparsers(dest="what", required=True)
        commands.add_parser("grant")
        check = commands.add_parser("check")
        check.add_argument("--role", choices=[*roles.ROLES], default=roles.APP, help="whose rights it should have")

    def handle(self, *, what: str, role: str = roles.APP, **options: Any) -> None:
        if what == "grant":
            with roles.as_owner():
                roles.hand_out()
            self.stdout.write(f"The rights of {', '.join(roles.ROLES)} are as they should be.")
            return
        for fault in (found := roles.faults(role)):
            self.stdout.write(fault)
        if found:
            raise SystemExit(1)
        self.stdout.write(f"The rights are those of {role}, no more and no less.")
