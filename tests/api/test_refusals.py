"""Whatever is wrong with a request, the answer is a problem in JSON, and never a failure of ours."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.cache import cache
from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.base import BaseHandler
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.actions import change_person, revoke_token
from accounts.models import Token
from accounts.tokens import TokenPace
from desk.actions import SYSTEM
from tests.api.calls import PROBLEM, Caller, caller, problem
from tests.cast import Cast

MADE = b'{"subject": "x", "body": "y", "customer": {"email": "carla@example.com"}}'


def test_without_a_token_nothing_is_answered(db: Any) -> None:
    answer = Caller().get("tickets/")
    problem(answer, 401, "unauthenticated")
    assert answer["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "given",
    [
        "Bearer",
        "Bearer ",
        "Bearer a b",
        "Bearer x",
        "Bearer " + "0" * 64,
        "Bearer \xff\xfe",
        "Bearer " + "f" * 100_000,
        "Basic YTpi",
        "Bearer \0",
        "é",
    ],
)
def test_a_token_that_is_none_is_refused(db: Any, given: str) -> None:
    answer = Client(raise_request_exception=False).get("/api/v1/tickets/", headers={"Authorization": given})
    problem(answer, 401, "unauthenticated")


def test_a_token_that_has_ended_is_refused(ana: Caller, cast: Cast) -> None:
    revoke_token(Token.objects.get(user=cast.ana), by=cast.ana.actor())
    problem(ana.get("tickets/"), 401, "unauthenticated")


def test_a_token_that_is_over_is_refused_and_stays_for_the_ledgers_readers(
    ana: Caller, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = timezone.now() + timedelta(days=91)
    monkeypatch.setattr(timezone, "now", lambda: later)
    problem(ana.get("tickets/"), 401, "unauthenticated")
    assert Token.objects.filter(user=cast.ana).exists()


def test_the_token_of_somebody_who_left_is_refused(ana: Caller, cast: Cast) -> None:
    change_person(cast.ana, active=False, by=SYSTEM)
    problem(ana.get("tickets/"), 401, "unauthenticated")


def test_a_right_that_was_taken_away_counts_at_once(ana: Caller, cast: Cast) -> None:
    change_person(cast.ana, roles=["auditor"], by=SYSTEM)
    problem(ana.send("POST", "tickets/", MADE), 403, "not_allowed")


def test_a_session_is_no_token(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.ana)
    problem(client.get("/api/v1/tickets/"), 401, "unauthenticated")


@pytest.mark.parametrize(
    "path", ["/api/", "/api/v1/", "/api/v1/nothing/", "/api/v2/tickets/", "/api/v1/tickets/x/", "/api/%00/"]
)
def test_an_address_that_leads_nowhere_says_so_in_json(ana: Caller, path: str) -> None:
    problem(ana.get(path), 404, "not_found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "tickets/", "GET, POST, HEAD"),
        ("DELETE", "tickets/7/", "GET, HEAD"),
        ("GET", "drafts/7/approve/", "POST"),
        ("TRACE", "stops/", "GET, POST, HEAD"),
        ("POST", "ledger/entries/", "GET, HEAD"),
    ],
)
def test_a_method_that_there_is_not_is_said_with_those_that_there_are(
    ana: Caller, method: str, path: str, allowed: str
) -> None:
    answer = ana.send(method, path, b"")
    problem(answer, 405, "method_not_allowed")
    assert set(allowed.split(", ")) <= set(answer["Allow"].split(", "))


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
def test_what_is_not_json_by_its_own_word_is_refused(ana: Caller, kind: str) -> None:
    problem(ana.send("POST", "tickets/", MADE, kind), 415, "unsupported_media_type")


@pytest.mark.parametrize(
    "kind",
    ["application/json; charset=utf-16", "application/json; charset=zlib", "Application/JSON", "application/x+json"],
)
def test_json_is_utf_8_whatever_is_said_of_it(ana: Caller, kind: str) -> None:
    assert ana.send("POST", "tickets/", MADE, kind).status_code == 201


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"[1, 2",
        b'{"subject": NaN',
        b"\xff\xfe{}",
        MADE.decode().encode("utf-16"),
        b"\0",
        b'{"subject": "\x01"}',
        b"nonsense",
        b" ",
        b"\r\n\r\n",
        b"[" * 100_000,
        b'{"subject":' * 50_000,
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(ana: Caller, raw: bytes) -> None:
    problem(ana.send("POST", "tickets/", raw), 400, "malformed")


@pytest.mark.parametrize("raw", [b"", b"[]", b"null", b"7", b'"x"', b"{}"])
def test_what_is_not_what_was_asked_for_is_refused_with_a_sentence(ana: Caller, raw: bytes) -> None:
    assert problem(ana.send("POST", "tickets/", raw), 400, "invalid")["errors"]


def test_a_field_that_nobody_knows_is_left_alone(ana: Caller) -> None:
    deep = b'{"colour": ' + b"[" * 100 + b"]" * 100 + b", " + MADE[1:]
    assert ana.send("POST", "tickets/", deep).status_code == 201


@pytest.mark.parametrize("key", [{}, {"Idempotency-Key": "k"}])
def test_thirty_megabytes_are_too_many(ana: Caller, key: dict[str, str]) -> None:
    problem(ana.send("POST", "tickets/", b'{"body": "' + b"x" * 30_000_000 + b'"}', **key), 413, "too_large")


def test_a_body_that_announces_no_length_is_read_and_measured_all_the_same(ana: Caller) -> None:
    assert unannounced(ana, MADE).status_code == 201
    too_large = unannounced(ana, b'"' + b"x" * 3_000_000 + b'"')
    assert (too_large.status_code, too_large["Content-Type"]) == (413, PROBLEM)


def unannounced(who: Caller, raw: bytes) -> HttpResponse:
    """A chunked body, as an ASGI server hands it over."""
    headers = {
        "authorization": f"Bearer {who.token}",
        "host": "testserver",
        "content-type": "application/json",
        "transfer-encoding": "chunked",
    }
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/api/v1/tickets/",
        "query_string": b"",
        "scheme": "http",
        "client": ("127.0.0.1", 5000),
        "server": ("testserver", 80),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    handler = BaseHandler()
    handler.load_middleware()
    return handler.get_response(ASGIRequest(scope, BytesIO(raw)))


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "", "application/problem+json", "a" * 1000])
def test_json_is_answered_whatever_is_asked_for(ana: Caller, accept: str) -> None:
    answer = ana.send("GET", "tickets/?format=xml", b"", Accept=accept)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")


def test_a_token_gone_wild_is_slowed_down_and_the_others_are_not(
    ana: Caller, ben: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TokenPace, "calls", 3)
    monkeypatch.setattr(TokenPace, "seconds", 3600)
    answers = [ana.get("tickets/") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    problem(answers[-1], 429, "too_many_requests")
    assert 0 < int(answers[-1]["Retry-After"]) <= 3601
    assert ben.get("tickets/").status_code == 200
    cache.clear()
    assert ana.get("tickets/").status_code == 200


def test_the_answers_never_name_what_else_there_is(cast: Cast) -> None:
    """What is hidden and what does not exist are told in the same words."""
    hidden = cast.ticket(team=cast.returns)
    who = caller(cast, cast.olga)
    there, nowhere = who.get(f"tickets/{hidden.number}/"), who.get(f"tickets/{hidden.number + 1000}/")
    assert there.content == nowhere.content
