"""What django-allauth may do here: sign people in and out. Accounts are made by administrators, never by sign-up."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        from desk.middleware import client_address

        return client_address(request)

    def set_password(self, user: Any, password: str) -> None:
        from accounts.actions import set_password

        set_password(user, password, by=user.actor())
