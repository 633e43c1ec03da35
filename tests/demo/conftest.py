"""The demo loaded once for all tests that only look at it, in a database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from conversations.demo.load import load
from tests.databases import cloned_database
from tests.standin import started


@contextmanager
def model_at(base_url: str) -> Iterator[None]:
    """Let this process draft with the model at an address."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings.ENV, "openai_base_url", base_url)
        patch.setattr(settings.ENV, "openai_api_key", "standin")
        patch.setattr(settings.ENV, "openai_model", "countersign-standin-1")
        yield


@pytest.fixture(scope="session")
def standin_url() -> Iterator[str]:
    with started() as running:
        yield running.base_url


@dataclass(frozen=True, slots=True)
class Loaded:
    """When the demo was loaded, and where."""

    begun: datetime
    ended: datetime
    database_url: str


@pytest.fixture(scope="module")
def loaded(django_db_setup: Any, django_db_blocker: Any, standin_url: str) -> Iterator[Loaded]:
    """A desk with the demo in it; tests leave it as it is."""
    with django_db_blocker.unblock(), cloned_database() as url, model_at(standin_url):
        begun = timezone.now()
        assert load(if_empty=True)
        yield Loaded(begun, timezone.now(), url)
