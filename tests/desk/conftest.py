"""Servers that misbehave, for tests of the frame."""

from __future__ import annotations

import queue
import socket
from collections.abc import Iterator

import pytest

from desk import hints


@pytest.fixture
def hung_port() -> Iterator[int]:
    """A port where somebody accepts and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def fresh_publisher() -> Iterator[None]:
    """A publisher thread that reads the settings anew; the old one is left with its own queue."""
    kept = hints._queue, hints._publisher
    hints._queue, hints._publisher = queue.Queue(maxsize=1000), None
    yield
    hints._queue, hints._publisher = kept
