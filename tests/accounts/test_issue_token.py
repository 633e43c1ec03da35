"""manage.py issue_token."""

from __future__ import annotations

import subprocess
import sys
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command

from accounts.models import Token
from desk.ledger.models import Entry
from tests.api.calls import Caller, problem
from tests.cast import Cast
from tests.drafts import pending_draft


def issue(*words: str) -> str:
    out = StringIO()
    call_command("issue_token", *words, stdout=out)
    return out.getvalue()


def refused(*words: str) -> str:
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as exit_:
        call_command("issue_token", *words, stdout=out, stderr=err)
    assert exit_.value.code == 1
    assert out.getvalue() == ""
    assert not Token.objects.exists()
    return err.getvalue().strip()


def test_it_prints_a_token_of_a_person(cast: Cast) -> None:
    printed = issue("ana@desk.test", "--scopes", "tickets:read, decide")
    assert printed.endswith("\n")
    who = Caller(printed.strip())
    draft = pending_draft(cast.ticket())
    assert who.post(f"drafts/{draft.pk}/approve/", {"version": 2}).json()["by"]["name"] == "Ana Ruiz"
    entry = Entry.objects.get(kind="token.issued")
    assert (entry.actor, entry.facts["owner"], entry.facts["days"]) == ("system", cast.ana.ref, 90)


def test_a_service_has_a_name_and_decides_nothing(cast: Cast) -> None:
    who = Caller(
        issue("ADA@desk.test", "--scopes", "tickets:read,decide", "--service", "Web shop", "--days", "7").strip()
    )
    draft = pending_draft(cast.ticket())
    assert who.get(f"tickets/{draft.ticket_id}/").status_code == 200
    problem(who.post(f"drafts/{draft.pk}/approve/", {"version": 2}), 403, "person_required")
    assert (Token.objects.get().service, Entry.objects.get(kind="token.issued").facts["days"]) == ("Web shop", 7)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["nobody@desk.test", "--scopes", "tickets:read"], "Nobody here signs in as nobody@desk.test."),
        (["ana@desk.test", "--scopes", "tickets:eat"], "There is no scope tickets:eat; there are tickets:read, "),
        (["ana@desk.test", "--scopes", ","], "A token needs at least one scope."),
        (["ana@desk.test", "--scopes", "decide", "--days", "400"], "A token lives between 1 and 366 days."),
        (
            ["ana@desk.test", "--scopes", "decide", "--service", "x" * 61],
            "The name of a service has at most 60 characters.",
        ),
    ],
)
def test_what_is_wrong_is_one_sentence(cast: Cast, words: list[str], sentence: str) -> None:
    said = refused(*words)
    assert said.startswith(sentence)
    assert "\n" not in said


def test_outside_the_demo_no_command_makes_a_token_that_decides(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DEMO", False)
    assert "not by a command" in refused("ana@desk.test", "--scopes", "tickets:read,decide")


def test_the_token_is_alone_on_standard_output(company: Cast, own_database: str) -> None:
    import os

    environment: dict[str, Any] = {**os.environ, "DATABASE_URL": own_database, "LOG_LEVEL": "DEBUG"}
    command = [sys.executable, "manage.py", "issue_token", "ana@desk.test", "--scopes", "tickets:read"]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, cwd=settings.BASE_DIR)
    assert len(ran.stdout) == 65
    assert Caller(ran.stdout.strip()).get("tickets/").status_code == 200
    nobody = [*command[:3], "nobody@desk.test", *command[4:]]
    failed = subprocess.run(nobody, env=environment, capture_output=True, text=True, check=False, cwd=settings.BASE_DIR)
    assert (failed.returncode, failed.stdout) == (1, "")
    assert "Nobody here signs in as nobody@desk.test." in failed.stderr
