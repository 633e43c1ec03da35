"""`manage.py add_person`: the first administrator of an installation, and anybody else from the command line."""

from __future__ import annotations

import getpass
import sys
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from accounts.actions import add_person, join_team
from accounts.models import Role, Team
from desk.actions import Actor
from desk.problems import Problem


class Command(BaseCommand):
    help = "Add a member of the staff; the password is asked for, or read from standard input."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("name")
        parser.add_argument("--role", action="append", choices=Role.values, required=True, help="may be given again")
        parser.add_argument("--team", action="append", default=[], help="name of a team that is there")

        parser.add_argument(
            "--language", action="append", default=[], help="code of one that they read; without any they read all"
        )

    def handle(
        self, *, email: str, name: str, role: list[str], team: list[str], language: list[str], **options: Any
    ) -> None:
        by = Actor("system", via="command")
        password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        try:
            validate_email(email)
            validate_password(password)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        teams = [Team.objects.filter(name=each).first() for each in team]
        if None in teams:
            raise CommandError(f"There is no team {team[teams.index(None)]}.")
        try:
            person = add_person(email=email, name=name, roles=role, password=password, languages=language, by=by)
        except Problem as problem:
            raise CommandError(problem.detail) from None
        for each in teams:
            if each is not None:
                join_team(each, person, by=by)
        self.stdout.write(f"{person.name} may sign in as {person.email}.")
