"""Schemathesis walks the description: what fits it is taken, what does not is refused, every answer is as described."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.specs.openapi import checks

from desk.api_pages import description
from tests.api.calls import EVERYTHING
from tests.cast import Cast
from tests.drafts import pending_draft

load_all_checks()
CHECKED = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.unsupported_method,
    checks.ignored_auth,
]
EXAMPLES, MANY_EXAMPLES = 5, 60  # of each kind, for each call
OPERATIONS = [(path, method) for path, item in description()["paths"].items() for method in item]


@dataclass(frozen=True)
class Walked:
    """A desk with something in it, and who walks through its calls."""

    schema: Any
    headers: dict[str, str]
    there: dict[str, Any]


@pytest.fixture(scope="module")
def schema() -> Any:
    """What the walk goes by, with the constants that it finds in our code: one search for them is enough."""
    schema = schemathesis.openapi.from_dict(description())
    schema.app = WSGIHandler()
    return schema


@pytest.fixture
def walked(schema: Any, company: Cast) -> Walked:
    draft = pending_draft(company.ticket(), flags=[("link", "blocker", "https://example.com")])
    token = company.token(company.sam, *EVERYTHING)
    there = {
        "number": draft.ticket_id,
        "draft_id": draft.pk,
        "customer_id": str(draft.ticket.customer_id),
        "stop_id": 1,
    }
    # Whoever calls an application in its own process gets the bytes as they are, and reads no compressed ones.
    return Walked(schema, {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}, there)


every_call = pytest.mark.parametrize(
    ("path", "method"), OPERATIONS, ids=[f"{method} {path}" for path, method in OPERATIONS]
)
fitting_or_not = pytest.mark.parametrize(
    "mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["fits", "does_not_fit"]
)


@fitting_or_not
@every_call
def test_a_call_answers_as_described(walked: Walked, path: str, method: str, mode: GenerationMode) -> None:
    _walk(walked, path, method, mode, examples=EXAMPLES)


@pytest.mark.long
@fitting_or_not
@every_call
def test_a_call_answers_as_described_often(walked: Walked, path: str, method: str, mode: GenerationMode) -> None:
    _walk(walked, path, method, mode, examples=MANY_EXAMPLES)


def _walk(walked: Walked, path: str, method: str, mode: GenerationMode, *, examples: int) -> None:
    operation = walked.schema[path][method]
    named = {name: value for name, value in walked.there.items() if f"{{{name}}}" in path}
    if mode == GenerationMode.NEGATIVE and not (operation.body or operation.query):
        pytest.skip("there is nothing to get wrong")

    @given(case=operation.as_strategy(mode, path_parameters=named or None, headers=walked.headers))
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def walk(case: Any) -> None:
        case.call_and_validate(headers=walked.headers, checks=CHECKED)

    walk()
