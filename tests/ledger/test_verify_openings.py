"""`ledger verify` opens commitments: what it counts as there, erased, replaced or kept elsewhere, and what none of that excuses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction

from desk.ledger import texts
from desk.ledger.append import Record, Text, append
from desk.ledger.kinds import facts_of
from desk.ledger.models import Counter, Entry, Salt
from desk.ledger.verify import Brought, opened, verify_ledger
from tests.ledger.conftest import statement
from tests.ledger.damage import changed, cut, said, taken_out, verified
from tests.ledger.erasing import say_erased


@contextmanager
def said_erased(*seqs: int) -> Iterator[int]:
    """While the block runs, the last entry says that these texts were erased."""
    last = Counter.objects.get().value
    try:
        yield say_erased(*seqs).seq
    finally:
        cut(last)


@contextmanager
def kept_as(sources: dict[int, str]) -> Iterator[None]:
    """The texts of these entries have other sources while the block runs."""
    was = dict(Salt.objects.filter(seq__in=sources).values_list("seq", "source"))
    try:
        for seq, source in sources.items():
            statement("UPDATE ledger_salt SET source = %s WHERE seq = %s", source, seq)
        yield
    finally:
        for seq, source in was.items():
            statement("UPDATE ledger_salt SET source = %s WHERE seq = %s", source, seq)


def messages() -> list[Salt]:
    """The salts of two messages, the earlier one first."""
    return list(Salt.objects.filter(source__startswith="message:").order_by("seq")[:2])


def test_a_text_that_others_keep_is_counted_and_not_missed(standing: None) -> None:
    salt = messages()[0]
    with changed("ledger_salt", f"seq = {salt.seq}", "source", "'mail:1:sha256'"):
        report = verified()
    assert (report.broken, report.elsewhere, report.texts) == (0, 1, Salt.objects.count() - 1)


def test_of_a_text_that_moves_on_only_the_last_words_are_opened(
    standing: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier, later = messages()
    words = texts.texts_of([earlier.source, later.source])
    there: dict[str, str] = {}
    monkeypatch.setattr(texts, "_keepers", dict(texts._keepers))
    texts.kept("trial", "body", moves_on=True)(lambda sources: {each: there[each] for each in sources if each in there})
    everything = Salt.objects.count()

    def found(first: str, second: str, **now: str) -> tuple[int, int, int]:
        there.clear()
        there.update({source.replace("_", ":"): text for source, text in now.items()})
        with kept_as({earlier.seq: first, later.seq: second}):
            report = verified()
            return report.replaced, everything - report.texts, report.broken

    last = words[later.source]
    assert found("trial:1:body", "trial:1:body", trial_1_body=last) == (1, 1, 0)
    assert found("trial:1:body:1", "trial:1:body:2", trial_1_body_2=last, trial_1_body_1="older") == (1, 1, 0)
    assert found("trial:1:body", "trial:1:body") == (2, 2, 0), "the row is gone"
    assert found("trial:1:body", "trial:1:body", trial_1_body="Forged.") == (1, 2, 1)
    one_each = {"trial_1_body": words[earlier.source], "trial_2_body": last}
    assert found("trial:1:body", "trial:2:body", **one_each) == (0, 0, 0)


def test_an_entry_that_says_so_excuses_a_text_that_is_gone_and_nothing_else(standing: None) -> None:
    salt = messages()[0]
    seq, where, row = salt.seq, f"seq = {salt.seq}", f"id = {salt.source.split(':')[1]}"
    gone = (
        taken_out("ledger_salt", where),
        changed("ledger_salt", where, "source", "'message:99999:text'"),
        changed("tickets_message", row, "text", "''"),
    )
    for erased in gone:
        with erased:
            assert verified().broken == 1
            with said_erased(seq + 1):
                assert verified().broken == 1, "another text was erased"
            with said_erased(seq):
                report = verified()
                assert (report.broken, report.erased, report.texts) == (0, 1, Salt.objects.exclude(seq=seq).count())
    with said_erased(seq):
        assert (verified().broken, verified().erased) == (0, 0), "what is there after all opens"
        with changed("tickets_message", row, "text", "'Forged.'"):
            assert said() == [
                f"{seq}: The text of entry {seq} (text, {salt.source}) is not the one that was committed to, or its salt is not."
            ]


def test_no_entry_excuses_that_its_own_text_is_gone(standing: None) -> None:
    last = Counter.objects.get().value
    facts = facts_of("text.erased")(count=1, sources=[], seqs=[last + 1])
    try:
        with transaction.atomic():
            append([Record(facts, "system", "ticket:1", "ticket:1", {"text": Text("x", "trial:1:text")})])
        statement("DELETE FROM ledger_salt WHERE seq = %s", last + 1)
        assert said() == [
            f"{last + 1}: The salt of entry {last + 1} (text) is gone, and no entry says that its text was erased."
        ]
    finally:
        cut(last)


def test_what_an_erasure_cannot_mean_does_not_end_the_check(standing: None) -> None:
    salt = messages()[0]
    for seqs in ('["x"]', "[null, {}, [1]]", "[1.5]", "[1e30]", "{}", "7"):
        with (
            taken_out("ledger_salt", f"seq = {salt.seq}"),
            said_erased(salt.seq) as seq,
            changed("ledger_entry", f"seq = {seq}", "facts", f"jsonb_set(facts, '{{seqs}}', '{seqs}')"),
        ):
            assert said() == [
                f"{salt.seq}: The salt of entry {salt.seq} (text) is gone, and no entry says that its text was erased.",
                f"{seq}: The column facts of entry {seq} does not say what the entry says.",
            ]


def test_how_many_texts_are_opened_is_told_as_it_goes_back_to_the_first(
    standing: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opened, "BATCH", 2)
    told: list[tuple[str, int, int]] = []
    verify_ledger(Brought(), progress=lambda *each: told.append(each))
    back = list(Salt.objects.order_by("-seq", "field").values_list("seq", flat=True))
    last = Entry.objects.latest("seq").seq
    assert told == [("texts", last - seq + 1, last) for seq in [*back[1::2], *(back[-1:] if len(back) % 2 else [])]]
