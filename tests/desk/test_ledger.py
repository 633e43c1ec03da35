"""Entries: canonical, committed to, kept."""

from __future__ import annotations

import hashlib
import json
import typing
from typing import Any

import pytest
import rfc8785
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from pydantic import StringConstraints

from desk.guards import EXEMPT
from desk.ledger.append import commitment, leaf_hash
from desk.ledger.kinds import Number, kinds, sentences
from desk.ledger.models import Counter, Entry, Salt
from tests.cast import Cast

OURS = ("desk", "accounts", "conversations")


def test_the_stored_text_is_canonical_and_the_columns_are_its_projections(cast: Cast) -> None:
    cast.ticket("A first letter, with an umlaut: Müller.")
    for entry in Entry.objects.order_by("seq"):
        told = json.loads(entry.canonical)
        assert rfc8785.dumps(told).decode() == entry.canonical
        assert (told["seq"], told["kind"], told["actor"]) == (entry.seq, entry.kind, entry.actor)
        assert (told["subject"], told["thread"]) == (entry.subject, entry.thread)
        assert (told["facts"], told["commitments"]) == (entry.facts, entry.commitments)
        assert told["at"] == entry.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        assert bytes(entry.leaf) == hashlib.sha256(b"\x00" + entry.canonical.encode()).digest()


def test_a_commitment_opens_with_its_salt_and_text_and_with_nothing_else(cast: Cast) -> None:
    ticket = cast.ticket("My card number is nobody's business.")
    entry = Entry.objects.get(kind="message.received", thread=ticket.ref)
    salt = Salt.objects.get(seq=entry.seq, field="text")
    message = cast.last_message(ticket)
    assert salt.source == f"{message.ref}:text"
    assert entry.commitments["text"] == commitment(bytes(salt.salt), message.text)
    assert entry.commitments["text"] != hashlib.sha256(message.text.encode()).hexdigest()
    assert len(bytes(salt.salt)) == 32


def test_entries_hold_nothing_that_a_person_typed(cast: Cast) -> None:
    cast.ticket("Please call me: +44 7700 900123", subject="An urgent matter of mine", name="Carla Jones")
    told = "".join(Entry.objects.values_list("canonical", flat=True))
    for typed in ("Carla", "Jones", "carla@", "900123", "urgent matter", "Ana Ruiz", "ana@desk"):
        assert typed not in told


def _strings_are_bound(annotation: Any, metadata: tuple[Any, ...] = ()) -> bool:
    """Whether every string in a type is a pattern or a literal."""
    if annotation is str:
        return any(isinstance(each, StringConstraints) and each.pattern for each in metadata)
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        inner, *extra = typing.get_args(annotation)
        return _strings_are_bound(inner, tuple(extra))
    if origin is typing.Literal:
        return True
    return all(_strings_are_bound(part) for part in typing.get_args(annotation) if part is not type(None))


def test_no_kind_has_a_fact_that_is_a_free_string() -> None:
    assert len(kinds()) > 40
    for name, facts in kinds().items():
        for field, described in typing.get_type_hints(facts, include_extras=True).items():
            if field in {"kind", "says", "model_config"} or typing.get_origin(described) is typing.ClassVar:
                continue
            assert _strings_are_bound(described), f"{name}.{field}: {described}"


def test_every_kind_says_a_sentence_with_its_own_facts(cast: Cast) -> None:
    cast.ticket()
    entries = list(Entry.objects.order_by("seq"))
    told = sentences(entries)
    assert len(told) == len(entries)
    assert "Carla Jones became a customer" in told
    for facts in kinds().values():
        fields = set(facts.model_fields) | {"actor", "subject", "thread"}
        facts.says.format(**dict.fromkeys(fields, Number(1)))


@pytest.mark.parametrize(
    ("language", "one", "many"), [("en", "1 text was", "2 texts were"), ("de", "1 Text wurde", "2 Texte wurden")]
)
def test_what_is_counted_stands_in_the_singular_or_the_plural(language: str, one: str, many: str, db: Any) -> None:
    for count, told in ((1, one), (2, many)):
        facts = {"count": count, "sources": [], "seqs": []}
        entry = Entry(kind="text.erased", actor="system", subject="ticket:1", thread="ticket:1", facts=facts)
        with translation.override(language):
            assert told in sentences([entry])[0]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET kind = 'x'",
        "DELETE FROM ledger_entry",
        "TRUNCATE ledger_entry",
        "UPDATE ledger_counter SET value = value - 1",
        "DELETE FROM ledger_counter",
        "UPDATE ledger_salt SET salt = sha256(salt)",
        """INSERT INTO ledger_entry SELECT seq + 5, at, kind, actor, subject, thread, facts, commitments, canonical, leaf
           FROM ledger_entry ORDER BY seq DESC LIMIT 1""",
    ],
)
def test_the_ledger_refuses_to_be_changed(cast: Cast, statement: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('countersign.action', 'anything', true)")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement)
    assert Entry.objects.count() == Counter.objects.get().value


def test_a_salt_can_be_erased_and_the_ledger_stays(cast: Cast) -> None:
    cast.ticket()
    with pytest.raises(DatabaseError, match="by erasing only"), transaction.atomic():
        Salt.objects.all().delete()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('countersign.action', 'text.erased', true)")
        cursor.execute("DELETE FROM ledger_salt")
    assert not Salt.objects.exists()
    assert Entry.objects.count() == Counter.objects.get().value


def room_tables() -> list[str]:
    return [
        model._meta.db_table
        for model in apps.get_models()
        if model._meta.app_label in OURS and model._meta.db_table not in EXEMPT
    ]


@pytest.mark.parametrize("table", room_tables())
def test_a_room_table_is_written_by_actions_only(db: Any, table: str) -> None:
    for statement in (
        f"DELETE FROM {table}",
        f"TRUNCATE {table} CASCADE",
        f"UPDATE {table} SET {_column(table)} = {_column(table)}",
    ):
        with (
            pytest.raises(DatabaseError, match="written by actions only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def _column(table: str) -> str:
    with connection.cursor() as cursor:
        return connection.introspection.get_table_description(cursor, table)[0].name


@given(st.text())
def test_a_leaf_is_the_hash_of_rfc_6962(text: str) -> None:
    canonical = rfc8785.dumps({"text": text.encode("utf-8", "replace").decode()}).decode()
    assert leaf_hash(canonical) == hashlib.sha256(b"\x00" + canonical.encode()).digest()
