"""Proofs from the tree: that an entry stands in the ledger, and that one checkpoint begins with another.

Each is checked before it is handed out: what would not convince an auditor is said here, in words, and not sent.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from desk.ledger.models import Checkpoint, Counter
from desk.ledger.nodes import read_nodes
from desk.ledger.notes import Proof
from desk.ledger.refusals import Refused
from desk.ledger.tree import ProofFails, check_consistency, check_inclusion, consistency, inclusion, root
from desk.problems import NotFound, Problem


class NotSealedYet(Problem):
    code, status, title = "not_sealed_yet", 409, _("This is not sealed yet")
    detail = _("The ledger seals what happened within seconds. Try again in a moment.")


class NoSuchCheckpoint(Problem):
    code, status, title = "no_such_checkpoint", 404, _("The ledger signed no checkpoint of that size")
    detail = _("Leave the size out to have the latest one, or ask for the size of one that you have.")


class HistoryDiffers(Problem):
    code, status, title = "history_differs", 500, _("What was sealed is not what stands there now")
    detail = _("The proof would not hold. Have the ledger verified: python manage.py ledger verify.")


def checkpoint_of(size: int | None) -> Checkpoint:
    """The checkpoint of so many entries, or the latest one. Raises NotSealedYet, NoSuchCheckpoint."""
    latest = Checkpoint.objects.order_by("size").last()
    if latest is None:
        raise NotSealedYet
    if size is None or size == latest.size:
        return latest
    found = Checkpoint.objects.filter(size=size).first()
    if found is None:
        raise NoSuchCheckpoint
    return found


def prove_inclusion(seq: int, checkpoint: Checkpoint, note: str) -> Proof:
    """That entry `seq` stands below a checkpoint, which is handed out as `note`.

    Raises NotFound, NotSealedYet for an entry that came later, and HistoryDiffers.
    """
    if not 0 < seq <= checkpoint.size:
        if seq > 0 and Counter.objects.filter(value__gte=seq).exists():
            raise NotSealedYet(size=checkpoint.size)
        raise NotFound
    index, leaf = seq - 1, (0, seq - 1)
    try:
        path = inclusion(index, checkpoint.size, read_nodes)
        check_inclusion(read_nodes([leaf])[0], index, checkpoint.size, path, bytes(checkpoint.root))
    except (Refused, ProofFails):
        raise HistoryDiffers(size=checkpoint.size) from None
    return Proof(index, tuple(path), note)


def prove_consistency(first: int, second: int) -> list[bytes]:
    """That the first `second` entries begin with the first `first`. Raises NotFound, NotSealedYet, HistoryDiffers."""
    if not 0 <= first <= second:
        raise NotFound
    if second > checkpoint_of(None).size:
        raise NotSealedYet
    try:
        proof = consistency(first, second, read_nodes)
        check_consistency(first, second, proof, _root(first), _root(second))
    except (Refused, ProofFails):
        raise HistoryDiffers(size=second) from None
    return proof


def _root(size: int) -> bytes:
    """The root that was signed, where one was."""
    signed = Checkpoint.objects.filter(size=size).values_list("root", flat=True).first()
    return root(size, read_nodes) if signed is None else bytes(signed)
