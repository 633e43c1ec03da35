"""At whatever hour the demo is loaded, its times are believable."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from conversations.demo.calendar import RECENT, Calendar
from conversations.demo.content import Row, tickets
from conversations.demo.history import waiting_since
from conversations.tickets.times import WAIT

HOURS = [datetime(2026, 3, 28, hour, 10, tzinfo=UTC) for hour in range(24)]


def ages(row: Row) -> list[float]:
    return [message["age_hours"] for message in row["messages"]]


@pytest.mark.parametrize("now", HOURS, ids=lambda now: f"{now:%H:%M}")
def test_nothing_lies_ahead_and_the_order_stays(now: datetime) -> None:
    calendar = Calendar.until(now)
    everything = sorted((age for row in tickets() for age in ages(row)), reverse=True)
    times = [calendar.at(age) for age in everything]
    assert all(earlier <= later for earlier, later in pairwise(times))
    assert times[-1] < now - timedelta(minutes=10)
    assert times[0] > now - timedelta(days=16)


@pytest.mark.parametrize("now", HOURS, ids=lambda now: f"{now:%H:%M}")
def test_some_are_overdue_but_at_most_six(now: datetime) -> None:
    calendar = Calendar.until(now)
    due = [since + WAIT[row["priority"]] for row in tickets() if (since := waiting_since(row, calendar))]
    assert 1 <= sum(when < now for when in due) <= 6


@pytest.mark.parametrize("now", HOURS, ids=lambda now: f"{now:%H:%M}")
def test_what_lies_back_half_a_day_keeps_its_hour_of_the_day(now: datetime) -> None:
    calendar = Calendar.until(now)
    for row in tickets():
        for message in row["messages"]:
            if message["from"] == "agent" and message["age_hours"] >= RECENT:
                assert 8 <= calendar.at(message["age_hours"]).hour < 19
