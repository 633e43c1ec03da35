"""Whose signatures a checkpoint carries: the log's, and those of witnesses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from desk.ledger.models import Key
from desk.ledger.notes import COSIGNED, Checkpoint, Malformed, Note, NotSigned, Signature, VerifierKey
from desk.ledger.policy import Policy
from desk.ledger.verify.contents import streamed
from desk.ledger.verify.report import Report

_COSIGNATURES = """
    SELECT checkpoint_id, witness, key, line, seen_at FROM ledger_cosignature ORDER BY checkpoint_id, id
"""

Line = tuple[int, str, str, str, datetime]


@dataclass(slots=True)
class Brought:
    """What the auditor has from outside the database: whose word counts."""

    keys: Sequence[VerifierKey] = ()
    checkpoint: Note | None = None
    policy: Policy | None = None
    # Whether a policy that no checkpoint meets is a fault: the auditor asked, it does not just stand in the settings.
    policy_must_be_met: bool = False

    @property
    def trusted(self) -> frozenset[VerifierKey]:
        return frozenset([*self.keys, *(self.policy.logs if self.policy else [])])


def _keys() -> dict[int, VerifierKey]:
    return {key.pk: key.verifier for key in Key.objects.order_by("pk")}


@dataclass(slots=True)
class Signatures:
    """Checkpoint by checkpoint, in order of size."""

    report: Report
    brought: Brought
    keys: Mapping[int, VerifierKey] = field(default_factory=_keys)
    witnessed: int = 0
    untrusted: int = 0
    trusted: set[VerifierKey] = field(init=False)
    _lines: Iterator[tuple[int, list[Line]]] = field(init=False)
    _next: tuple[int, list[Line]] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._lines = _by_checkpoint()
        self.trusted = set(self.brought.trusted)
        self._next = next(self._lines, None)

    def check(self, size: int, signed: Note, told: Checkpoint, key_id: int) -> None:
        self._of_the_log(size, signed, told, key_id)
        self._skip_to(size)
        signed_by = [*signed.signatures]
        if self._next is not None and self._next[0] == size:
            signed_by += self._of_witnesses(signed, self._next[1])
            self._next = next(self._lines, None)
        policy = self.brought.policy
        if policy is not None and policy.witnessed(Note(signed.text, tuple(signed_by))):
            self.witnessed = size

    def finish(self) -> None:
        self._skip_to(None)
        if self.untrusted:
            self.report.found(
                self.untrusted,
                f"From the checkpoint of {self.untrusted} entries on none is signed with a key that you brought, nor with one "
                "that such a key handed over to. If the key was lost or compromised, get the new one as you got the old.",
            )

    def _of_the_log(self, size: int, signed: Note, told: Checkpoint, key_id: int) -> None:
        key = self.keys.get(key_id)
        if key is None or key.name != told.origin:
            self.report.found(size, f"The checkpoint of {size} entries names a key that is not one of its log.")
        try:
            signers = signed.verified([*self.keys.values(), *self.brought.trusted])
        except NotSigned as wrong:
            self.report.found(size, f"The checkpoint of {size} entries: {wrong}.")
            return
        self.report.signatures += len(signers)
        if key is not None and key not in signers:
            self.report.found(size, f"The checkpoint of {size} entries is not signed with the key that it names.")
        if self.brought.trusted:
            self._follow_trust(size, signers)

    def _follow_trust(self, size: int, signers: Sequence[VerifierKey]) -> None:
        """A key takes over by signing together with the one before: whoever trusts that one can go on from there.

        Checkpoints from before the first trusted one are no matter: it covers their entries, too.
        """
        if self.trusted & set(signers):
            self.trusted |= set(signers)
            self.untrusted = 0
        elif not self.untrusted:
            self.untrusted = size

    def _of_witnesses(self, signed: Note, lines: Sequence[Line]) -> Iterator[Signature]:
        for line in lines:
            if wrong := _wrong(signed.text, line):
                self.report.found(
                    line[0], f"The cosignature of {line[1]} under the checkpoint of {line[0]} entries {wrong}."
                )
            else:
                self.report.signatures += 1
                yield Signature.parse(line[3])

    def _skip_to(self, size: int | None) -> None:
        while self._next is not None and (size is None or self._next[0] < size):
            for of, witness, *_rest in self._next[1]:
                self.report.found(
                    of, f"A cosignature of {witness} is for a checkpoint of {of} entries, which is not there."
                )
            self._next = next(self._lines, None)


def _by_checkpoint() -> Iterator[tuple[int, list[Line]]]:
    for size, lines in groupby(streamed(_COSIGNATURES), key=lambda line: line[0]):
        yield int(size), list(lines)


def _wrong(text: str, line: Line) -> str:
    """What is wrong with a stored cosignature, or nothing."""
    _size, witness, key, signature, seen_at = line
    try:
        verifier, parsed = VerifierKey.parse(key), Signature.parse(signature)
        verifier.verify(text, parsed)
    except (Malformed, NotSigned) as wrong:
        return f"does not hold ({wrong})"
    if verifier.type != COSIGNED or verifier.name != witness or int(seen_at.timestamp()) != parsed.time:
        return "has columns that do not say what it says"
    return ""
