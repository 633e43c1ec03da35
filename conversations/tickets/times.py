"""How long a customer may wait for a person, by priority. Service levels of one's own come with the rules."""

from __future__ import annotations

from datetime import timedelta

WAIT: dict[str, timedelta] = {
    "urgent": timedelta(hours=1),
    "high": timedelta(hours=4),
    "normal": timedelta(hours=8),
    "low": timedelta(hours=24),
}

BREACHING_WITHIN = timedelta(minutes=30)
