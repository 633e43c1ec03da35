"""Health, metrics, problems and logs."""

from __future__ import annotations

import io
import json
import logging
import time
from typing import Any

import pytest
import structlog
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from prometheus_client import generate_latest

from conversations.review.actions import Seen, approve
from desk import health
from desk.middleware import client_address
from desk.problems import Unavailable
from tests.cast import Cast
from tests.drafts import pending_draft
from tests.feed.test_faults import database_away


def test_live_says_so_and_ready_names_each_part(cast: Cast, client: Client) -> None:
    assert client.get("/health/live").json() == {"status": "ok"}
    answer = client.get("/health/ready")
    assert answer.json()["parts"]["database"] == "ok"
    assert answer.json()["parts"]["migrations"] == "ok"
    assert answer.json()["parts"]["hints"] == "ok"


def test_without_valkey_the_desk_still_works_and_says_what_is_missing(
    cast: Cast, client: Client, settings: Any
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert answer.json()["parts"]["hints"] == "ConnectionError"


def test_ready_is_503_while_the_database_is_away_and_waits_for_it_once(
    company: Cast, own_database: str, client: Client
) -> None:
    connection.close()
    connection.close_pool()
    with database_away(own_database.rpartition("/")[2]):
        began = time.monotonic()
        answer = client.get("/health/ready")
        assert time.monotonic() - began < 1.5 * settings.DATABASES["default"]["OPTIONS"]["pool"]["timeout"]
    assert (answer.status_code, answer.json()["status"]) == (503, "unavailable")
    parts = answer.json()["parts"]
    assert parts["database"] == "OperationalError"
    assert (parts["migrations"], parts["demo"], parts["hints"]) == ("not_asked", "not_asked", "ok")


def test_a_missing_migration_is_told_until_it_is_there_and_then_not_asked_for_again(
    db: Any, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr(health, "_migrated", False)
    recorder, (last,) = MigrationRecorder(connection), MigrationLoader(connection).graph.leaf_nodes("desk")
    recorder.record_unapplied(*last)
    assert health.migrations() == "pending"
    assert health.verdict({"migrations": "pending", "database": "ok"}) == "unavailable"
    recorder.record_applied(*last)
    assert health.migrations() == ""
    with django_assert_num_queries(0):
        assert health.migrations() == ""


def test_with_the_database_away_pages_and_calls_say_so(company: Cast, own_database: str, client: Client) -> None:
    client.force_login(company.ana)
    token, number = company.token(company.ana, "tickets:read"), company.ticket().number
    connection.close()
    connection.close_pool()
    with database_away(own_database.rpartition("/")[2]):
        page = client.post(f"/tickets/{number}/note/", {"text": "Twenty minutes of work."})
        call = client.get("/api/v1/tickets/", headers={"Authorization": f"Bearer {token}"})
        public = Client().get("/help/")
    assert (page.status_code, call.status_code, public.status_code) == (503, 503, 503)
    for answer in (page, public):
        assert b'data-problem="unavailable"' in answer.content
        assert Unavailable.detail.encode() in answer.content
    assert b"Twenty minutes of work." in page.content
    assert call.json()["code"] == "unavailable"


def test_methods_that_somebody_made_up_are_counted_as_one(db: Any, client: Client) -> None:
    client.generic("CARLAJONES", "/health/live")
    counted = generate_latest().decode()
    assert "CARLAJONES" not in counted
    assert 'countersign_request_seconds_count{method="other",status="4xx"}' in counted


def test_metrics_are_for_loopback_or_a_token(
    db: Any, client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert b"countersign_jobs_total" in client.get("/metrics").content
    settings.DEMO = False
    monkeypatch.setattr(settings.ENV, "demo", False)
    monkeypatch.setattr(settings.ENV, "metrics_token", "let-me-read")
    far = {"REMOTE_ADDR": "203.0.113.9"}
    assert client.get("/metrics", **far).status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}, **far).status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer let-me-read"}, **far).status_code == 200


def test_the_demo_answers_this_machine_only(db: Any, client: Client) -> None:
    assert client.get("/help/", REMOTE_ADDR="203.0.113.9").status_code == 403
    assert client.get("/help/", REMOTE_ADDR="::1").status_code == 200
    for forwarded, status in {"203.0.113.9": 403, "203.0.113.9, 127.0.0.1": 403, "127.0.0.1": 200}.items():
        assert client.get("/help/", headers={"X-Forwarded-For": forwarded}).status_code == status


def test_a_forwarded_address_counts_only_from_a_trusted_proxy(
    rf: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = rf.get("/", REMOTE_ADDR="10.1.2.3", headers={"X-Forwarded-For": "203.0.113.9, 10.9.9.9"})
    assert client_address(request) == "10.1.2.3"
    monkeypatch.setattr(settings.ENV, "trusted_proxies", ["10.0.0.0/8"])
    assert client_address(request) == "203.0.113.9"


def test_a_page_that_is_not_there_has_a_way_out(db: Any, client: Client) -> None:
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert b'data-problem="not_found"' in answer.content
    assert b'href="/"' in answer.content


def test_a_form_that_is_too_old_says_so(cast: Cast) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/accounts/login/", {"login": "ana@desk.test", "password": "demo"})
    assert answer.status_code == 403
    assert b"has been open too long" in answer.content


def test_a_body_that_is_too_large_is_refused_with_a_sentence(cast: Cast, client: Client) -> None:
    client.force_login(cast.ana)
    ticket = cast.ticket()
    answer = client.post(f"/tickets/{ticket.number}/note/", {"text": "x" * 3_000_000})
    assert answer.status_code == 413
    assert b"at most 2 MB" in answer.content


def test_a_text_of_ten_thousand_characters_is_taken_and_one_beyond_all_reason_is_not(
    cast: Cast, client: Client
) -> None:
    client.force_login(cast.ana)
    ticket = cast.ticket()
    assert client.post(f"/tickets/{ticket.number}/note/", {"text": "ß🙂 " * 3_400}).status_code == 302
    answer = client.post(f"/tickets/{ticket.number}/note/", {"text": "x" * 100_001})
    assert answer.status_code == 400
    assert b"at most 100,000 can be taken" in answer.content


@pytest.fixture
def logged() -> Any:
    """Everything that is logged, as its lines."""
    stream = io.StringIO()
    root = logging.getLogger()
    (handler,) = [each for each in root.handlers if isinstance(each.formatter, structlog.stdlib.ProcessorFormatter)]
    kept, level = handler.setStream(stream), root.level
    root.setLevel("DEBUG")
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.setLevel(level)
    handler.setStream(kept)


def test_a_request_is_one_line_with_an_id_and_no_personal_text(cast: Cast, client: Client, logged: Any) -> None:
    client.force_login(cast.ana)
    ticket = cast.ticket("My secret sorrow.", name="Carla Jones")
    draft = pending_draft(ticket)
    approve(draft, by=cast.ana.actor(), seen=Seen(draft.version))
    answer = client.get(f"/help/t/{ticket.link_token}/", headers={"X-Request-ID": "abcdef123456"})
    assert answer.headers["X-Request-ID"] == "abcdef123456"
    client.post(f"/tickets/{ticket.number}/note/", {"text": "He said something private."})
    lines = logged()
    mine = [line for line in lines if line.get("request") == "abcdef123456" and line["event"] == "request"]
    assert [(line["method"], line["status"]) for line in mine] == [("GET", 200)]
    told = json.dumps(lines)
    for personal in ("sorrow", "Carla", "carla@", "private", ticket.link_token, "ana@desk"):
        assert personal not in told


def test_an_exception_is_logged_without_what_it_quotes(db: Any, logged: Any) -> None:
    try:
        raise ValueError("carla@example.com is not a number")
    except ValueError:
        structlog.get_logger("trial").exception("it_failed")
        logging.getLogger("library").exception("failed for %s", "carla@example.com")
    told = json.dumps(logged())
    assert "ValueError" in told
    assert "carla" not in told
