"""`manage.py issue_token EMAIL --scopes tickets:read,decide`: a token for a program, alone on standard output."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from accounts.actions import issue_token
from accounts.models import Person, Scope
from desk.actions import Actor
from desk.problems import Invalid, Problem

LONGEST_NAME = 60  # characters, of a service


class Command(BaseCommand):
    help = "Prints a new API token of a person, or with --service of a program. It is shown this once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the person whom the token belongs to, or who answers for the service")
        parser.add_argument("--scopes", required=True, help=f"separated by commas: {', '.join(Scope.values)}")
        parser.add_argument("--service", default="", metavar="NAME", help="the program's name: it acts as itself")
        parser.add_argument("--days", type=int, default=90, help="how long it lives, 1 to 366 (90)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            text = _issue(**{name: options[name] for name in ("email", "scopes", "service", "days")})
        except Problem as problem:
            self.stderr.write(str(problem.detail))
            raise SystemExit(1) from None
        self.stdout.write(text)


def _issue(*, email: str, scopes: str, service: str, days: int) -> str:
    person = Person.objects.filter(email__iexact=email, is_active=True).first()
    if person is None:
        raise Invalid(f"Nobody here signs in as {email}.")
    wanted = [scope.strip() for scope in scopes.split(",") if scope.strip()]
    if unknown := [scope for scope in wanted if scope not in Scope.values]:
        raise Invalid(f"There is no scope {unknown[0]}; there are {', '.join(Scope.values)}.")
    if Scope.DECIDE in wanted and not settings.DEMO:
        raise Invalid("A token that decides is made by its person while signed in, not by a command.")
    if len(service) > LONGEST_NAME:
        raise Invalid(f"The name of a service has at most {LONGEST_NAME} characters.")
    by = Actor("system", via="command")
    return issue_token(person, scopes=wanted, service=service.strip(), days=days, by=by)[1]
