"""The sealer: what it signs, and what it refuses to sign."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from desk.actions import SYSTEM
from desk.ledger import keys, seal
from desk.ledger.models import Checkpoint, Counter, Entry, Node
from desk.ledger.nodes import read_nodes
from desk.ledger.notes import Checkpoint as Said
from desk.ledger.notes import Note
from desk.ledger.refusals import WORDS, Refused
from desk.ledger.state import sealing
from desk.ledger.tree import check_consistency, leaf_hash
from tests.cast import Cast
from tests.ledger.conftest import statement
from tests.ledger.test_tree import plain_root


def leaves() -> list[bytes]:
    return [leaf_hash(text.encode()) for text in Entry.objects.order_by("seq").values_list("canonical", flat=True)]


def head() -> int:
    return Counter.objects.get().value


def refusal() -> Refused:
    with pytest.raises(Refused) as caught:
        seal.seal()
    return caught.value


def test_a_checkpoint_is_signed_over_every_entry(keyed: Cast) -> None:
    keyed.ticket()
    assert seal.seal() == head()
    checkpoint = Checkpoint.objects.get()
    note = Note.parse(checkpoint.note)
    assert note.verified([checkpoint.key.verifier])
    assert Said.parse(note.text) == Said("desk.test/ledger", head(), plain_root(leaves()))
    assert (checkpoint.size, checkpoint.previous, bytes(checkpoint.root)) == (head(), 0, plain_root(leaves()))


def test_nothing_new_is_nothing_to_sign(keyed: Cast) -> None:
    seal.seal()
    assert seal.seal() == 0
    assert Checkpoint.objects.count() == 1


def test_each_checkpoint_goes_on_from_the_one_before(keyed: Cast) -> None:
    roots = {0: plain_root([])}
    for _ in range(4):
        keyed.ticket()
        seal.seal()
        roots[head()] = plain_root(leaves())
    assert {row.size: bytes(row.root) for row in Checkpoint.objects.all()} == {
        size: root for size, root in roots.items() if size
    }
    sizes = sorted(roots)
    assert list(Checkpoint.objects.order_by("size").values_list("previous", flat=True)) == sizes[:-1]


def test_a_long_backlog_is_signed_piece_by_piece(keyed: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seal, "MOST", 7)
    monkeypatch.setattr(seal, "AT_ONCE", 3)
    keyed.ticket()
    sealed = []
    while many := seal.seal():
        sealed.append(many)
    assert sum(sealed) == head()
    assert sealed[:-1] == [7] * (len(sealed) - 1)
    assert bytes(Checkpoint.objects.latest("size").root) == plain_root(leaves())


def fill(many: int) -> None:
    """Many entries as somebody writes them who has nothing to say."""
    statement(
        """INSERT INTO ledger_entry (seq, at, kind, actor, subject, thread, facts, commitments, canonical, leaf)
           SELECT seq, now(), 'trial.happened', 'system', '', '', '{}', '{}', text,
                  sha256('\\x00'::bytea || convert_to(text, 'UTF8'))
           FROM generate_series(%s + 1, %s + %s) seq, LATERAL (SELECT '{"seq":' || seq || '}') AS said (text)""",
        head(),
        head(),
        many,
    )
    statement("UPDATE ledger_counter SET value = value + %s", many)


def test_every_eighth_level_of_the_tree_is_kept(keyed: Cast) -> None:
    fill(70_000 - head())
    while seal.seal():
        pass
    kept = {(row.level, row.index): bytes(row.hash) for row in Node.objects.all()}
    assert set(kept) == {(8, index) for index in range(70_000 >> 8)} | {(16, 0)}
    everything = leaves()
    for (level, index), hash_ in [*kept.items()][::40]:
        assert hash_ == plain_root(everything[index << level : (index + 1) << level])
    assert bytes(Checkpoint.objects.latest("size").root) == plain_root(everything)
    wanted = [(0, 69_999), (3, 8_000), (8, 100), (11, 20), (12, 16), (15, 1), (16, 0)]
    assert read_nodes(wanted) == [plain_root(everything[i << level : (i + 1) << level]) for level, i in wanted]


CHANGES = {
    "a letter of an entry": (
        "UPDATE ledger_entry SET canonical = replace(canonical, 'a', 'b') WHERE seq = 3",
        "leaf_wrong",
        3,
    ),
    "the hash of an entry": ("UPDATE ledger_entry SET leaf = sha256(leaf) WHERE seq = 4", "leaf_wrong", 4),
    "an entry gone": ("DELETE FROM ledger_entry WHERE seq = 5", "not_dense", 5),
    "the first gone": ("DELETE FROM ledger_entry WHERE seq = 1", "not_dense", 1),
    "another number": (
        """UPDATE ledger_entry SET canonical = replace(canonical, '"seq":6', '"seq":60'),
           leaf = sha256('\\x00'::bytea || convert_to(replace(canonical, '"seq":6', '"seq":60'), 'UTF8')) WHERE seq = 6""",
        "number_wrong",
        6,
    ),
    "no JSON": (
        "UPDATE ledger_entry SET canonical = 'x', leaf = sha256('\\x00'::bytea || 'x'::bytea) WHERE seq = 2",
        "number_wrong",
        2,
    ),
}


@pytest.mark.parametrize(("change", "code", "seq"), CHANGES.values(), ids=CHANGES.keys())
def test_what_is_wrong_before_it_is_sealed_is_not_sealed(keyed: Cast, change: str, code: str, seq: int) -> None:
    statement(change)
    refused = refusal()
    assert (refused.code, refused.seq) == (code, seq)
    assert not Checkpoint.objects.exists()
    assert not Node.objects.exists()


AFTER = {
    "an entry at the edge": ("UPDATE ledger_entry SET canonical = canonical || ' ' WHERE seq = 3", "history_differs"),
    "an entry at the edge gone": ("DELETE FROM ledger_entry WHERE seq = 3", "history_differs"),
    "the root": ("UPDATE ledger_checkpoint SET root = sha256(root)", "note_wrong"),
    "the size": ("UPDATE ledger_checkpoint SET size = size - 1", "note_wrong"),
    "the note": ("UPDATE ledger_checkpoint SET note = replace(note, 'desk.test', 'disk.test')", "note_wrong"),
    "the note's form": ("UPDATE ledger_checkpoint SET note = 'gone'", "note_wrong"),
    "the key": ("UPDATE ledger_key SET public = sha256(public)", "note_wrong"),
}


@pytest.mark.parametrize(("change", "code"), AFTER.values(), ids=AFTER.keys())
def test_on_top_of_what_was_changed_nothing_is_signed(keyed: Cast, change: str, code: str) -> None:
    seal.seal()
    keyed.ticket()
    statement(change)
    assert refusal().code == code
    assert Checkpoint.objects.count() == 1


def test_a_changed_node_is_noticed_where_it_is_needed(keyed: Cast) -> None:
    fill(1_000)
    seal.seal()
    statement("UPDATE ledger_node SET hash = sha256(hash) WHERE index = 1")
    fill(1)
    assert refusal().code == "history_differs"


def test_a_missing_node_is_noticed(keyed: Cast) -> None:
    fill(1_000)
    seal.seal()
    statement("DELETE FROM ledger_node WHERE index = 1")
    fill(1)
    assert (refusal().code, refusal().seq) == ("history_differs", 257)


WRITES = {
    "UPDATE ledger_checkpoint SET note = 'x'": "append-only",
    "DELETE FROM ledger_checkpoint": "append-only",
    "TRUNCATE ledger_checkpoint CASCADE": "append-only",
    "UPDATE ledger_node SET hash = sha256(hash)": "append-only",
    "DELETE FROM ledger_node": "append-only",
    "TRUNCATE ledger_node": "append-only",
    "UPDATE ledger_key SET name = 'x'": "append-only",
    "DELETE FROM ledger_key": "append-only",
    "TRUNCATE ledger_key CASCADE": "append-only",
    "INSERT INTO ledger_checkpoint SELECT size, previous + 1, root, note, at, key_id FROM ledger_checkpoint": "does not follow",
    "INSERT INTO ledger_checkpoint SELECT size + 1, size, root, note, at, key_id FROM ledger_checkpoint": "does not follow",
    "INSERT INTO ledger_checkpoint SELECT size - 1, 0, root, note, at, key_id FROM ledger_checkpoint": "does not follow",
    "INSERT INTO ledger_node (level, index, hash) VALUES (8, 90, sha256('x'))": "reaches beyond",
    "INSERT INTO ledger_node (level, index, hash) VALUES (4, 0, sha256('x'))": "ledger_node_whole",
    "INSERT INTO ledger_node (level, index, hash) VALUES (8, 0, 'short')": "ledger_node_whole",
    "INSERT INTO ledger_node (level, index, hash) VALUES (8, 0, sha256('x'))": "ledger_node_pkey",
}


@pytest.mark.parametrize(("write", "words"), WRITES.items(), ids=WRITES.keys())
def test_what_is_sealed_is_added_to_and_never_changed(keyed: Cast, write: str, words: str) -> None:
    fill(300)
    seal.seal()
    with pytest.raises(DatabaseError, match=words), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('countersign.action', 'anything', true)")
        cursor.execute(write)


def test_two_checkpoints_on_top_of_one_are_refused_whatever_each_transaction_sees(
    keyed: Cast, own_database: str
) -> None:
    """Without the lock, and with a view of the tables in which the other is not there yet."""
    import psycopg

    seal.seal()
    size = head()
    insert = (
        "INSERT INTO ledger_checkpoint SELECT size + %s, size, root, note, at, key_id FROM ledger_checkpoint "
        "WHERE size = %s"
    )
    fill(5)
    with psycopg.connect(own_database) as one, psycopg.connect(own_database) as other:
        for session in (one, other):
            session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            session.execute("SELECT count(*) FROM ledger_checkpoint")
        one.execute(insert, [1, size])
        one.commit()
        with pytest.raises(psycopg.errors.UniqueViolation):
            other.execute(insert, [2, size])


def test_only_one_seals_at_a_time(keyed: Cast, own_database: str) -> None:
    import psycopg

    with psycopg.connect(own_database, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [seal._LOCK])
        assert seal.seal() == 0
        assert not Checkpoint.objects.exists()
        other.execute("SELECT pg_advisory_unlock_all()")
        assert seal.seal() == head()


def test_the_lock_is_free_again_after_a_refusal_and_after_a_fault(keyed: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    statement("UPDATE ledger_entry SET leaf = sha256(leaf) WHERE seq = 4")
    refusal()
    statement("UPDATE ledger_entry SET leaf = sha256('\\x00'::bytea || convert_to(canonical, 'UTF8'))")
    with monkeypatch.context() as broken, pytest.raises(IntegrityError):
        broken.setattr(Node.objects, "bulk_create", lambda *a, **k: (_ for _ in ()).throw(IntegrityError))
        seal.seal()
    assert not Checkpoint.objects.exists()
    assert seal.seal() == head()


def test_a_refusal_is_kept_for_people_and_ends_when_its_cause_does(keyed: Cast) -> None:
    statement("UPDATE ledger_entry SET leaf = sha256(leaf) WHERE seq = 4")
    assert seal.attempt() == 0
    now = sealing()
    assert (now.refuses, now.seq, now.trouble) == ("leaf_wrong", 4, "leaf_wrong")
    assert now.why == str(WORDS["leaf_wrong"])
    first = now.since
    seal.attempt()
    assert sealing().since == first
    statement("UPDATE ledger_entry SET leaf = sha256('\\x00'::bytea || convert_to(canonical, 'UTF8'))")
    assert seal.attempt() == head()
    now = sealing()
    assert (now.refuses, now.seq, now.since, now.trouble, now.entries, now.seconds) == ("", None, None, "", 0, 0.0)


def test_without_a_key_nothing_is_signed(company: Cast, outside: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal().code == "no_key"
    keys.make(by=SYSTEM)
    kept = (outside / "key").read_text()
    (outside / "key").unlink()
    assert refusal().code == "key_missing"
    for wrong in ("", "no key", "\xff"):
        (outside / "key").write_text(wrong, encoding="latin-1")
        assert refusal().code == "key_unreadable"
    (outside / "key").write_text(kept)
    assert seal.seal() == head()
    monkeypatch.setattr("django.conf.settings.ENV.ledger_key", "")
    assert refusal().code == "no_key"


def test_entries_that_are_not_committed_yet_are_not_sealed(keyed: Cast, own_database: str) -> None:
    import psycopg

    with psycopg.connect(own_database) as writer:
        writer.execute("SET session_replication_role = replica")
        writer.execute("UPDATE ledger_counter SET value = value + 1")
        writer.execute(
            "INSERT INTO ledger_entry SELECT seq + 1, at, kind, actor, subject, thread, facts, commitments, canonical, leaf "
            "FROM ledger_entry ORDER BY seq DESC LIMIT 1"
        )
        assert seal.seal() == head()
        writer.rollback()
    assert seal.seal() == 0


def test_the_step_from_one_checkpoint_to_the_next_is_shown_before_it_is_signed(
    keyed: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal.seal()
    keyed.ticket()
    asked: list[Any] = []

    def check(*shown: Any) -> None:
        asked.append(shown)
        check_consistency(*shown)

    monkeypatch.setattr(seal, "check_consistency", check)
    seal.seal()
    ((first, second),) = [shown[:2] for shown in asked]
    assert (first, second) == tuple(Checkpoint.objects.order_by("size").values_list("size", flat=True))
