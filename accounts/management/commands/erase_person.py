"""`manage.py erase_person`: erase who a member of the staff was, once they have left."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actions import change_person, erase_person
from accounts.models import Person
from desk.actions import Actor
from desk.problems import Problem


class Command(BaseCommand):
    help = "Erase name and address of somebody who has left; entries keep their random number."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--deactivate", action="store_true", help="first end their access, if nobody has")

    def handle(self, *, email: str, deactivate: bool, **options: Any) -> None:
        by = Actor("system", via="command")
        person = Person.objects.filter(email__iexact=email).first()
        if person is None:
            raise CommandError(f"There is no person with the address {email}.")
        try:
            if deactivate and person.is_active:
                change_person(person, active=False, by=by)
            gone = erase_person(person, by=by)
        except Problem as problem:
            raise CommandError(str(problem.detail)) from None
        self.stdout.write(f"Erased. Entries call them {gone.name} from now on.")
