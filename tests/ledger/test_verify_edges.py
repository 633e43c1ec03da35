"""`ledger verify` where things end: the last entry, the last checkpoint, a tree that is just full; and what it sees while it runs."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from conversations.tickets.kinds import TicketWoke
from desk.ledger import verify
from desk.ledger.append import Record, append
from desk.ledger.models import Checkpoint, Counter, Entry, Node
from desk.ledger.notes import Note
from desk.ledger.seal import seal
from desk.ledger.verify import Brought, verify_ledger
from tests.cast import Cast
from tests.ledger.conftest import statement
from tests.ledger.damage import retold, rewrite, said, taken_out, verified


def woke(many: int) -> int:
    """So many entries more. Returns the number of the last."""
    with transaction.atomic():
        return append([Record(TicketWoke(), "system", "ticket:1", "ticket:1") for _one in range(many)])


def test_a_ledger_that_is_sealed_to_its_last_entry_lacks_nothing(keyed: Cast) -> None:
    seal()
    kept = Note.parse(Checkpoint.objects.get().note)
    report = verified(checkpoint=kept)
    assert report.broken == 0
    assert not any(sentence.startswith("Not sealed yet") for sentence in report.said)
    last = woke(1)
    assert f"Not sealed yet: entries {last} to {last}." in verified().said
    seal()
    rewrite(last, actor="person:x")
    assert said() == [
        f"{last}: Entry {last} was changed, moved or put in: they no longer make the root that was signed over {last} entries."
    ]


def test_a_stored_node_is_missed_from_the_checkpoint_on_that_covers_it(keyed: Cast) -> None:
    before = Counter.objects.get().value
    woke(256 - before)
    assert said() == [], "not sealed, so not stored"
    seal()
    assert Node.objects.count() == 1
    assert said() == []
    with taken_out("ledger_node", "true"):
        assert said() == ["1: The stored node 8/0 of the tree is missing."]
    woke(256)
    assert said() == []
    seal()
    assert said() == []
    with taken_out("ledger_node", "index = 1"):
        assert said() == ["257: The stored node 8/1 of the tree is missing."]
    statement("UPDATE ledger_node SET hash = sha256(hash) WHERE index = 1")
    assert said() == ["257: The stored node 8/1 is not what its entries make."]


def test_of_an_end_that_was_cut_off_is_said_that_and_not_what_hung_on_it(standing: None) -> None:
    three, last = Checkpoint.objects.latest("size").size, Counter.objects.get().value
    with taken_out("ledger_entry", "seq > 250"):
        assert {sentence for sentence in said() if "There is a salt for entry" not in sentence} == {
            f"251: The ledger was cut off: {last} entries were counted, entry 250 is the last one there.",
            f"251: The ledger was cut off: {three} entries were signed for, here are 250.",
        }
    assert said() == []


def test_without_its_counter_every_entry_is_one_too_many(standing: None) -> None:
    with taken_out("ledger_counter", "true"):
        assert said() == ["1: Entry 1 was put in: only 0 entries were counted."]


def test_a_forged_first_entry_is_named_though_nothing_is_sealed(keyed: Cast) -> None:
    with retold(1, Entry.objects.get(seq=1).canonical.replace('{"', '{ "', 1)):
        assert said() == ["1: The text of entry 1 is not the canonical text of an entry."]


def test_it_looks_at_one_moment_and_can_write_nothing(standing: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "EVERY", 100)
    last = Counter.objects.get().value
    told: list[tuple[str, int, int]] = []
    settings: set[str] = set()

    def looks(*each: object) -> None:
        told.append(each)  # type: ignore[arg-type] - what it is told is asserted below
        with connection.cursor() as cursor:
            for name in ("transaction_isolation", "transaction_read_only"):
                cursor.execute(f"SHOW {name}")
                settings.add(cursor.fetchone()[0])
            with pytest.raises(DatabaseError), transaction.atomic():
                cursor.execute("UPDATE ledger_counter SET value = 0")

    assert verify_ledger(Brought(), progress=looks).broken == 0
    assert settings == {"repeatable read", "on"}
    assert [each for each in told if each[0] == "entries"] == [
        ("entries", done, last) for done in range(100, last + 1, 100)
    ]
    assert Counter.objects.get().value == last


def test_it_refuses_to_look_from_within_what_somebody_else_began(standing: None) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        verified()
