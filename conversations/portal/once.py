"""The same form sent twice acts once: by a second click, an impatient reload, a proxy that repeats.

Kept where the API keeps its `Idempotency-Key`s, in the transaction of what the form does: the second one waits for the
first and then finds what came of it. The same form with another text is another matter and acts again.
"""

from __future__ import annotations

import hashlib
import secrets

from django.http import HttpRequest

from desk.idempotency import Answer

_CALLER = "portal"


class SentBefore(Exception):
    """This very form has been taken already; `number` is that of its ticket."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def new_mark() -> str:
    """Goes into a form when it is shown."""
    return secrets.token_urlsafe(16)


def mark_of(request: HttpRequest, *written: str) -> str:
    """What tells this sending from every other: the form's mark and all that was written. Without a mark, nothing."""
    mark = request.POST.get("once") or new_mark()
    return hashlib.sha256("\x1f".join([request.path, mark, *written]).encode(errors="replace")).hexdigest()


def only_once(mark: str) -> Answer:
    """Inside an action: claim the mark, or raise SentBefore. `taken` says what came of it."""
    answer, fresh = Answer.objects.get_or_create(
        caller=_CALLER, key=mark, defaults={"request_hash": mark, "status": 201}
    )
    if not fresh:
        raise SentBefore((answer.body or {}).get("number", 0))
    return answer


def taken(answer: Answer, number: int) -> None:
    answer.body = {"number": number}
    answer.save(update_fields=["body"])


def forget(number: int) -> None:
    """Delete what is kept of forms that became this ticket."""
    Answer.objects.filter(caller=_CALLER, body__number=number).delete()
