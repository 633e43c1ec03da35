"""Commitments, opened with the salts and texts that still exist; what is missing has to have been erased by an entry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from desk.ledger.append import commitment
from desk.ledger.texts import keeper_of, texts_of
from desk.ledger.verify.contents import streamed
from desk.ledger.verify.report import Progress, Report

# Latest first: of a text that moves on, the last commitment is the one that can be opened.
_SALTS = """
    SELECT s.seq, s.field, s.salt, s.source, e.commitments ->> s.field
    FROM ledger_salt s LEFT JOIN ledger_entry e ON e.seq = s.seq ORDER BY s.seq DESC, s.field
"""
_UNSALTED = """
    SELECT e.seq, name FROM ledger_entry e CROSS JOIN LATERAL jsonb_object_keys(e.commitments) AS name
    WHERE e.commitments <> '{}'
      AND NOT EXISTS (SELECT 1 FROM ledger_salt s WHERE s.seq = e.seq AND s.field = name)
    ORDER BY e.seq
"""
_ERASED = """
    SELECT e.seq, CASE WHEN jsonb_typeof(told) = 'number' THEN told::numeric ELSE e.seq END FROM ledger_entry e
    CROSS JOIN LATERAL jsonb_array_elements(e.facts -> 'seqs') AS told
    WHERE e.kind = 'text.erased' AND jsonb_typeof(e.facts -> 'seqs') = 'array'
"""
BATCH = 1_000

Row = tuple[int, str, bytes, str, str | None]


@dataclass(slots=True)
class Opening:
    """One walk over the salts."""

    report: Report
    progress: Progress
    erased: set[int] = field(default_factory=set)
    _moved_on: set[tuple[str, ...]] = field(default_factory=set)

    def run(self) -> None:
        self.erased = {named for seq, named in streamed(_ERASED) if named < seq}
        rows = streamed(_SALTS)
        while batch := list(islice(rows, BATCH)):
            self._open(batch)
            self.progress("texts", self.report.entries - batch[-1][0] + 1, self.report.entries)
        for seq, name in streamed(_UNSALTED):
            if seq in self.erased:
                self.report.erased += 1
            else:
                self.report.found(
                    seq, f"The salt of entry {seq} ({name}) is gone, and no entry says that its text was erased."
                )

    def _open(self, batch: list[Row]) -> None:
        texts = texts_of(source for _seq, _name, _salt, source, _committed in batch)
        for row in batch:
            for what in self._wrong(row, texts.get(row[3])):
                self.report.found(row[0], what)

    def _wrong(self, row: Row, text: str | None) -> Iterator[str]:
        seq, name, salt, source, committed = row
        keeper = keeper_of(source)
        if committed is None:
            yield f"There is a salt for entry {seq} ({name}), which commits to no such text."
        elif keeper is not None and keeper.elsewhere:
            self.report.elsewhere += 1
        elif keeper is not None and keeper.moves_on and self._moved(source, text):
            self.report.replaced += 1
        elif text is None and seq in self.erased:
            self.report.erased += 1
        elif keeper is None:
            yield f"Nobody knows where the text of entry {seq} ({name}) is kept: {source}."
        elif text is None:
            yield f"The text of entry {seq} ({name}, {source}) is missing, and no entry says that it was erased."
        elif commitment(bytes(salt), text) == committed:
            self.report.texts += 1
        elif not text and seq in self.erased:
            self.report.erased += 1
        else:
            yield f"The text of entry {seq} ({name}, {source}) is not the one that was committed to, or its salt is not."

    def _moved(self, source: str, text: str | None) -> bool:
        """Whether a later commitment took the place of this one, or its row is gone or at another version."""
        place = tuple(source.split(":")[:3])
        if place in self._moved_on or text is None:
            return True
        self._moved_on.add(place)
        return False
