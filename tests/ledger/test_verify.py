"""`ledger verify`: whatever is changed, by whomever, is found and named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from conversations.tickets.models import Ticket
from desk.actions import SYSTEM
from desk.ledger import keys
from desk.ledger.append import Record, append
from desk.ledger.models import Checkpoint, Counter, Entry, Key, Salt
from desk.ledger.notes import COSIGNED, Note, Signer
from desk.ledger.seal import seal
from desk.ledger.witnesses import handed_out, keep_cosignature, newest_checkpoint
from tests.cast import Cast
from tests.ledger.conftest import statement
from tests.ledger.damage import changed, cut, rewrite, store, verified, wrong
from tests.ledger.erasing import erase_text, say_erased

BIT = "1::bigint << 40"
TEXT = "chr(ascii({0}) # 1) || substr({0}, 2)"
BYTES = "set_byte({0}, 3, get_byte({0}, 3) # 1)"


@pytest.fixture
def ledger(keyed: Cast) -> Cast:
    """Three checkpoints over a few tickets, and entries that are not sealed."""
    for _each in range(3):
        keyed.ticket()
        seal()
    keyed.ticket()
    return keyed


@pytest.fixture
def witness(ledger: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Signer:
    """A witness of the policy, who has countersigned the newest checkpoint."""
    signer = Signer.new("auditor.example", type=COSIGNED)
    policy = tmp_path / "policy"
    policy.write_text(f"log {Key.objects.get().verifier}\nwitness auditor {signer.verifier}\nquorum auditor\n")
    monkeypatch.setattr(settings.ENV, "ledger_policy", str(policy))
    text = Note.parse(newest_checkpoint().note).text
    keep_cosignature(str(signer.cosign(text, time=1_800_000_000)), by=SYSTEM)
    return signer


def received() -> Entry:
    """An entry in the middle that commits to a text."""
    return Entry.objects.filter(kind="message.received")[1]


def test_a_ledger_that_nobody_touched_holds(ledger: Cast) -> None:
    report = verified()
    assert report.first is None, report.first
    assert (report.entries, report.checkpoints) == (Counter.objects.get().value, 3)
    assert report.signatures == 3
    assert report.texts == Salt.objects.count() > 0


def test_a_flipped_bit_in_any_column_of_an_entry_is_found_and_named(ledger: Cast) -> None:
    seq = received().seq
    flips = {
        "at": "at + interval '1 microsecond'",
        "kind": TEXT.format("kind"),
        "actor": TEXT.format("actor"),
        "subject": TEXT.format("subject"),
        "thread": TEXT.format("thread"),
        "facts": "jsonb_set(facts, '{length}', to_jsonb((facts ->> 'length')::int # 1))",
        "commitments": "regexp_replace(commitments::text, '(\"text\": \")(.)', '\\1x')::jsonb",
        "canonical": "regexp_replace(canonical, '\"length\":5', '\"length\":4')",
        "leaf": BYTES.format("leaf"),
    }
    for column, to in flips.items():
        with changed("ledger_entry", f"seq = {seq}", column, to):
            found = wrong()
            assert found.startswith(f"{seq}: "), (column, found)
            assert column in found or column in {"canonical", "leaf"}
    with changed("ledger_entry", f"seq = {seq}", "seq", f"seq # ({BIT})"):
        assert wrong().startswith(f"{seq}: Entry {seq} is missing"), wrong()
    assert wrong() == ""


def test_a_flipped_bit_in_any_column_of_a_checkpoint_is_found(ledger: Cast) -> None:
    size = list(Checkpoint.objects.order_by("size"))[1].size
    flips = {
        "size": "size # 1",
        "previous": "previous # 1",
        "root": BYTES.format("root"),
        "note": TEXT.format("note"),
        "key_id": "key_id + 1",
        "at": "at - interval '1 day'",
    }
    for column, to in flips.items():
        with changed("ledger_checkpoint", f"size = {size}", column, to):
            assert "checkpoint" in wrong() or "signed" in wrong(), column
    note = Checkpoint.objects.get(size=size).note
    for place in range(0, len(note), 7):
        flipped = note[:place] + chr(ord(note[place]) ^ 1) + note[place + 1 :]
        with changed("ledger_checkpoint", f"size = {size}", "note", "'" + flipped.replace("'", "''") + "'"):
            assert wrong(), place
    assert wrong() == ""


def test_a_flipped_bit_in_a_cosignature_is_found(ledger: Cast, witness: Signer) -> None:
    assert verified(policy=None).signatures == 4
    flips = {
        "witness": TEXT.format("witness"),
        "key": TEXT.format("key"),
        "line": "regexp_replace(line, '(.{40})(.)', '\\1' || chr(ascii(substr(line, 41, 1)) # 1))",
        "seen_at": "seen_at + interval '1 second'",
        "checkpoint_id": "checkpoint_id + 1",
    }
    for column, to in flips.items():
        with changed("ledger_cosignature", "true", column, to):
            assert "osignature" in wrong(), (column, wrong())
    assert wrong() == ""


def test_a_flipped_bit_in_a_salt_or_in_a_text_is_found_and_named(ledger: Cast) -> None:
    entry = received()
    for column, to in {
        "salt": BYTES.format("salt"),
        "field": TEXT.format("field"),
        "seq": f"seq # ({BIT})",
        "source": "replace(source, 'text', 'uext')",
    }.items():
        with changed("ledger_salt", f"seq = {entry.seq}", column, to):
            assert str(entry.seq) in " ".join(each.what for each in verified().findings), column
    key = entry.subject.partition(":")[2]
    with changed("tickets_message", f"id = {key}", "text", TEXT.format("text")):
        assert wrong().startswith(f"{entry.seq}: The text of entry {entry.seq}"), wrong()
    assert wrong() == ""


def test_a_key_that_was_exchanged_in_the_database_is_found(ledger: Cast) -> None:
    with changed("ledger_key", "true", "public", BYTES.format("public")):
        assert "checkpoint" in wrong()
    with changed("ledger_key", "true", "name", TEXT.format("name")):
        assert "checkpoint" in wrong()


def test_stored_nodes_of_the_tree_are_compared(keyed: Cast) -> None:
    ticket = keyed.ticket()
    many(ticket, 600)
    seal()
    assert wrong() == ""
    with changed("ledger_node", '"index" = 1', "hash", BYTES.format("hash")):
        assert wrong().startswith("257: The stored node 8/1"), wrong()
    with changed("ledger_node", '"index" = 1', '"index"', '"index" + 8'):
        assert "The stored node 8/1 of the tree is missing" in wrong()


def test_a_deleted_entry_is_found(ledger: Cast) -> None:
    seq = received().seq
    statement("DELETE FROM ledger_entry WHERE seq = %s", seq)
    assert wrong() == f"{seq}: Entry {seq} is missing: after {seq - 1} comes {seq + 1}."


def test_an_entry_that_was_put_in_is_found_however_well_it_is_made(ledger: Cast) -> None:
    seq, last = received().seq, Counter.objects.get().value
    for place in range(last, seq - 1, -1):
        moved = {**told(place), "seq": place + 1}
        store(place, moved)
        statement("UPDATE ledger_salt SET seq = seq + 1 WHERE seq = %s", place)
    statement("INSERT INTO ledger_entry SELECT %s, at, kind, actor, subject, thread, facts, commitments, canonical, leaf "
              "FROM ledger_entry WHERE seq = 1", seq)  # fmt: skip
    store(seq, {**told(1), "seq": seq})
    statement("UPDATE ledger_counter SET value = value + 1")
    report = verified()
    assert report.first is not None
    assert report.first.seq <= seq
    assert "changed, moved or put in" in report.first.what


def test_two_entries_that_changed_places_are_found(ledger: Cast) -> None:
    first = received().seq
    one, other = told(first), told(first + 1)
    store(first, {**other, "seq": first})
    store(first + 1, {**one, "seq": first + 1})
    assert "changed, moved or put in" in wrong()
    store(first, one)
    store(first + 1, other)
    assert wrong() == ""


def test_an_entry_that_was_rewritten_from_top_to_bottom_is_found_between_two_checkpoints(ledger: Cast) -> None:
    sizes = list(Checkpoint.objects.order_by("size").values_list("size", flat=True))
    seq = sizes[0] + 2
    rewrite(seq, actor="person:00000000-0000-0000-0000-000000000000")
    assert wrong().startswith(f"{sizes[0] + 1}: One of the entries {sizes[0] + 1} to {sizes[1]} was changed"), wrong()


def test_a_cut_tail_is_found_by_the_counter_by_a_checkpoint_and_by_what_was_kept_outside(ledger: Cast) -> None:
    kept = Note.parse(Checkpoint.objects.latest("size").note)
    last = Counter.objects.get().value
    statement("DELETE FROM ledger_entry WHERE seq = %s", last)
    statement("DELETE FROM ledger_salt WHERE seq = %s", last)
    assert wrong().startswith(f"{last}: The ledger was cut off: {last} entries were counted"), wrong()
    sizes = list(Checkpoint.objects.order_by("size").values_list("size", flat=True))
    statement("DELETE FROM ledger_salt WHERE seq > %s", sizes[2] - 1)
    statement("DELETE FROM ledger_entry WHERE seq > %s", sizes[2] - 1)
    statement("UPDATE ledger_counter SET value = %s", sizes[2] - 1)
    assert wrong().startswith(f"{sizes[2]}: The ledger was cut off: {sizes[2]} entries were signed for"), wrong()
    cut(sizes[1])
    assert wrong() == "", "everything inside the database says that nothing ever followed"
    assert f"covers {sizes[2]} entries, here are {sizes[1]}" in wrong(checkpoint=kept)


def test_a_restored_dump_that_grew_another_way_is_found_by_what_was_kept_outside(ledger: Cast) -> None:
    seal()
    kept = Note.parse(Checkpoint.objects.latest("size").note)
    size = Checkpoint.objects.latest("size").size
    cut(list(Checkpoint.objects.order_by("size"))[1].size)
    settings.ENV.ledger_anchor_file = ""  # whoever restores the database may restore that file, too
    while Counter.objects.get().value <= size:
        ledger.ticket("Something else entirely happened, we say now.")
    seal()
    assert wrong() == ""
    assert wrong(checkpoint=kept).startswith(f"{size}: TWO HISTORIES"), wrong(checkpoint=kept)


def test_a_history_that_was_signed_anew_with_another_key_is_found_by_the_key_and_by_a_checkpoint(
    ledger: Cast, outside: Path
) -> None:
    trusted, kept = Key.objects.get().verifier, Note.parse(Checkpoint.objects.earliest("size").note)
    rewrite(2, actor="person:00000000-0000-0000-0000-000000000000")
    statement("DELETE FROM ledger_checkpoint")
    statement("DELETE FROM ledger_key")
    (outside / "key").unlink()
    (outside / "checkpoints").unlink(missing_ok=True)
    keys.make(by=SYSTEM)
    seal()
    assert wrong() == ""
    assert "not signed with a key that you brought" in wrong(keys=[trusted]).replace("none is", "not")
    assert "cannot be used" in wrong(checkpoint=kept)
    assert "TWO HISTORIES" in wrong(checkpoint=kept, keys=[trusted])


def test_keys_that_took_over_verify_from_the_first_to_the_last(ledger: Cast) -> None:
    first = Key.objects.get().verifier
    keys.rotate("routine", by=SYSTEM)
    seal()
    ledger.ticket()
    seal()
    second = Key.objects.latest("id").verifier
    assert wrong() == ""
    assert wrong(keys=[first]) == "", "the key before signed the one after"
    assert wrong(keys=[second]) == "", "the newest covers what older ones signed"
    keys.rotate("compromised", by=SYSTEM)
    seal()
    assert wrong() == ""
    size = Checkpoint.objects.latest("size").size
    assert wrong(keys=[first]).startswith(f"{size}: From the checkpoint of {size} entries on none is signed")
    assert wrong(keys=[Key.objects.latest("id").verifier]) == ""


def test_a_text_that_was_erased_by_name_is_erased_before_and_after_sealing(ledger: Cast) -> None:
    sealed, unsealed = received(), Entry.objects.filter(kind="message.received").latest("seq")
    assert sealed.seq <= Checkpoint.objects.latest("size").size < unsealed.seq
    for entry in (sealed, unsealed):
        erase_text(entry)
    assert verified().first is None
    assert verified().erased == 2
    seal()
    assert (verified().broken, verified().erased) == (0, 2)


def test_a_text_that_is_missing_without_an_entry_that_says_so_is_broken(ledger: Cast) -> None:
    entry = received()
    statement("UPDATE tickets_message SET text = '' WHERE id = %s", int(entry.subject.partition(":")[2]))
    assert wrong().startswith(f"{entry.seq}: The text of entry {entry.seq}")
    statement("DELETE FROM ledger_salt WHERE seq = %s", entry.seq)
    assert (
        wrong()
        == f"{entry.seq}: The salt of entry {entry.seq} (text) is gone, and no entry says that its text was erased."
    )


def test_an_erasure_cannot_excuse_what_came_after_it(ledger: Cast) -> None:
    last = Counter.objects.get().value
    say_erased(*range(last + 2, last + 40))
    ledger.ticket()
    entry = Entry.objects.filter(kind="message.received").latest("seq")
    assert last + 2 <= entry.seq < last + 40
    statement("DELETE FROM ledger_salt WHERE seq = %s", entry.seq)
    assert wrong().startswith(f"{entry.seq}: The salt of entry {entry.seq} (text) is gone"), wrong()


def test_macros_and_views_may_change_and_only_their_last_words_have_to_open(ledger: Cast) -> None:
    from conversations.knowledge.actions.macros import Wording, save_macro

    ana = ledger.ana.actor()
    macro = save_macro(Wording(name="Hello", shortcut="hello", body="Hello!"), by=ana)
    save_macro(Wording(name="Hello", shortcut="hello", body="Good day!"), by=ana, macro=macro, seen=1)
    assert (verified().broken, verified().replaced) == (0, 1)
    statement("UPDATE knowledge_macro SET body = 'Go away.'")
    assert "is not the one that was committed to" in wrong()


def test_a_policy_says_whether_enough_witnesses_countersigned(ledger: Cast, witness: Signer, tmp_path: Path) -> None:
    policy = Path(settings.ENV.ledger_policy)
    assert run("--policy", str(policy)) == 0
    other = Signer.new("council.example", type=COSIGNED)
    both = tmp_path / "both"
    both.write_text(
        policy.read_text().replace(
            "quorum auditor", f"witness council {other.verifier}\ngroup g all auditor council\nquorum g"
        )
    )
    assert run("--policy", str(both)) == 1


def test_the_command_says_in_words_and_codes_what_it_found(ledger: Cast, tmp_path: Path, capsys: Any) -> None:
    newest = newest_checkpoint()
    (tmp_path / "kept").write_text(handed_out(newest))
    (tmp_path / "keys").write_text(f"# from the safe\n{newest.key.verifier}\n")
    assert run("--checkpoint", str(tmp_path / "kept"), "--key", str(tmp_path / "keys")) == 0
    said = capsys.readouterr().out
    assert "The ledger holds." in said
    assert f"The first {newest.size} entries are those of the checkpoint that you brought." in said
    assert run("--key", str(newest.key.verifier)) == 0
    assert run("--key", "nonsense") == 2
    assert run("--checkpoint", str(tmp_path / "nowhere")) == 2
    assert run("--policy", str(tmp_path / "kept")) == 2
    statement("UPDATE ledger_entry SET kind = 'x.y' WHERE seq = 3")
    capsys.readouterr()
    assert run() == 1
    assert "BROKEN. First bad entry: 3. The column kind of entry 3" in capsys.readouterr().out


def test_verifying_writes_nothing(ledger: Cast) -> None:
    before = Counter.objects.get().value, Checkpoint.objects.count()
    verified()
    assert (Counter.objects.get().value, Checkpoint.objects.count()) == before


def told(seq: int) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Entry.objects.get(seq=seq).canonical)
    return found


def run(*arguments: str) -> int:
    try:
        call_command("ledger", "verify", *arguments)
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def many(ticket: Ticket, count: int) -> None:
    """So many entries more, in one action each hundred."""
    from conversations.tickets.kinds import TicketWoke

    for _each in range(count // 100):
        with transaction.atomic():
            append([Record(TicketWoke(), "system", ticket.ref, ticket.ref) for _one in range(100)])
