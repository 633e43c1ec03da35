"""/settings/tokens/: a person's own tokens."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import Person, Token
from desk.ledger.models import Entry
from tests.api.calls import Caller, problem
from tests.cast import Cast

PAGE = "/settings/tokens/"


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def make(client: Client, *scopes: str, **more: Any) -> Any:
    return client.post(PAGE, {"label": "Reports", "scopes": scopes, "days": 30, **more})


def offered(person: Person) -> set[str]:
    return set(re.findall(r'name="scopes"\s+value="([a-z:]+)"', signed_in(person).get(PAGE).content.decode()))


def test_a_token_is_shown_once_and_works(cast: Cast) -> None:
    client = signed_in(cast.ana)
    answer = make(client, "tickets:read")
    text = re.search(r'id="new-token"\s+readonly\s+value="([0-9a-f]{64})"', answer.content.decode())
    assert text
    assert "no-store" in answer["Cache-Control"]
    assert Caller(text[1]).get("tickets/").status_code == 200
    again = client.get(PAGE).content.decode()
    assert text[1] not in again
    assert "Reports" in again
    token = Token.objects.get(user=cast.ana)
    assert (token.scopes, token.service, token.label) == (["tickets:read"], "", "Reports")
    assert text[1] not in token.digest
    entry = Entry.objects.get(kind="token.issued")
    assert (entry.actor, entry.facts["holder"], entry.facts["days"]) == (cast.ana.ref, "person", 30)


def test_a_token_acts_as_its_person_and_what_it_decides_is_marked(cast: Cast) -> None:
    text = re.search(r"[0-9a-f]{64}", make(signed_in(cast.ana), "tickets:write", "decide").content.decode())
    assert text
    number = cast.ticket().number
    answer = Caller(text[0]).post(f"tickets/{number}/messages/", {"body": "Paid on Monday.", "from": "agent"})
    assert answer.status_code == 201
    assert Entry.objects.get(kind="reply.written").facts["via"] == "api"


def test_the_scopes_on_offer_go_with_the_roles(cast: Cast) -> None:
    assert offered(cast.ana) == {"tickets:read", "tickets:write", "decide"}
    assert offered(cast.sam) == {"tickets:read", "tickets:write", "decide", "ledger:read", "admin"}
    assert offered(cast.ada) == {"tickets:read", "tickets:write", "ledger:read", "admin"}
    assert offered(cast.aud) == {"tickets:read", "ledger:read"}


@pytest.mark.parametrize("scope", ["decide", "admin", "tickets:write", "everything"])
def test_a_scope_beyond_ones_roles_is_refused(cast: Cast, scope: str) -> None:
    answer = make(signed_in(cast.aud), "tickets:read", scope)
    assert answer.status_code == 422
    assert f"You cannot give {scope} to a token." in answer.content.decode()
    assert not Token.objects.exists()


def test_outside_the_demo_deciding_is_not_given_and_the_page_says_why(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(cast.ana)
    monkeypatch.setattr(settings, "DEMO", False)
    monkeypatch.setattr(settings, "SECURE_SSL_REDIRECT", False)
    page = client.get(PAGE, secure=True).content.decode()
    assert "fresh second factor" in page
    answer = client.post(PAGE, {"label": "x", "scopes": ["decide"], "days": 1}, secure=True)
    assert answer.status_code == 422
    assert not Token.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"label": ""}, "Say what the token is for."),
        ({"days": 0}, "at least 1 day"),
        ({"days": 400}, "at most 366 days"),
        ({"days": "x"}, "for how many days"),
        ({"scopes": []}, "at least one thing"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_is_kept(cast: Cast, wrong: dict[str, Any], sentence: str) -> None:
    answer = signed_in(cast.ana).post(PAGE, {"label": "Reports", "scopes": ["tickets:read"], "days": 30, **wrong})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    if "label" not in wrong:
        assert 'value="Reports"' in answer.content.decode()
    assert not Token.objects.exists()


def test_one_ends_ones_own_tokens_and_no_others(cast: Cast) -> None:
    text = cast.token(cast.ana, "tickets:read")
    token = Token.objects.get(user=cast.ana)
    address = f"{PAGE}{token.public_id}/revoke/"
    assert signed_in(cast.ben).post(address).status_code == 404
    assert Caller(text).get("tickets/").status_code == 200
    assert signed_in(cast.ana).get(address).status_code == 405
    assert signed_in(cast.ana).post(address)["Location"] == PAGE
    problem(Caller(text).get("tickets/"), 401, "unauthenticated")
    assert "revoked" in signed_in(cast.ana).get(PAGE).content.decode()
    assert Entry.objects.get(kind="token.revoked").actor == cast.ana.ref


def test_one_sees_ones_own_alone(cast: Cast) -> None:
    cast.token(cast.ben, "tickets:read", service="Bens program")
    assert "Bens program" not in signed_in(cast.ana).get(PAGE).content.decode()
    assert "Bens program" in signed_in(cast.ben).get(PAGE).content.decode()


def test_who_is_not_signed_in_is_asked_to(cast: Cast) -> None:
    assert Client().get(PAGE)["Location"].startswith("/accounts/login/")
