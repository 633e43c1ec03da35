"""Comparing with a checkpoint that somebody brings: whether what the ledger holds today begins with what it held then.

The answer is a code for programs and tests; pages have the sentences. Nothing is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from desk.ledger.models import Checkpoint as Signed
from desk.ledger.models import Key
from desk.ledger.nodes import read_nodes
from desk.ledger.notes import Checkpoint, Malformed, Note, NotSigned
from desk.ledger.refusals import Refused
from desk.ledger.tree import ProofFails, check_consistency, consistency

Verdict = Literal[
    "same",
    "holds",
    "not_a_checkpoint",
    "other_origin",
    "unknown_key",
    "signature_wrong",
    "nothing_sealed",
    "larger",
    "differs",
]
HOLDS: frozenset[Verdict] = frozenset({"same", "holds"})


@dataclass(frozen=True, slots=True)
class Comparison:
    """`size` is the brought checkpoint's, `now` the ledger's; `keys` of ours signed it, `proof` is how many hashes show it."""

    verdict: Verdict
    origin: str = ""
    size: int = 0
    now: int = 0
    keys: tuple[str, ...] = ()
    proof: int = 0

    @property
    def holds(self) -> bool:
        return self.verdict in HOLDS


def compare(text: str) -> Comparison:
    """Read a checkpoint from outside, check who signed it, and prove that the ledger of today begins with it."""
    try:
        # As forms send it, and as people copy it.
        note = Note.parse(text.replace("\r\n", "\n").strip() + "\n")
        brought = Checkpoint.parse(note.text)
    except Malformed:
        return Comparison("not_a_checkpoint")
    ours = [key.verifier for key in Key.objects.order_by("pk")]
    latest = Signed.objects.order_by("size").last()
    now = latest.size if latest else 0
    if brought.origin not in {key.name for key in ours}:
        return Comparison("other_origin", brought.origin, brought.size, now)
    if not any(key.signs(signature) for key in ours for signature in note.signatures):
        return Comparison("unknown_key", brought.origin, brought.size, now)
    try:
        signed = tuple(key.key_id.hex() for key in note.verified(ours))
    except NotSigned:
        return Comparison("signature_wrong", brought.origin, brought.size, now)
    if latest is None:
        return Comparison("nothing_sealed", brought.origin, brought.size, now, signed)
    verdict, proof = _follows(brought, latest)
    return Comparison(verdict, brought.origin, brought.size, now, signed, proof)


def _follows(brought: Checkpoint, latest: Signed) -> tuple[Verdict, int]:
    if brought.size > latest.size:
        return "larger", 0
    if brought.size == latest.size:
        return ("same" if brought.root == bytes(latest.root) else "differs"), 0
    try:
        proof = consistency(brought.size, latest.size, read_nodes)
        check_consistency(brought.size, latest.size, proof, brought.root, bytes(latest.root))
    except (Refused, ProofFails):
        return "differs", 0
    return "holds", len(proof)
