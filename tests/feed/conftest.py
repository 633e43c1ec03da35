from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cast import Cast
from tests.feed.live import Live, LiveProcess


@pytest.fixture
def live(company: Cast) -> Iterator[Live]:
    """A server over the database of this test."""
    server = Live()
    yield server
    server.stop()


@pytest.fixture
def process(company: Cast, own_database: str) -> Iterator[LiveProcess]:
    """A server over the database of this test, as a process of its own, which may be killed."""
    server = LiveProcess(own_database)
    yield server
    server.stop()
