"""/api/v1/schema/ and /api/docs/."""

from __future__ import annotations

import re
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from desk.api_pages import description

PROMISED = {
    "/api/v1/tickets/": {"get", "post"},
    "/api/v1/tickets/{number}/": {"get"},
    "/api/v1/tickets/{number}/merge/": {"post"},
    "/api/v1/tickets/{number}/unmerge/": {"post"},
    "/api/v1/tickets/{number}/messages/": {"post"},
    "/api/v1/tickets/{number}/attachments/{attachment_id}/": {"get"},
    "/api/v1/uploads/": {"post"},
    "/api/v1/customers/{customer_id}/": {"get", "patch"},
    "/api/v1/customers/{customer_id}/erase/": {"post"},
    "/api/v1/customers/{customer_id}/export/": {"post"},
    "/api/v1/drafts/": {"get"},
    "/api/v1/drafts/{draft_id}/": {"get"},
    "/api/v1/drafts/{draft_id}/approve/": {"post"},
    "/api/v1/drafts/{draft_id}/edit/": {"post"},
    "/api/v1/drafts/{draft_id}/reject/": {"post"},
    "/api/v1/drafts/{draft_id}/undo/": {"post"},
    "/api/v1/stops/": {"get", "post"},
    "/api/v1/stops/{stop_id}/": {"delete"},
    "/api/v1/ledger/entries/": {"get"},
    "/api/v1/ledger/keys/": {"get"},
    "/api/v1/ledger/checkpoint/": {"get"},
    "/api/v1/ledger/proof/": {"get"},
    "/api/v1/ledger/consistency/": {"get"},
    "/api/v1/ledger/cosignatures/": {"post"},
    "/api/v1/tickets/{number}/evidence/": {"get"},
}


# An answer that is kept under a key would be a second copy of everything, and nothing is done that could be done twice.
NOT_KEPT = {"post /api/v1/customers/{customer_id}/export/"}


def test_the_description_is_valid_and_leaves_nothing_out(db: Any) -> None:
    call_command("spectacular", "--fail-on-warn", "--validate", stdout=StringIO())
    assert {path: set(item) for path, item in description()["paths"].items()} == PROMISED


def test_anybody_may_read_it() -> None:
    answer = Client().get("/api/v1/schema/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert answer.json()["openapi"] == "3.1.0"


def operations() -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{method} {path}", found) for path, item in description()["paths"].items() for method, found in item.items()
    ]


@pytest.mark.parametrize(("name", "operation"), operations(), ids=[name for name, _ in operations()])
def test_each_call_tells_its_scope_its_words_its_answers_and_its_problems(name: str, operation: dict[str, Any]) -> None:
    assert operation["description"]
    assert operation["summary"]
    assert [scope for each in operation["security"] for scope in each["token"]]
    assert {"401", "403", "429"} <= set(operation["responses"])
    if "{" in name:
        assert "404" in operation["responses"]
    if name.startswith("post") and name not in NOT_KEPT:
        assert {"409", "422"} <= set(operation["responses"])
        assert "Idempotency-Key" in {each["name"] for each in operation["parameters"]}
    body = operation.get("requestBody")
    if body and "text/plain" in body["content"]:
        assert body["content"]["text/plain"]["examples"]
    elif body:
        shape = body["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        assert description()["components"]["schemas"][shape]["examples"]
    for status, answer in operation["responses"].items():
        if status >= "400":
            problems = answer["content"]["application/problem+json"]["examples"].values()
            assert all(str(each["value"]["status"]) == status for each in problems)


def test_the_page_tells_every_call_and_keeps_the_policy(db: Any) -> None:
    answer = Client().get("/api/docs/")
    assert answer.status_code == 200
    page = answer.content.decode()
    for name, operation in operations():
        method, path = name.split()
        assert re.search(rf">{method.upper()}<", page)
        assert path in page
        assert f'id="{operation["operationId"]}"' in page
    assert "<style" not in page
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not re.search(r"\s(style|on\w+)=", page)
    assert all(f'id="{anchor}"' in page for anchor in re.findall(r'href="#([\w-]+)"', page))
