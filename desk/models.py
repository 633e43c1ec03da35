"""Index of the frame's tables; each lives with its subject."""

from desk.idempotency import Answer
from desk.jobs import Job
from desk.ledger.models import Counter, Entry, Salt

__all__ = ["Answer", "Counter", "Entry", "Job", "Salt"]
