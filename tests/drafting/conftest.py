"""The stand-in model as a process of its own, over real HTTP, and a small knowledge base."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from conversations.drafting.provider import Provider
from tests.feed.conftest import live
from tests.standin import StandIn, started

__all__ = ["live"]  # a fixture


@pytest.fixture(scope="session")
def standin_process() -> Iterator[StandIn]:
    with started() as running:
        # The SDK takes seconds to load on a busy machine, in which a job's lease in a test's own transaction runs out.
        Provider(running.base_url, "standin", "countersign-standin-1").warm()
        yield running


@pytest.fixture
def standin(standin_process: StandIn, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """The stand-in, behaving, and the desk told to use it."""
    standin_process.behave()
    monkeypatch.setattr(settings.ENV, "openai_base_url", standin_process.base_url)
    monkeypatch.setattr(settings.ENV, "openai_api_key", "standin")
    monkeypatch.setattr(settings.ENV, "openai_model", "countersign-standin-1")
    yield standin_process
    standin_process.behave()
