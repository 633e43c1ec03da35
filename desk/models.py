"""Index of the frame's tables; each lives with its subject."""

from desk.data_keys import DataKey
from desk.idempotency import Answer
from desk.jobs import Job
from desk.ledger.models import Counter, Entry, Salt

__all__ = ["Answer", "Counter", "DataKey", "Entry", "Job", "Salt"]
