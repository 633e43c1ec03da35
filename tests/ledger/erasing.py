"""A text that goes with an entry that says so; the erasing of a whole customer has its own tests."""

from __future__ import annotations

from django.db import transaction

from desk.ledger.append import Record, append
from desk.ledger.kinds import Facts, facts_of, kind, kinds
from desk.ledger.models import Entry
from tests.ledger.conftest import statement

if "text.erased" not in kinds():

    @kind("text.erased", says="{count} texts of {subject} were erased, with what would confirm them")
    class TextErased(Facts):
        count: int
        sources: list[int]
        seqs: list[int]


def say_erased(*seqs: int) -> Entry:
    """The entry alone: from here on these commitments open no more, and that is right."""
    facts = facts_of("text.erased")(count=len(seqs), sources=[], seqs=list(seqs))
    with transaction.atomic():
        return Entry.objects.get(seq=append([Record(facts, "system", "ticket:1", "ticket:1")]))


def erase_text(entry: Entry) -> None:
    """Salt and text of a message that came in, and the entry that says so."""
    statement("DELETE FROM ledger_salt WHERE seq = %s", entry.seq)
    statement("UPDATE tickets_message SET text = '' WHERE id = %s", int(entry.subject.partition(":")[2]))
    say_erased(entry.seq)
