"""Least privilege in PostgreSQL: who may do what to which table, however it gets at the database.

Roles that nobody signs in as hold the rights; the logins that DATABASE_URL and SEALER_DATABASE_URL name are members. Who owns
the tables (OWNER_DATABASE_URL) brings them up to date and hands the rights out, and is nobody's login while the desk works:
whoever owns a table can take its triggers away.

    owner ── migrates, grants        countersign_app ───── works; adds to the ledger, changes nothing in it
                                     countersign_sealer ── reads entries, adds checkpoints
                                     countersign_auditor ─ reads the ledger, and nothing of customers
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.db.backends.signals import connection_created
from psycopg import sql

APP, SEALER, AUDITOR = "countersign_app", "countersign_sealer", "countersign_auditor"
ROLES = (APP, SEALER, AUDITOR)

_WORK = "SELECT, INSERT, UPDATE, DELETE"
_ADD = "SELECT, INSERT"
_READ = "SELECT"

OTHERWISE: Mapping[str, str] = {APP: _WORK}
"""What holds for a table that RIGHTS does not name: the rooms', Django's and those of other apps."""

RIGHTS: Mapping[str, Mapping[str, str]] = {
    "ledger_entry": {APP: _ADD, SEALER: _READ, AUDITOR: _READ},
    # Its row is locked by counting, and a trigger lets it count forward only.
    "ledger_counter": {APP: "SELECT, UPDATE", SEALER: _READ, AUDITOR: _READ},
    # Erasing takes salts away. They open commitments, so nobody reads them who need not.
    "ledger_salt": {APP: "SELECT, INSERT, DELETE"},
    "ledger_key": {APP: _ADD, SEALER: _READ, AUDITOR: _READ},
    "ledger_checkpoint": {APP: _READ, SEALER: _ADD, AUDITOR: _READ},
    "ledger_node": {APP: _READ, SEALER: _ADD, AUDITOR: _READ},
    "ledger_cosignature": {APP: _ADD, SEALER: _READ, AUDITOR: _READ},
    "ledger_anchor": {APP: "SELECT, INSERT, UPDATE", SEALER: "SELECT, INSERT, UPDATE", AUDITOR: _READ},
    "ledger_sealer": {APP: _READ, SEALER: "SELECT, INSERT, UPDATE", AUDITOR: _READ},
    "django_migrations": {APP: _READ, SEALER: _READ, AUDITOR: _READ},
}
"""By table; a test finds a table of the ledger that is missing."""

_PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")


def allowed(table: str, role: str) -> set[str]:
    """The privileges that a role has on a table."""
    return {each.strip() for each in RIGHTS.get(table, OTHERWISE).get(role, "").split(",") if each}


def grant() -> None:
    """Make the roles, if they are missing, and give each exactly its rights; by the owner, after every migration."""
    with transaction.atomic(), connection.cursor() as cursor:
        for role in ROLES:
            cursor.execute(_make_role(role))
        cursor.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        for role in ROLES:
            cursor.execute(
                sql.SQL(
                    "GRANT USAGE ON SCHEMA public TO {0}; REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {0}"
                ).format(sql.Identifier(role))
            )
        for table in _tables():
            for role in ROLES:
                if rights := allowed(table, role):
                    cursor.execute(
                        sql.SQL("GRANT {} ON {} TO {}").format(
                            sql.SQL(", ".join(sorted(rights))), sql.Identifier(table), sql.Identifier(role)
                        )
                    )
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP}")


def hand_out() -> None:
    """All of it: roles, rights, and the logins of the desk and its sealer; by the owner."""
    grant()
    admit(settings.ENV.database_url, APP)
    admit(settings.ENV.sealer_database_url, SEALER)


def admit(url: str, role: str) -> None:
    """Let the login that an address names have a role's rights; made with the address's password when it is missing."""
    parts = urlsplit(url)
    login, password = unquote(parts.username or ""), unquote(parts.password or "")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        if not login or cursor.fetchone() == (login,):
            return
        cursor.execute(_make_role(login))
        cursor.execute(
            sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}; GRANT {} TO {}").format(
                sql.Identifier(login), sql.Literal(password), sql.Identifier(role), sql.Identifier(login)
            )
        )


def as_owner() -> AbstractContextManager[None]:
    """Have Django's connections be the owner's while the block runs."""
    return _as(settings.OWNER_DATABASE)


def as_sealer() -> AbstractContextManager[None]:
    """Have Django's connections be the sealer's while the block runs."""
    return _as(settings.SEALER_DATABASE)


@contextmanager
def _as(login: Mapping[str, Any] | None) -> Iterator[None]:
    if login is None:
        yield
        return
    kept = dict(connection.settings_dict)
    _reconnect(login)
    try:
        yield
    finally:
        _reconnect(kept)


def faults(role: str = APP) -> list[str]:
    """What is wrong with the rights of whoever is connected, who should have those of `role`; a sentence each."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT current_user, r.rolsuper, r.rolcreaterole, r.rolbypassrls, r.rolreplication,
                   has_schema_privilege('public', 'CREATE'),
                   current_setting('server_version_num')::int >= 150000
                       AND has_parameter_privilege('session_replication_role', 'SET'),
                   EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                           WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND pg_has_role(c.relowner, 'MEMBER'))
            FROM pg_roles r WHERE r.rolname = current_user
            """
        )
        login, superuser, creates_roles, bypasses, replicates, creates, silences, owns = cursor.fetchone()
        if superuser:
            return [f"{login} is a superuser, for whom no wall of the database stands"]
        told = [
            (creates_roles, f"{login} may make roles"),
            (bypasses, f"{login} passes row security by"),
            (replicates, f"{login} may replicate"),
            (creates, f"{login} may create tables"),
            (silences, f"{login} may silence triggers (session_replication_role)"),
            (owns, f"{login} owns tables, and so could take their triggers away"),
        ]
        found = [sentence for holds, sentence in told if holds]
        for table in _tables():
            cursor.execute(
                "SELECT array_agg(p) FROM unnest(%s::text[]) p WHERE has_table_privilege(%s, p)",
                [list(_PRIVILEGES), f'public."{table}"'],
            )
            has, may = set(cursor.fetchone()[0] or ()), allowed(table, role)
            found += [f"{login} may {what} on {table}" for what in sorted(has - may)]
            found += [f"{login} may not {what} on {table}, which it needs" for what in sorted(may - has)]
    return found


_OWNS_THE_WALLS = """
SELECT r.rolsuper OR coalesce((SELECT pg_has_role(c.relowner, 'MEMBER') FROM pg_class c
                               WHERE c.oid = to_regclass('public.ledger_entry')), false)
