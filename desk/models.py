"""Index of the frame's tables; each lives with its subject."""

from desk.data_keys import DataKey
from desk.idempotency import Answer
from desk.jobs import Job
from desk.ledger.models import Anchor, Checkpoint, Cosignature, Counter, Entry, Key, Node, Salt, Sealer

__all__ = [
    "Anchor",
    "Answer",
    "Checkpoint",
    "Cosignature",
    "Counter",
    "DataKey",
    "Entry",
    "Job",
    "Key",
    "Node",
    "Salt",
    "Sealer",
]
