"""Signing in and out, who sees what, and what it leaves in the ledger."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.access import sight_of
from accounts.actions import change_person, leave_team
from accounts.models import Person
from accounts.rights import GRANTS, Right, allows, person_has
from desk.actions import SYSTEM
from desk.ledger.models import Entry
from tests.cast import Cast

TABLE = {
    Right.WORK: {"ana", "ben", "olga", "sam"},
    Right.DECIDE: {"ana", "ben", "olga", "sam"},
    Right.OPEN_TICKETS: {"ana", "ben", "olga", "sam", "ada"},
    Right.OVERSEE: {"sam"},
    Right.KEEP_TEXTS: {"sam", "ada"},
    Right.ANSWER_FOR_DATA: {"sam", "ada"},
    Right.STOP: {"sam", "ada"},
    Right.ADMINISTER: {"ada"},
    Right.READ_LEDGER: {"sam", "ada", "aud"},
}


def sign_in(client: Client, login: str, password: str = "demo") -> Any:
    return client.post("/accounts/login/", {"login": login, "password": password})


def test_rights_are_those_of_the_table(cast: Cast) -> None:
    assert set(TABLE) == set(GRANTS)
    for right, names in TABLE.items():
        having = {
            name for name in ("ana", "ben", "olga", "sam", "ada", "aud") if allows(getattr(cast, name).actor(), right)
        }
        assert having == names, right


def test_somebody_inactive_has_no_right(cast: Cast) -> None:
    change_person(cast.sam, active=False, by=SYSTEM)
    sam = Person.objects.get(pk=cast.sam.pk)
    assert not any(person_has(sam, right) or allows(sam.actor(), right) for right in Right)
    assert sight_of(sam).none


def test_agents_see_their_teams_and_what_has_none(cast: Cast) -> None:
    assert sight_of(cast.ana).sees(cast.orders.pk)
    assert not sight_of(cast.ana).sees(cast.returns.pk)
    assert sight_of(cast.olga).sees(None)
    assert not sight_of(cast.olga).sees(cast.orders.pk)
    assert sight_of(cast.aud).sees(cast.returns.pk)
    leave_team(cast.orders, cast.ana, by=SYSTEM)
    assert not sight_of(cast.ana).sees(cast.orders.pk)


def test_signing_in_and_out_is_in_the_ledger(cast: Cast, client: Client) -> None:
    assert sign_in(client, "Ana@desk.test").headers["Location"] == "/"
    assert client.get("/queue/").status_code == 200
    client.post("/accounts/logout/")
    assert client.get("/queue/").headers["Location"].startswith("/accounts/login/")
    kinds = list(Entry.objects.filter(subject=cast.ana.ref).order_by("-seq").values_list("kind", flat=True)[:2])
    assert kinds == ["person.signed_out", "person.signed_in"]


@pytest.mark.parametrize(
    ("login", "password"), [("ana@desk.test", "wrong"), ("nobody@desk.test", "demo"), ("", ""), ("a\x00b", "demo")]
)
def test_a_wrong_sign_in_says_no_more_than_that(cast: Cast, client: Client, login: str, password: str) -> None:
    answer = sign_in(client, login, password)
    assert answer.status_code == 200
    assert "sessionid" not in client.cookies or "_auth_user_id" not in client.session
    assert client.get("/queue/").status_code == 302


def test_a_failed_sign_in_is_recorded_without_the_address(cast: Cast, client: Client) -> None:
    sign_in(client, "ana@desk.test", "wrong")
    entry = Entry.objects.latest("seq")
    assert (entry.kind, entry.facts, entry.subject) == ("sign_in.failed", {"known": True}, cast.ana.ref)


def test_guessing_passwords_is_slowed_down(cast: Cast, client: Client) -> None:
    for _ in range(6):
        answer = sign_in(client, "ana@desk.test", "wrong")
    answer = sign_in(client, "ana@desk.test", "demo")
    assert client.get("/queue/").status_code == 302, "even the right password waits"
    assert answer.status_code in {200, 429}


def test_somebody_who_left_cannot_sign_in_and_is_out_at_once(cast: Cast, client: Client) -> None:
    sign_in(client, "ana@desk.test")
    change_person(cast.ana, active=False, by=SYSTEM)
    assert client.get("/queue/").status_code == 302
    sign_in(client, "ana@desk.test")
    assert client.get("/queue/").status_code == 302


def test_nobody_signs_up(cast: Cast, client: Client) -> None:
    client.post("/accounts/signup/", {"email": "new@desk.test", "password1": "a-long-enough-password"})
    assert not Person.objects.filter(email="new@desk.test").exists()


def test_a_page_that_is_not_for_a_role_does_not_exist_for_it(cast: Cast, client: Client) -> None:
    client.force_login(cast.ana)
    assert client.get("/ledger/").status_code == 404
    assert client.get("/settings/").status_code == 404
    client.force_login(cast.aud)
    assert client.get("/ledger/").status_code == 200
    ticket = cast.ticket()
    assert client.post(f"/tickets/{ticket.number}/reply/", {"text": "Hello"}).status_code == 404


def test_the_first_administrator_is_added_by_command(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("a-very-long-password\n"))
    said = io.StringIO()
    call_command("add_person", "root@desk.test", "Rhea Root", "--role", "admin", stdout=said)
    assert "root@desk.test" in said.getvalue()
    assert Person.objects.get(email="root@desk.test").check_password("a-very-long-password")
    monkeypatch.setattr("sys.stdin", io.StringIO("a-very-long-password\n"))
    with pytest.raises(CommandError, match="already"):
        call_command("add_person", "ROOT@desk.test", "Rhea Root", "--role", "admin")
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    with pytest.raises(CommandError):
        call_command("add_person", "other@desk.test", "Other", "--role", "agent")
