"""Sign-ins and sign-outs happen in django.contrib.auth; here they become actions."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from accounts import actions
from accounts.models import Person
from desk.actions import Actor


def session_name(request: HttpRequest) -> str:
    """A name for the session that does not give it away."""
    key = request.session.session_key or ""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


@receiver(user_logged_in)
def signed_in(sender: Any, request: HttpRequest, user: Person, **more: Any) -> None:
    actions.sign_in(user, method="password", by=user.actor())


@receiver(user_logged_out)
def signed_out(sender: Any, request: HttpRequest, user: Person | None, **more: Any) -> None:
    if user is not None:
        actions.sign_out(user, by=user.actor())


@receiver(user_login_failed)
def failed(sender: Any, credentials: dict[str, Any], **more: Any) -> None:
    address = str(credentials.get("email") or credentials.get("username") or "")
    person = Person.objects.filter(email__iexact=address).first() if address else None
    actions.sign_in_failed(person, by=Actor("system", via="page"))
