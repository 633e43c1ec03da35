"""POSTs of the API that act once, however often they are sent with the same `Idempotency-Key`.

The answer is written in the transaction of what the request did, so neither is ever there without the other: a server
that dies in between has done nothing, and the next try acts. While one request acts it holds a lock of the database
that ends with its transaction; who finds it taken is told to ask again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from django.db import connection
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from desk.actions import Actor, action, told_of
from desk.api import body_of, problem_response
from desk.idempotency import Answer
from desk.problems import Invalid, Problem

P = ParamSpec("P")
R = TypeVar("R")
V = TypeVar("V")


class KeyReused(Problem):
    code, status, title = "idempotency_key_reused", 422, "This key came with another request before"
    detail = "Use a new Idempotency-Key for a new request."


class StillRunning(Problem):
    code, status, title = "idempotency_in_progress", 409, "The first request with this key is still running"
    detail = "Ask again in a moment with the same key."


class _AnsweredMeanwhile(Exception):
    """The first request with this key finished between our look and our lock."""


@dataclass(frozen=True, slots=True)
class Once:
    """How a view acts: what it does and what it answers belong together. `key` None: the caller sent none."""

    caller: str
    key: str | None
    request_hash: str

    def act(self, do: Callable[[], R], *, answer: Callable[[R], Response], by: Actor) -> Response:
        """Call an action and answer with what came of it; with a key, both in one transaction."""
        if self.key is None:
            return answer(do())
        return _act_and_keep(self, do, answer, by=by)

    def kept(self) -> Response | None:
        """The answer to an earlier request with this key, if there was one. Raises KeyReused if that was another."""
        found = Answer.objects.filter(caller=self.caller, key=self.key).first() if self.key is not None else None
        if found is None:
            return None
        if found.request_hash != self.request_hash:
            raise KeyReused
        if found.status >= 400:
            return problem_response(found.status, found.body or {}, {"Idempotent-Replayed": "true"})
        return Response(found.body, status=found.status, headers={"Idempotent-Replayed": "true"})

    def keep(self, status: int, body: Any) -> bool:
        """Write an answer down; False when there is one already."""
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO desk_answer (caller, key, request_hash, status, body, about, created_at) "
                "VALUES (%s, %s, %s, %s, %s::jsonb, %s, now()) ON CONFLICT (caller, key) DO NOTHING",
                [self.caller, self.key, self.request_hash, status, json.dumps(body, cls=JSONEncoder), told_of()],
            )
            return bool(cursor.rowcount)

    def hold(self) -> None:
        """Until the transaction ends, no other request with this key acts. Raises StillRunning if one does."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"once:{self.caller}:{self.key}"]
            )
            if not cursor.fetchone()[0]:
                raise StillRunning


def idempotent(
    view: Callable[Concatenate[V, Request, Once, P], Response],
) -> Callable[Concatenate[V, Request, P], Response]:
    """A POST of an API view which acts through the `Once` that it is given.

    The same key and body get the same answer for 24 hours, refusals included; another body gets 422; while the first
    runs, 409. A failure of ours (5xx) is not kept: the next try acts.
    """

    @wraps(view)
    def once(self: V, request: Request, *args: P.args, **kwargs: P.kwargs) -> Response:
        this = _of(request)
        earlier = this.kept()
        if earlier is not None:
            return earlier
        try:
            return view(self, request, this, *args, **kwargs)
        except _AnsweredMeanwhile:
            found = this.kept()
            if found is None:
                raise StillRunning from None
            return found
        except Problem as problem:
            if this.key is None or problem.status >= 500 or isinstance(problem, StillRunning):
                raise
            # The first request may have finished since we looked, and be why this one is refused: its answer counts.
            if not this.keep(problem.status, problem.as_json()) and (found := this.kept()) is not None:
                return found
            raise

    return cast("Callable[Concatenate[V, Request, P], Response]", once)


@action("request.answered")
def _act_and_keep(once: Once, do: Callable[[], R], answer: Callable[[R], Response], *, by: Actor) -> Response:
    """Around the one action of a request: its answer is committed with it."""
    once.hold()
    response = answer(do())
    if not once.keep(response.status_code, response.data):
        raise _AnsweredMeanwhile
    return response


def _of(request: Request) -> Once:
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return Once("", None, "")
    if not (0 < len(key) <= 255 and key.isprintable()):
        raise Invalid("An Idempotency-Key has 1 to 255 printable characters.", errors={"Idempotency-Key": ["1 to 255"]})
    what = b"\0".join([(request.method or "").encode(), request.path.encode(), body_of(request)])
    return Once(str(cast("Any", request.auth).actor()), key, hashlib.sha256(what).hexdigest())
