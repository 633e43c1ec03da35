"""How often each kind of flag was right, by what people answered: kept in the ledger, so that nothing is counted apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.utils import timezone

DAYS = 90
MOST = 1_000_000
SOME = 2_000  # enough for a remark beside a flag, and read in a few milliseconds

# The last answer to each flag counts: a reply that is taken back is answered for once more.
_ANSWERS = """
SELECT last.facts->>'flag_kind', last.facts->>'answer', count(*)
  FROM (SELECT DISTINCT ON (subject) subject, facts
          FROM (SELECT seq, subject, facts FROM ledger_entry
                 WHERE kind = 'flag.answered' AND at >= %s ORDER BY seq DESC LIMIT %s) AS late
         ORDER BY subject, seq DESC) AS last
 GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers to flags of one kind in the last `DAYS` days: of `answered` so many were found to be true."""

    true: int = 0
    false_alarms: int = 0

    @property
    def answered(self) -> int:
        return self.true + self.false_alarms

    @property
    def percent(self) -> int | None:
        """The share of true ones; of none there is none."""
        return round(100 * self.true / self.answered) if self.answered else None


def answers_to_kinds(*, most: int = MOST) -> dict[str, Answers]:
    """By kind, of the last `most` answers; a kind that nobody answered lately is not there."""
    with connection.cursor() as cursor:
        cursor.execute(_ANSWERS, [timezone.now() - timedelta(days=DAYS), most])
        counted = cursor.fetchall()
    numbers: dict[str, dict[str, int]] = {}
    for kind, answer, number in counted:
        numbers.setdefault(kind, {})[answer] = number
    return {kind: Answers(each.get("true", 0), each.get("false_alarm", 0)) for kind, each in numbers.items()}
