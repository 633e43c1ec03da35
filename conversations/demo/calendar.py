"""When the things of the demo happened: as if they had been going on until this minute."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from django.utils import timezone

WRITTEN_FOR = 14  # o'clock; the ages in the files are believable at this hour
RECENT = 12.0  # hours
_LATEST_AHEAD = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Ages in hours become times.

    What waits for somebody is as old as the files say, whatever the hour: otherwise all of it would be overdue at
    night. What is older than half a day keeps its hour of the day instead, so that people answer by day. Nothing lies
    ahead, and the order of everything stays as it is, because between 7 and 15 hours ago the files have nothing.
    """

    now: datetime
    two_o_clock: datetime

    @classmethod
    def until(cls, now: datetime) -> Self:
        local = timezone.localtime(now)
        today = local.replace(hour=WRITTEN_FOR, minute=0, second=0, microsecond=0)
        return cls(now, today if today <= local + _LATEST_AHEAD else today - timedelta(days=1))

    def at(self, age_hours: float) -> datetime:
        return (self.now if age_hours < RECENT else self.two_o_clock) - timedelta(hours=age_hours)
