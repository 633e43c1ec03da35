"""What a verification found: sentences, the first bad entry first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

MOST = 50
"""So many findings are kept word for word; of a ledger that is broken everywhere the first are what matters."""

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that is wrong. `seq` is the entry, or the last entry of the checkpoint, that it is wrong with."""

    seq: int
    what: str


@dataclass(slots=True)
class Report:
    """Grows while the checks run."""

    entries: int = 0
    checkpoints: int = 0
    signatures: int = 0
    texts: int = 0
    erased: int = 0
    replaced: int = 0
    elsewhere: int = 0
    broken: int = 0
    findings: list[Finding] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def found(self, seq: int, what: str) -> None:
        self.broken += 1
        if len(self.findings) < MOST:
            self.findings.append(Finding(seq, what))

    def names_one_of(self, first: int, last: int) -> bool:
        """Whether an entry among these has been found to be wrong."""
        return any(first <= finding.seq <= last for finding in self.findings)

    @property
    def first(self) -> Finding | None:
        return min(self.findings, default=None)
