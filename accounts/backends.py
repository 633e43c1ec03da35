"""Who may sign in: active people, by mail address and password."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import check_password, make_password
from django.http import HttpRequest

from accounts.models import Person
from desk.rows import Reading

_active = Reading(Person.objects.filter(is_active=True))


class PersonBackend(BaseBackend):
    """By address and password. Never upgrades a hash on the way: that would be a write outside an action."""

    def authenticate(
        self, request: HttpRequest | None, *, email: str = "", password: str = "", **more: Any
    ) -> Person | None:
        address = email or str(more.get("username") or "")
        person = Person.objects.filter(email__iexact=address).first()
        if person is None or not person.is_active:
            make_password(password)  # the same time for an unknown address
            return None
        return person if check_password(password, person.password) else None

    def get_user(self, user_id: Any) -> Person | None:
        try:
            return _active.get(user_id)
        except Person.DoesNotExist:
            return None
