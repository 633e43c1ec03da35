"""`ledger verify` says of each single damage what it is and where, in its own sentence, and nothing beside it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from desk.ledger.models import Checkpoint, Cosignature, Counter, Entry, Key, Salt
from desk.ledger.notes import COSIGNED, Note, Signer
from desk.ledger.notes import Checkpoint as Said
from desk.ledger.policy import Policy
from desk.ledger.verify import Brought, verify_ledger
from desk.ledger.verify.report import MOST, Report
from tests.cast import Cast
from tests.ledger.damage import changed, put_in, retold, said, taken_out, verified

Damages = list[tuple[AbstractContextManager[None], list[str]]]
"""Each damage, and all that is said of it."""


def to_entries() -> Damages:
    _one, two, _three = sizes()
    last, seq = Counter.objects.get().value, two - 5
    column = "The column {} of entry {} does not say what the entry says."
    return [
        (
            taken_out("ledger_entry", f"seq = {seq}"),
            [f"{seq}: Entry {seq} is missing: after {seq - 1} comes {seq + 1}."],
        ),
        (
            taken_out("ledger_entry", f"seq IN ({seq}, {seq + 1})"),
            [f"{seq}: Entries {seq} to {seq + 1} are missing: after {seq - 1} comes {seq + 2}."],
        ),
        (
            taken_out("ledger_entry", "seq = 200"),  # below a stored node, of which nothing is said then
            ["200: Entry 200 is missing: after 199 comes 201."],
        ),
        *(
            (damage, [f"{seq}: The text of entry {seq} is not the canonical text of an entry."])
            for damage in forged(seq)
        ),
        (
            changed("ledger_entry", f"seq = {seq}", "facts", "jsonb_build_object('n', repeat('9', 5000)::numeric)"),
            [f"{seq}: {column.format('facts', seq)}"],
        ),
        (
            changed("ledger_entry", f"seq = {seq}", "actor", "'person:x'"),
            [f"{seq}: {column.format('actor', seq)}"],
        ),
        (
            changed("ledger_entry", f"seq = {seq}", "thread", "thread || '\"'"),
            [f"{seq}: {column.format('thread', seq)}"],
        ),
        (
            changed("ledger_entry", f"seq = {seq}", "leaf", "sha256(leaf)"),
            [f"{seq}: The stored leaf of entry {seq} is not the hash of its text."],
        ),
        (
            retold(last, Entry.objects.get(seq=last).canonical.replace(f'"seq":{last}', f'"seq":{last + 1}')),
            [f"{last}: {column.format('seq', last)}"],
        ),
        (
            changed("ledger_counter", "true", "value", "value + 2"),
            [
                f"{last + 1}: The ledger was cut off: {last + 2} entries were counted, entry {last} is the last one there."
            ],
        ),
        (
            changed("ledger_counter", "true", "value", "value - 2"),
            [f"{last - 1}: Entry {last - 1} was put in: only {last - 2} entries were counted."],
        ),
    ]


def to_checkpoints() -> Damages:
    one, two, three = sizes()
    in_point = lambda name, to: changed("ledger_checkpoint", f"size = {two}", name, to)  # noqa: E731
    return [
        (
            in_point("previous", "previous + 1"),
            [f"{two}: The checkpoint of {two} entries does not follow on that of {one} entries."],
        ),
        (
            in_point("at", "at - interval '1 day'"),
            [f"{two}: The checkpoint of {two} entries is said to be older than the one before it."],
        ),
        (in_point("at", f"(SELECT at FROM ledger_checkpoint WHERE size = {one})"), []),  # both of one moment
        (
            in_point("note", "'nonsense'"),
            [
                (
                    f"{two}: The checkpoint of {two} entries is not in its format: a note is a text, an empty line, and signature lines "
                    "that end with a newline."
                ),
                f"{three}: The checkpoint of {three} entries does not follow on that of {one} entries.",
            ],
        ),
        (
            in_point("root", "sha256(root)"),
            [f"{two}: The columns of the checkpoint of {two} entries do not say what was signed."],
        ),
        (
            in_point("key_id", "key_id + 1"),
            [f"{two}: The checkpoint of {two} entries names a key that is not one of its log."],
        ),
        (
            in_point("note", "replace(note, 'desk.test/ledger ', 'desk.test/other ')"),
            [f"{two}: The checkpoint of {two} entries: no key that is known signed this."],
        ),
        (
            taken_out("ledger_checkpoint", f"size = {one}"),
            [f"{two}: The checkpoint of {two} entries does not follow on that of 0 entries."],
        ),
        (
            changed("ledger_checkpoint", f"size = {one}", "key_id", "key_id + 1"),
            [f"{one}: The checkpoint of {one} entries is not signed with the key that it names."],
        ),
    ]


def to_nodes() -> Damages:
    return [
        (
            changed("ledger_node", "true", "hash", "sha256(hash)"),
            ["1: The stored node 8/0 is not what its entries make."],
        ),
        (taken_out("ledger_node", "true"), ["1: The stored node 8/0 of the tree is missing."]),
        (
            put_in("ledger_node", "level = 16", level="16", index="3", hash="sha256('x'::bytea)"),
            [f"{(3 << 16) + 1}: The stored node 16/3 stands for no entries."],
        ),
        (
            put_in("ledger_node", "index = 7", level="8", index="7", hash="sha256('x'::bytea)"),
            [f"{(7 << 8) + 1}: The stored node 8/7 stands for no entries."],
        ),
    ]


def sizes() -> list[int]:
    return list(Checkpoint.objects.order_by("size").values_list("size", flat=True))


def forged(seq: int) -> list[AbstractContextManager[None]]:
    """Texts that are none of an entry; of some the columns say the same, letter by letter."""
    text, quoted, escaped = Entry.objects.get(seq=seq).canonical, 'system","actor":"person:x', "s\\u0079stem"
    return [
        *(retold(seq, other) for other in (f"{text} ", "nonsense", "7", "[]", "[" * 100_000)),
        retold(seq, text.replace('{"actor"', '{"a":1,"actor"')),
        *(retold(seq, text.replace("system", actor), actor=actor) for actor in (quoted, escaped)),
    ]


def to_texts() -> Damages:
    message = Entry.objects.filter(kind="message.received").first()
    assert message is not None
    seq, where = message.seq, f"seq = {message.seq}"
    kept = Salt.objects.get(seq=seq)
    gone = f"{seq}: The salt of entry {seq} (text) is gone, and no entry says that its text was erased."
    other = f"{seq}: The text of entry {seq} (text, {kept.source}) is not the one that was committed to, or its salt is not."
    return [
        (taken_out("ledger_salt", where), [gone]),
        (
            changed("ledger_salt", where, "field", "'other'"),
            [gone, f"{seq}: There is a salt for entry {seq} (other), which commits to no such text."],
        ),
        (
            changed("ledger_salt", where, "source", "'nowhere:1:text'"),
            [f"{seq}: Nobody knows where the text of entry {seq} (text) is kept: nowhere:1:text."],
        ),
        (
            changed("ledger_salt", where, "source", "'message:99999:text'"),
            [
                f"{seq}: The text of entry {seq} (text, message:99999:text) is missing, and no entry says that it was erased.",
            ],
        ),
        (changed("ledger_salt", where, "salt", "sha256(salt)"), [other]),
        (changed("tickets_message", f"id = {kept.source.split(':')[1]}", "text", "text || '!'"), [other]),
    ]


def to_cosignatures() -> Damages:
    size = Checkpoint.objects.latest("size").size
    said = f"{size}: The cosignature of {{}} under the checkpoint of {size} entries {{}}."
    log = Signer.new("log.example")
    line = log.sign(Note.parse(Checkpoint.objects.get(size=size).note).text)
    columns = "has columns that do not say what it says"
    return [
        (changed("ledger_cosignature", "true", "witness", "'other.example'"), [said.format("other.example", columns)]),
        (
            changed("ledger_cosignature", "true", "seen_at", "seen_at + interval '1 second'"),
            [said.format("auditor.example", columns)],
        ),
        (
            changed("ledger_cosignature", "true", "key", "'nonsense'"),
            [said.format("auditor.example", "does not hold (a verifier key holds a type that is not known here)")],
        ),
        (
            changed("ledger_cosignature", "true", "line", "replace(line, 'auditor.example', 'other.example')"),
            [said.format("auditor.example", "does not hold (this is no signature of auditor.example)")],
        ),
        (
            changed("ledger_cosignature", "true", "line", "line || chr(10)"),
            [
                said.format(
                    "auditor.example",
                    "does not hold (a signature line is an em dash, a name and base64, with single spaces between)",
                )
            ],
        ),
        (
            put_in(
                "ledger_cosignature",
                "witness = 'log.example'",
                checkpoint_id=str(size),
                witness="'log.example'",
                key=f"'{log.verifier}'",
                line=f"'{line}'",
                seen_at="now()",
            ),
            [said.format("log.example", columns)],
        ),
        *(
            (
                changed("ledger_cosignature", "true", "checkpoint_id", str(at)),
                [
                    f"{at}: A cosignature of auditor.example is for a checkpoint of {at} entries, which is not there.",
                ],
            )
            for at in (size - 1, size + 1)
        ),
    ]


def texts() -> list[int]:
    """Entries that commit to a text."""
    return list(Entry.objects.exclude(commitments={}).order_by("seq").values_list("seq", flat=True))


@pytest.mark.parametrize("damages", [to_entries, to_checkpoints, to_nodes, to_texts, to_cosignatures])
def test_each_damage_is_told_of_by_itself(standing: None, damages: Callable[[], Damages]) -> None:
    assert said() == []
    for damage, sentences in damages():
        with damage:
            assert said() == sentences
    assert said() == []


def test_what_was_rewritten_within_a_checkpoint_is_said_once_and_not_of_all_that_follow(standing: None) -> None:
    one, two, _three = sizes()
    root = (
        f"{one + 1}: One of the entries {one + 1} to {two} was changed, moved or put in: they no longer make the root that was "
        f"signed over {two} entries."
    )
    for seq, beside in ((two - 5, []), (200, ["1: The stored node 8/0 is not what its entries make."])):
        text = Entry.objects.get(seq=seq).canonical
        with retold(seq, text.replace('"actor":"system"', '"actor":"person:x"'), actor="person:x"):
            assert said() == [*beside, root]
    assert said() == []


def test_what_holds_says_how_far_it_does(standing: None) -> None:
    three, last = Checkpoint.objects.latest("size").size, Counter.objects.get().value
    progress: list[tuple[str, int, int]] = []
    report = verify_ledger(Brought(), progress=lambda *told: progress.append(told))
    # The second checkpoint is where one key hands over to the next, and carries the signatures of both.
    assert (report.entries, report.checkpoints, report.signatures, report.broken) == (last, 3, 5, 0)
    assert (report.texts, report.erased, report.replaced, report.elsewhere) == (Salt.objects.count(), 0, 0, 0)
    unsealed = f"Not sealed yet: entries {three + 1} to {last}."
    assert report.said == [
        "The keys that checked the signatures are the database's own. Bring those that you got elsewhere with --key.",
        unsealed,
        "No checkpoint was brought from outside (--checkpoint): one would show that the end was not cut off.",
        "There is no policy on witnesses (--policy, LEDGER_POLICY).",
    ]
    assert progress == [("texts", last - min(texts()) + 1, last)]
    kept = Note.parse(Checkpoint.objects.latest("size").note)
    first, second = (key.verifier for key in Key.objects.order_by("id"))
    assert f"The first {three} entries are those of the checkpoint that you brought." in verified(checkpoint=kept).said
    for trusted in (first, second):
        assert said(keys=[trusted]) == [], "whoever trusts one can go on to the next"
        policy = Policy.parse(f"log {trusted}\nquorum none\n")
        report = verify_ledger(Brought(checkpoint=kept, policy=policy))
        if trusted == first:
            assert report.broken == 1, "the newest checkpoint carries only the second key"
            continue
        assert report.said == [
            unsealed,
            f"The first {three} entries are those of the checkpoint that you brought.",
            f"Witnessed as the policy asks (none): the first {three} entries.",
        ]
    witness = str(Cosignature.objects.get().key)
    for asks, told in (
        (witness, f"Witnessed as the policy asks (w): the first {three} entries."),
        (str(Signer.new("x", type=COSIGNED).verifier), "No checkpoint is witnessed yet as the policy asks (w)."),
    ):
        policy = Policy.parse(f"witness w {asks}\nquorum w\n")
        assert told in verify_ledger(Brought(policy=policy)).said
        assert said(policy=policy, policy_must_be_met=True) == (
            [] if asks == witness else ["1: No checkpoint is witnessed as the policy asks (w)."]
        )


def test_a_ledger_of_which_nothing_is_sealed_holds_and_says_that_nothing_shows_it(keyed: Cast) -> None:
    keyed.ticket()
    report = verified()
    assert (report.broken, report.checkpoints) == (0, 0)
    assert report.said[0].startswith("Nothing is sealed yet: no checkpoint was ever signed")
    assert not any(sentence.startswith("Not sealed yet") for sentence in report.said)


def test_a_checkpoint_from_outside_that_does_not_fit_is_said(standing: None) -> None:
    signer, last = Signer.new("desk.test/ledger"), Counter.objects.get().value
    key = signer.verifier

    def brought(origin: str, size: int) -> Note:
        text = Said(origin, size, bytes(32)).text
        return Note(text, (signer.sign(text),))

    def told(note: Note) -> list[str]:
        return said(keys=[key, *(each.verifier for each in Key.objects.all())], checkpoint=note)

    one = Checkpoint.objects.order_by("size").first()
    assert one is not None
    assert told(brought("desk.test/ledger", one.size)) == [
        (
            f"{one.size}: TWO HISTORIES: these {one.size} entries do not make the root of the checkpoint that you brought. The ledger "
            "was rewritten, or a restored copy has grown another way."
        )
    ]
    report = verified(keys=[key], checkpoint=brought("desk.test/ledger", one.size))
    assert not any("are those of the checkpoint that you brought" in sentence for sentence in report.said)
    assert told(brought("desk.test/ledger", last + 7)) == [
        (
            f"{last + 1}: The ledger was cut off, or an old copy restored: the checkpoint that you brought covers {last + 7} entries, "
            f"here are {last}."
        )
    ]
    other = "the checkpoint is of other.test/ledger, which is another log"
    assert told(brought("other.test/ledger", one.size)) == [
        f"0: The checkpoint that you brought cannot be used: {other}."
    ]
    assert said(checkpoint=brought("desk.test/ledger", one.size)) == [
        "0: The checkpoint that you brought cannot be used: no key that is known signed this."
    ]
    first = said(keys=[key])[0]
    assert first.startswith(
        f"{one.size}: From the checkpoint of {one.size} entries on none is signed with a key that you brought"
    )


def test_of_a_ledger_that_is_broken_everywhere_the_first_findings_are_kept_and_all_are_counted() -> None:
    report = Report()
    assert report.first is None
    for seq in range(MOST + 10, 0, -1):
        report.found(seq, "wrong")
    assert (report.broken, len(report.findings)) == (MOST + 10, MOST)
    assert report.first is not None
    assert report.first.seq == 11
    assert report.names_one_of(5, 11)
    assert report.names_one_of(11, 12)
    assert not report.names_one_of(1, 10)