FROM pg_roles r WHERE r.rolname = current_user
"""


def fault_at_start(database: psycopg.Connection) -> str:
    """Why a process must not start whose login could rewrite the ledger or take its walls away; "" when it could not."""
    if settings.DEMO or database.execute(_OWNS_THE_WALLS).fetchone() == (False,):
        return ""
    return str(TooPowerful())


def watch_connections() -> None:
    """Outside the demo, refuse Django's connections of such a login: the database may have been away at the start."""
    if not settings.DEMO:
        connection_created.connect(_look_at, dispatch_uid="desk.roles")


_trusted: set[str] = set()


def _look_at(sender: Any, connection: Any, **more: Any) -> None:
    login = connection.settings_dict["USER"]
    if login in _trusted:
        return
    with connection.cursor() as cursor:
        cursor.execute(_OWNS_THE_WALLS)
        if cursor.fetchone()[0]:
            raise TooPowerful
    _trusted.add(login)


class TooPowerful(ImproperlyConfigured):
    """Whoever owns a table can take its triggers away, and for a superuser none stands."""

    def __init__(self) -> None:
        super().__init__(
            "Outside the demo the desk does not work as a superuser of the database or as the owner of its ledger: name a login "
            "of its own in DATABASE_URL and the owner in OWNER_DATABASE_URL, then run `python manage.py prepare` (docs/roles.md)."
        )


def _tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        return [table for (table,) in cursor.fetchall()]


def _make_role(name: str) -> sql.Composed:
    # Two installations on one server may get here at the same time.
    return sql.SQL(
        "DO $$ BEGIN CREATE ROLE {}; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
    ).format(sql.Identifier(name))


def _reconnect(settings_dict: Mapping[str, Any]) -> None:
    database: Any = connection
    database.close()
    database.close_pool()
    database.settings_dict.update(settings_dict)
