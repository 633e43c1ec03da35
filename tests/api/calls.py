"""Whole HTTP requests to the API, as a program makes them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from accounts.models import Person
from tests.cast import Cast

EVERYTHING = ("tickets:read", "tickets:write", "decide", "ledger:read", "admin")
PROBLEM = "application/problem+json"


@dataclass
class Caller:
    """Somebody with a token, or without one."""

    token: str = ""
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def get(self, path: str, **query: Any) -> Any:
        return self._call("GET", path, query=query)

    def post(self, path: str, body: Any = None, *, key: str | None = None) -> Any:
        return self._call("POST", path, body=body, headers={"Idempotency-Key": key} if key is not None else {})

    def patch(self, path: str, body: Any) -> Any:
        return self._call("PATCH", path, body=body)

    def delete(self, path: str) -> Any:
        return self._call("DELETE", path)

    def send(self, method: str, path: str, raw: bytes, content_type: str = "application/json", **headers: str) -> Any:
        """A body as it is, whatever it is."""
        return self.client.generic(
            method, f"/api/v1/{path}", raw, content_type, headers={**self._authorization, **headers}
        )

    @property
    def _authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def _call(self, method: str, path: str, *, body: Any = None, query: Any = None, headers: Any = None) -> Any:
        return self.client.generic(
            method,
            path if path.startswith("/") else f"/api/v1/{path}",
            b"" if body is None else json.dumps(body).encode(),
            "application/json",
            query_params=query or {},
            headers={**self._authorization, **(headers or {})},
        )


def caller(cast: Cast, person: Person, *scopes: str, service: str = "") -> Caller:
    """A caller with a token of this person; every scope unless some are named."""
    return Caller(cast.token(person, *(scopes or EVERYTHING), service=service))


def problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The problem that an answer has to be (RFC 9457)."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == PROBLEM
    told: dict[str, Any] = answer.json()
    assert told["code"] == code, told
    assert told["status"] == status
    assert told["type"] == f"urn:countersign:problem:{code}"
    assert told["title"]
    assert told["detail"]
    return told
