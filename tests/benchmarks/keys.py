"""From a key to the frame that shows what it did, in a list of five hundred rows, as Chromium itself measures it."""

from __future__ import annotations

import os
from collections.abc import Iterator

from tests.benchmarks.measuring import percentile
from tests.benchmarks.staging import cast
from tests.benchmarks.table import Figure
from tests.feed.live import LiveProcess, signed_in
from tests.journeys import stillness
from tests.journeys.browsing import Ear, chromium, opened

ROWS, TICKETS = 500, 60
WARM, KEYS = "jjjjj", "jjjjjjjjkkkkjjjjjjkkjjjjjjjjjj"


def measure() -> Iterator[Figure]:
    """Keys that move through the list. What takes less than 16 ms is told as 16."""
    for _ in range(TICKETS):
        cast().ticket()
    name, value = signed_in(cast().sam).split("=", 1)
    live = LiveProcess(os.environ["DATABASE_URL"])
    try:
        # While Playwright runs, Django refuses the database to this thread.
        with chromium() as browser:
            page = opened(browser, Ear())
            page.context.add_cookies([{"name": name, "value": value, "url": live.origin}])
            stillness.watch(page)
            page.goto(f"{live.origin}/queue/all/")
            page.locator("live-feed", has_text="Live").wait_for()
            stillness.fill(page, ROWS)
            stillness.presses(page, WARM)
            took = stillness.presses(page, KEYS)
    finally:
        live.stop()
    yield Figure(
        name=f"a key in a list of {ROWS} rows, p90",
        ours=percentile(took, 0.9),
        unit="ms",
        at_most=50,
        note=f"slowest {max(took):.0f} ms; to the next frame",
    )
