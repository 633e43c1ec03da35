"""Least privilege: the desk's own login adds to the ledger, and nothing that it can do changes what is there."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.db import connection

from accounts.actions import add_team
from desk import roles
from desk.actions import SYSTEM
from desk.ledger.models import Entry
from desk.settings import database
from tests.cast import Cast


def as_login(url: str, login: str, password: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{login}:{password}@{parts.hostname}:{parts.port}"))


@dataclass
class Logins:
    owner: str
    desk: str
    sealing: str
    auditing: str


@pytest.fixture
def logins(company: Cast, own_database: str) -> Iterator[Logins]:
    """The desk in a database of its own, and Django's connection that of its own login."""
    mark = secrets.token_hex(4)
    urls = {name: as_login(own_database, f"{name}_{mark}", f"pass'{mark}") for name in ("desk", "sealing", "auditing")}
    roles.grant()
    for name, role in (("desk", roles.APP), ("sealing", roles.SEALER), ("auditing", roles.AUDITOR)):
        roles.admit(urls[name], role)
    kept = dict(connection.settings_dict)
    roles._reconnect(database(urls["desk"]))
    try:
        yield Logins(own_database, **urls)
    finally:
        roles._reconnect(kept)
        for name in ("desk", "sealing", "auditing"):
            with connection.cursor() as cursor:
                cursor.execute(f"DROP ROLE {name}_{mark}")


def refused(url: str, statement: str) -> str:
    """The SQLSTATE with which PostgreSQL refuses a statement."""
    with psycopg.connect(url) as there, pytest.raises(psycopg.Error) as refusal:
        there.execute(statement)
    return str(refusal.value.sqlstate)


INSUFFICIENT = "42501"


def test_the_desk_works_with_its_own_login(logins: Logins) -> None:
    assert roles.faults() == []
    before = Entry.objects.count()
    add_team(name="Legal", by=SYSTEM)
    assert Entry.objects.count() == before + 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET kind = 'draft.approved'",
        "DELETE FROM ledger_entry",
        "TRUNCATE ledger_entry",
        "TRUNCATE tickets_message CASCADE",
        "ALTER TABLE ledger_entry DISABLE TRIGGER ALL",
        "ALTER TABLE tickets_message DISABLE TRIGGER tickets_message_kept",
        "DROP TRIGGER ledger_entry_kept ON ledger_entry",
        "DROP TABLE ledger_entry",
        "CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
        "CREATE TABLE public.aside (id int)",
        "SET session_replication_role = 'replica'",
        "DELETE FROM ledger_counter",
        "UPDATE ledger_salt SET salt = ''",
        "INSERT INTO ledger_checkpoint (size, previous, root, note, key_id) VALUES (1, 0, '', '', 1)",
        "UPDATE ledger_checkpoint SET note = ''",
        "DELETE FROM ledger_node",
        "SET ROLE countersign_sealer",
    ],
)
def test_what_the_desks_login_may_not_do(logins: Logins, statement: str) -> None:
    assert refused(logins.desk, statement) == INSUFFICIENT


def test_the_sealer_reads_entries_and_adds_checkpoints_alone(logins: Logins) -> None:
    with psycopg.connect(logins.sealing) as there:
        assert there.execute("SELECT count(*) FROM ledger_entry").fetchone()[0] > 0  # type: ignore[index]
    for statement in (
        "SELECT 1 FROM tickets_message",
        "SELECT 1 FROM ledger_salt",
        "INSERT INTO ledger_entry SELECT * FROM ledger_entry LIMIT 1",
        "UPDATE ledger_checkpoint SET note = ''",
        "SELECT 1 FROM accounts_person",
    ):
        assert refused(logins.sealing, statement) == INSUFFICIENT


def test_an_auditor_reads_the_ledger_and_nothing_of_customers(logins: Logins) -> None:
    with psycopg.connect(logins.auditing) as there:
        assert there.execute("SELECT count(*) FROM ledger_entry").fetchone()[0] > 0  # type: ignore[index]
    for statement in ("SELECT 1 FROM tickets_customer", "SELECT 1 FROM ledger_salt", "DELETE FROM ledger_entry"):
        assert refused(logins.auditing, statement) == INSUFFICIENT


def test_the_check_names_what_a_login_may_do_beyond_its_need(logins: Logins) -> None:
    with psycopg.connect(logins.owner, autocommit=True) as owner:
        owner.execute(f"GRANT DELETE ON ledger_entry TO {roles.APP}")
        try:
            (fault,) = roles.faults()
            assert fault.endswith("may DELETE on ledger_entry")
        finally:
            owner.execute(f"REVOKE DELETE ON ledger_entry FROM {roles.APP}")
    roles._reconnect(database(logins.owner))
    (fault,) = roles.faults()
    assert "is a superuser" in fault
    roles._reconnect(database(logins.sealing))
    assert roles.faults(roles.SEALER) == []


def test_granting_again_takes_back_what_was_given_beside_it(logins: Logins) -> None:
    with psycopg.connect(logins.owner, autocommit=True) as owner:
        owner.execute(f"GRANT ALL ON ledger_entry TO {roles.APP}")
    kept = dict(connection.settings_dict)
    roles._reconnect(database(logins.owner))
    roles.grant()
    roles._reconnect(kept)
    assert roles.faults() == []


def test_every_table_of_the_ledger_has_its_rights_written_down(db: Any) -> None:
    ledger = {table for table in roles._tables() if table.startswith("ledger_")}
    assert ledger == {table for table in roles.RIGHTS if table.startswith("ledger_")}


PROGRAM = "import django; django.setup(); from desk import starting; starting.check(); print('works')"


def started(url: str, *, demo: str) -> subprocess.CompletedProcess[str]:
    found = {
        **os.environ,
        "DATABASE_URL": url,
        "DEMO": demo,
        "SECRET_KEY": "s" * 40,
        "DJANGO_SETTINGS_MODULE": "desk.settings",
    }
    return subprocess.run(
        [sys.executable, "-c", PROGRAM], env=found, capture_output=True, text=True, timeout=60, check=False
    )


def test_outside_the_demo_no_process_starts_as_superuser_or_owner(logins: Logins) -> None:
    refusal = started(logins.owner, demo="0")
    assert refusal.returncode == 1
    assert "does not work as a superuser" in refusal.stderr
    assert "Traceback" not in refusal.stderr
    assert started(logins.owner, demo="1").stdout == "works\n"
    assert started(logins.desk, demo="0").stdout == "works\n"
